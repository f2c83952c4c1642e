"""The ends of a stage's graph: where batches leave for other stages, and where they arrive from them."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from functools import reduce
from typing import Any

from flowcc.runtime.batches import Batch, rows
from flowcc.runtime.narrow import narrow
from flowcc.runtime.node import Host, Node, Step
from flowcc.runtime.operators.several import Queue, merge_tagged
from flowcc.runtime.outlet import Keys


class Send(Step):
    """Hands every batch to the stage's outlet: of records what is read, and the items' keys where the move has them."""

    __slots__ = ("_channel", "_node", "_only", "by")

    def __init__(
        self, node: Node, channel: str, by: Callable[[Any], Any] | None, only: tuple[str, ...] | None = None
    ) -> None:
        self._node = node
        self._channel = channel
        self.by = by
        self._only = only

    @property
    def has_columns(self) -> bool:  # type: ignore[override]  # where there are no keys, columns need no step of their own
        """Whether keys may be found over columns."""
        return self.by is not None

    def take(self, batch: Batch) -> None:
        """Send a batch; without the items whose key fails, where those are skipped."""
        keys = None
        if self.by is not None:
            items = rows(batch)
            kept, keys = self._node.map(self.by, items)
            batch = batch if kept is items else kept
        self.give(batch, keys)

    def give(self, batch: Batch, keys: Keys | None) -> None:
        """Hand a batch and its keys to the outlet."""
        if self._only is not None:
            batch = narrow(batch, self._only)
        self._node.stage.outlet.send(self._channel, batch, keys)

    def close(self) -> None:
        """Send the end."""
        self._node.stage.outlet.end(self._channel)
        self._node.stage.unfinished -= 1


def union(held: Any, other: Any) -> Any:
    """Return members' dicts as one, of the first one's type; they have no key in common."""
    whole = copy(held)
    dict.update(whole, other)
    return whole


class Receiver(Node):
    """Where a channel arrives, in any order between senders; outside calls `push_from` and `end_from` for each.

    ``senders`` is their number, to be set before anything arrives.
    """

    __slots__ = ("_open", "senders")

    def __init__(self, stage: Host, at: int, shape: str) -> None:
        super().__init__(stage, "receive", at, shape)
        self.senders = 1
        self._open: set[int] | None = None  # the senders that have not ended, known from the first call

    def push_from(self, sender: int, batch: Batch) -> None:
        """Take a batch from the sender of this number."""
        self.emit(batch)

    def end_from(self, sender: int) -> None:
        """Take note that a sender has ended; the last one ends the wire."""
        self.still_open.discard(sender)
        if not self.still_open:
            self.finish()

    @property
    def still_open(self) -> set[int]:
        """The senders that have not ended."""
        if self._open is None:
            self._open = set(range(self.senders))
        return self._open


class MergingReceiver(Receiver):
    """Makes the senders' values one, in the order of their numbers."""

    __slots__ = ("_held", "_merge")

    def __init__(self, stage: Host, at: int, shape: str, merge: Callable[[Any, Any], Any]) -> None:
        super().__init__(stage, at, shape)
        self._merge = merge
        self._held: dict[int, Batch] = {}

    def push_from(self, sender: int, batch: Batch) -> None:
        """Keep a sender's value."""
        self._held[sender] = batch

    def end_from(self, sender: int) -> None:
        """Give the merged value when all have ended."""
        self.still_open.discard(sender)
        if not self.still_open:
            self.emit(self._merged([self._held[number] for number in sorted(self._held)]))
            self.finish()

    def _merged(self, held: list[Batch]) -> Batch:
        if self._merge is union and not any(isinstance(batch, list) for batch in held):
            from flowcc.runtime.columnar.groups.mapping import joined  # NumPy, which is here when columns are

            mapping = joined(held)
            if mapping is not None:
                return mapping
        values = [value for batch in held for value in rows(batch)]
        return [self.call(reduce, self._merge, values)]


class OrderedReceiver(Receiver):
    """Takes (tag, item) pairs, in order of their tags from each sender, and gives the pairs in order of all tags.

    A tag comes from one sender only, though perhaps several times: it is what a scatter numbered before the split.
    """

    __slots__ = ("_queues",)

    def __init__(self, stage: Host, at: int, shape: str) -> None:
        super().__init__(stage, at, shape)
        self._queues: dict[int, Queue] = {}

    def push_from(self, sender: int, batch: Batch) -> None:
        """Give the items that nothing can come before any more."""
        self._queue(sender).put(batch)
        self._give()

    def end_from(self, sender: int) -> None:
        """Go on without this sender."""
        self.still_open.discard(sender)
        self._give()
        if not self.still_open:
            self.finish()

    def _queue(self, sender: int) -> Queue:
        return self._queues.setdefault(sender, Queue())

    def _give(self) -> None:
        waiting = [self._queue(sender) for sender in self.still_open]
        if not all(waiting):
            return
        if waiting:
            reached = min(queue.last()[0] for queue in waiting)
            parts = [queue.until(lambda pair: pair[0] > reached) for queue in self._in_order()]
        else:
            parts = [queue.take(len(queue)) for queue in self._in_order()]
        items = merge_tagged(parts)
        if items:
            self.emit_all(items)

    def _in_order(self) -> list[Queue]:
        return [queue for _, queue in sorted(self._queues.items())]
