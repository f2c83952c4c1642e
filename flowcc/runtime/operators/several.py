"""Operators over several streams: zip, chain, heapq.merge, merge."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from heapq import merge
from itertools import chain
from typing import Any

from flowcc.runtime.batches import Batch, rows
from flowcc.runtime.node import ITEMS, Failure, Host, Node, Whole


class Queue:
    """Items that wait, taken from the front in lists."""

    __slots__ = ("_first", "_items")

    def __init__(self) -> None:
        self._items: list[Any] = []
        self._first = 0  # how many of the items have been taken

    def __len__(self) -> int:
        return len(self._items) - self._first

    def put(self, batch: Batch) -> None:
        """Add a batch at the end."""
        if self._first == len(self._items):
            self._items, self._first = rows(batch), 0
        else:  # the list may be someone's batch: a new one is made
            self._items = [*self._items[self._first :], *rows(batch)] if self._first else self._items + rows(batch)
            self._first = 0

    def take(self, count: int) -> list[Any]:
        """Take the first ``count`` items; of a whole batch, itself."""
        start, self._first = self._first, self._first + count
        return self._items if count == len(self._items) else self._items[start : self._first]

    def last(self) -> Any:
        """Return the item at the end, which stays."""
        return self._items[-1]

    def until(self, past: Callable[[Any], bool]) -> list[Any]:
        """Take the items before the first that is ``past``."""
        count = next((n for n, item in enumerate(self._items[self._first :]) if past(item)), len(self))
        return self.take(count)


class Waiting:
    """Batches that wait, taken from the front in pieces of one batch each."""

    __slots__ = ("_batches", "_first")

    def __init__(self) -> None:
        self._batches: deque[Batch] = deque()
        self._first = 0  # how many items of the first batch have been taken

    def __bool__(self) -> bool:
        return bool(self._batches)

    def put(self, batch: Batch) -> None:
        """Add a batch at the end."""
        if len(batch):
            self._batches.append(batch)

    @property
    def ready(self) -> int:
        """How many items are left of the first batch."""
        return len(self._batches[0]) - self._first

    def take(self, count: int) -> Batch:
        """Take so many items of the first batch; all of it as it is."""
        batch, start = self._batches[0], self._first
        self._first = start + count
        if self._first == len(batch):
            self._batches.popleft()
            self._first = 0
        return batch if count == len(batch) else batch[start : start + count]

    def rest(self) -> list[Any]:
        """Take everything."""
        items = [item for batch in self._batches for item in rows(batch)][self._first :]
        self._batches.clear()
        return items


class Zip(Node):
    """Tuples of the n-th items of all inputs; as long as the shortest, or all alike when ``strict``."""

    __slots__ = ("_ended", "_failed", "_over", "_queues", "_strict")

    def __init__(self, stage: Host, at: int, inputs: Sequence[Node], strict: bool) -> None:
        super().__init__(stage, "zip", at, ITEMS, inputs)
        self._strict = strict
        self._queues = [Waiting() for _ in inputs]
        self._ended = [False] * len(inputs)
        self._failed: dict[int, Failure] = {}  # by port
        self._over = False
        if not inputs:
            stage.starters.append(self.finish)

    def push(self, port: int, batch: Batch) -> None:
        """Give as many tuples as all inputs have items for."""
        if self._over:
            return
        self._queues[port].put(batch)
        while all(self._queues):
            ready = min(queue.ready for queue in self._queues)
            self.emit_all(self._tuples([queue.take(ready) for queue in self._queues]))
        self._settle()

    def _tuples(self, parts: list[Batch]) -> Batch:
        if all(type(part) is list for part in parts):
            return list(zip(*parts, strict=True))
        from flowcc.runtime.columnar.sequences.structs import zipped  # NumPy, which is here when columns are

        return zipped(self, parts)

    def end(self, port: int) -> None:
        """Give the end as soon as no tuple can follow."""
        self._ended[port] = True
        if not self._over:
            self._settle()

    def failed(self, port: int, failure: Failure) -> None:
        """Keep the failure until a tuple needs the item that failed."""
        self._failed[port] = failure
        if not self._over:
            self._settle()

    def _settle(self) -> None:
        """Finish when an input has ended and has no item left; a strict zip only when all have, and are alike.

        Python asks the inputs in turn, so an item that fails counts unless an input before it has ended.
        """
        if any(node.lazy for node in self.inputs) and not self._is_beyond_failures():
            return
        if self._strict:
            self._over = all(self._ended)
            if self._over:
                self.call(lambda: list(zip(*(queue.rest() for queue in self._queues), strict=True)))
                self.finish()
            return
        self._over = any(ended and not queue for ended, queue in zip(self._ended, self._queues, strict=True))
        if self._over:
            self.finish()
            self.cease()

    def _is_beyond_failures(self) -> bool:
        """Whether the first input that has no item is known to have ended; one that failed ends in its failure."""
        port = next((port for port, queue in enumerate(self._queues) if not queue), None)
        if port is not None and port in self._failed:
            self._over = True
            if not self.lazy:
                raise self._failed[port].error
            self.fail_at_end(self._failed[port])
            return False
        return port is not None and (self._ended[port] or not self.inputs[port].lazy)


class Chain(Node):
    """All inputs one after the other; what comes early is kept until its turn."""

    __slots__ = ("_ended", "_failed", "_held", "_turn")

    def __init__(self, stage: Host, at: int, inputs: Sequence[Node]) -> None:
        super().__init__(stage, "chain", at, ITEMS, inputs)
        self._turn = 0
        self._held: list[list[Batch]] = [[] for _ in inputs]
        self._ended = [False] * len(inputs)
        self._failed: dict[int, Failure] = {}  # by port
        if not inputs:
            stage.starters.append(self.finish)

    def push(self, port: int, batch: Batch) -> None:
        """Give the batch, or keep it until its turn."""
        if port == self._turn:
            self.emit_all(batch)
        else:
            self._held[port].append(batch)

    def failed(self, port: int, failure: Failure) -> None:
        """Pass the failure on in its turn."""
        if not self.lazy:
            raise failure.error
        self._failed[port] = failure
        self.end(port)

    def end(self, port: int) -> None:
        """Go on to the next inputs, with what they have given so far."""
        self._ended[port] = True
        if self._turn in self._failed:
            if port == self._turn:
                self.fail_at_end(self._failed[port])
            return
        while self._turn < len(self._ended) and self._ended[self._turn]:
            self._turn += 1
            if self._turn < len(self._ended):
                for batch in self._held[self._turn]:
                    self.emit_all(batch)
                self._held[self._turn] = []
                if self._turn in self._failed:
                    self.fail_at_end(self._failed[self._turn])
                    return
        if port < self._turn == len(self._ended):
            self.finish()


class Merge(Node):
    """All inputs in any order: every batch as it comes."""

    __slots__ = ("_open",)

    def __init__(self, stage: Host, at: int, inputs: Sequence[Node]) -> None:
        super().__init__(stage, "merge", at, ITEMS, inputs)
        self._open = len(inputs)
        if not inputs:
            stage.starters.append(self.finish)

    def push(self, port: int, batch: Batch) -> None:
        """Give the batch."""
        self.emit_all(batch)

    def end(self, port: int) -> None:
        """Give the end when all inputs have ended."""
        self._open -= 1
        if not self._open:
            self.finish()


class MergeSorted(Whole):
    """`heapq.merge`: over columns where all inputs are in order, as they should be, and compared as they are."""

    __slots__ = ("_as_they_are", "_reverse")

    def __init__(self, stage: Host, at: int, inputs: Sequence[Node], **arguments: Any) -> None:
        super().__init__(stage, "merge", at, ITEMS, inputs, lambda *lists: merge_sorted(self, lists, **arguments))
        self._as_they_are = arguments.get("key") is None
        self._reverse = bool(arguments.get("reverse"))

    def make(self, held: list[list[Batch]]) -> Batch:
        """Return all items in order."""
        if self._as_they_are and any(type(batch) is not list for batches in held for batch in batches):
            from flowcc.runtime.columnar.order.sorting import merged  # NumPy, which is here when columns are

            given = merged(self, held, self._reverse)
            if given is not None:
                return given
        return super().make(held)


def merge_sorted(
    node: Node, lists: Sequence[list[Any]], key: Callable[[Any], Any] | None = None, reverse: bool = False
) -> list[Any]:
    """Return what `heapq.merge` gives; without the items whose key fails, where those are skipped."""
    try:
        return list(merge(*lists, key=key, reverse=reverse))
    except Exception:  # element code may raise anything
        if key is None:
            raise
        kept = [node.map(key, items)[0] for items in lists]
        if sum(map(len, kept)) == sum(map(len, lists)):
            raise
        return list(merge(*kept, key=key, reverse=reverse))


def merge_tagged(parts: Sequence[list[tuple[Any, Any]]]) -> list[tuple[Any, Any]]:
    """Return all (tag, item) pairs in order of their tags, in which each part is already."""
    if len(parts) == 1:
        return parts[0]
    return sorted(chain.from_iterable(parts), key=lambda pair: pair[0])  # finds the runs, and is stable
