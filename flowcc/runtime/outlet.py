"""What a stage hands its batches to: the ends of the channels that leave it.

The stage says what leaves on which channel; the outlet knows the verb, the members at the other end and the way.
Batches of one channel are sent in order, and `end` comes once, after the last.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeAlias

from flowcc.runtime.batches import Batch


class KeyColumn(Protocol):
    """Keys that are held as a column."""

    def share(self, batch: Batch, members: int) -> list[tuple[int, Batch]]:
        """Return (member, items) for the members that own items of the batch, each in the batch's order."""


Keys: TypeAlias = Sequence[object] | KeyColumn


class Outlet(Protocol):
    """Where a stage sends; calls come from the stage's own thread and may block for as long as there is no credit."""

    def send(self, channel: str, batch: Batch, keys: Keys | None) -> None:
        """Send a batch. ``keys`` are its items' keys in order where the move has ``by=``: equal keys, one member.

        A value travels as a batch of one. On a channel whose verb is ``route`` items are (member, item) pairs.
        """

    def end(self, channel: str) -> None:
        """Tell the other end that nothing more comes from this member."""
