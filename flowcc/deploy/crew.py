"""The members of a run wherever they run, as the caller sees them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import zmq

from flowcc.deploy.orders import Orders
from flowcc.runtime.channels.transport import Way


class Crew(Protocol):
    """Started members; `stop` leaves nothing behind, whatever happened."""

    context: zmq.Context[zmq.Socket[bytes]]
    way: Way  # how sockets of this run find each other, once its members are spawned

    def spawn(self, members: Sequence[tuple[str, int]]) -> None:
        """Begin to start one member for each (place, number)."""

    def start(self, orders: Sequence[Orders]) -> None:
        """Hand every member its orders."""

    def learn(self, modules: Sequence[str]) -> None:
        """Take note of modules that a member came to need."""

    def check(self) -> None:
        """Raise `FlowError` (F532) when a member has died."""

    def error_of(
        self, report: Mapping[str, Any], classes: Mapping[str, type], place: str, member: int
    ) -> BaseException:
        """Return the exception that a member reported."""

    def stop(self) -> None:
        """End all members, wait until they are gone, and remove what they left."""
