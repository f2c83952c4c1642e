"""What one stage member is told to do, as data that travels to wherever it runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

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
    scheme: str
    where: str
    caller: str  # the address of the caller's end of the link

    @property
    def wiring(self) -> Wiring:
        """The channels of the run."""
        return Wiring(self.members, tuple(Route(*route) for route in self.routes))
