"""What one stage member is told to do, as data that travels to wherever it runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import astuple, dataclass, fields
from typing import Any

from flowcc.runtime.channels.transport import Way
from flowcc.runtime.channels.wiring import Route, Wiring


@dataclass(frozen=True, slots=True, kw_only=True)
class Orders:
    """Who the member is, what it runs, whom it speaks with, and which sources it opens itself."""

    place: str
    member: int
    members: Mapping[str, int]
    routes: tuple[tuple[Any, ...], ...]
    key: bytes  # of the plan, carried by every frame
    flow: str
    filename: str
    folder: str  # of the build
    module: str
    function: str
    shapes: Mapping[str, str]  # of the channels
    results: tuple[str, ...]  # the channels of this place's results, in order
    sources: Mapping[str, Mapping[str, Any] | None]  # a source as data, or None where Here sends the items
    on_error: str  # "raise", "skip", or "sink": skipped items are told to the caller
    progress: bool  # whether to say now and then how many items have been seen
    jit: tuple[str, str, float] | None  # "module:name" of what compiles hot element code, its mode, seconds spent
    way: Way  # how sockets of the run find each other
    caller: str  # the address of the caller's end of the link

    def plain(self) -> dict[str, Any]:
        """Return the orders as data that a frame can hold; `orders_of` reads it."""
        return {**{field.name: getattr(self, field.name) for field in fields(self)}, "way": astuple(self.way)}

    @property
    def wiring(self) -> Wiring:
        """The channels of the run."""
        return Wiring(self.members, tuple(Route(*route) for route in self.routes))


def orders_of(plain: Mapping[str, Any]) -> Orders:
    """Return the orders that were written as plain data."""
    return Orders(**{**plain, "way": Way(*plain["way"])})
