"""Operators that put items in another order or cut them off: sorted, reversed, nlargest, nsmallest, slices."""

from __future__ import annotations

from collections.abc import Callable
from heapq import nlargest, nsmallest
from operator import index
from typing import Any

from flowcc.runtime.batches import Batch
from flowcc.runtime.node import ITEMS, Node, Step, whole

PENDING = 1 << 20  # items of which the best are picked before more are kept
ORDERED = frozenset({int, str, bytes, bool})


class Held(Step):
    """Keeps all batches and makes items of them at the end."""

    __slots__ = ("_function", "batches", "cut", "key", "order")
    has_columns = True

    def __init__(
        self,
        function: Callable[[list[Any]], list[Any]],
        order: tuple[int | None, bool] | None = None,
        key: Callable[[Any], Any] | None = None,
        cut: slice | None = None,
    ) -> None:
        self._function = function
        self.key = key
        self.cut = cut  # the slice that the function gives, if it is one
        self.order = order  # how many (None: all), and whether the greatest first
        self.batches: list[Batch] = []

    def take(self, batch: Batch) -> None:
        """Keep the batch."""
        self.batches.append(batch)

    def close(self) -> Batch:
        """Return what the function makes of all items."""
        batches, self.batches = self.batches, []
        return self._function(whole(ITEMS, batches))


class Best(Held):
    """`heapq.nlargest` and `nsmallest`; of many items only the best are kept, where keys are of one ordered type."""

    __slots__ = ("_pending",)

    def __init__(
        self,
        function: Callable[[list[Any]], list[Any]],
        key: Callable[[Any], Any] | None,
        order: tuple[int | None, bool] | None,
    ) -> None:
        super().__init__(function, order, key)
        self._pending = 0

    def take(self, batch: Batch) -> None:
        """Keep the batch, or of all items so far the best."""
        super().take(batch)
        self._pending += len(batch)
        if self._pending > PENDING:
            items = whole(ITEMS, self.batches)
            self.batches = [self._function(items) if self._is_ordered(items) else items]
            self._pending = 0

    def _is_ordered(self, items: list[Any]) -> bool:
        """Whether any two keys compare one way only: with nan or mixed types the best depend on the whole list."""
        try:
            keys = items if self.key is None else [self.key(item) for item in items]
        except Exception:  # element code may raise anything, and does so again at the end
            return False
        kinds = set(map(type, keys))
        return (len(kinds) == 1 and kinds <= ORDERED) or (kinds == {float} and not any(key != key for key in keys))


def make_sort(node: Node, function: str, arguments: dict[str, Any]) -> Step:
    """Return the step for ``sorted(key, reverse)``, ``reversed``, ``nlargest(n, key)`` or ``nsmallest(n, key)``."""
    key = arguments.get("key")
    match function:
        case "sorted":
            reverse = arguments.get("reverse", False)
            order = (None, bool(reverse)) if type(reverse) in (bool, int) else None
            return Held(
                lambda items: node.with_key(lambda kept: sorted(kept, key=key, reverse=reverse), items, key), order, key
            )
        case "reversed":
            return make_cut(slice(None, None, -1))
        case "nlargest" | "nsmallest":
            best, n = nlargest if function == "nlargest" else nsmallest, arguments["n"]
            picked = (n, best is nlargest) if type(n) is int else None
            return Best(lambda items: node.with_key(lambda kept: best(n, kept, key), items, key), key, picked)
    raise AssertionError(f"unknown order {function}")


class Prefix(Step):
    """``items[start:stop:step]`` for bounds that need no end: what is past both is not wanted.

    Like `itertools.islice`, it goes over the items before ``start`` also where ``stop`` comes first.
    """

    __slots__ = ("_at", "_last", "_next", "_step", "_stop", "done")
    has_columns = True

    def __init__(self, start: int, stop: int | None, step: int) -> None:
        self._next = start
        self._stop = stop
        self._step = step
        self._at = 0  # the index of the next item that arrives
        self._last = None if stop is None else max(start, stop)
        self.done = self._last == 0

    def take(self, batch: Batch) -> Batch | None:
        """Return those of the batch that are in the slice."""
        first, self._at = self._next - self._at, self._at + len(batch)
        self.done = self._last is not None and self._at >= self._last
        if self._stop is not None and self._at >= self._stop:
            batch = batch[: max(len(batch) - (self._at - self._stop), 0)]
        if first >= len(batch):
            return None
        given = batch[first :: self._step]
        self._next += len(given) * self._step
        return given


def make_cut(cut: slice) -> Held:
    """Return the step for a slice that waits for the end."""
    return Held(lambda items: items[cut], cut=cut)


def make_slice(start: Any, stop: Any, step: Any) -> Step:
    """Return the step for a slice with Python's meaning; negative bounds wait for the end."""
    cut = slice(start, stop, step)
    cut.indices(0)  # raises what Python does for bounds that are none
    first = 0 if start is None else index(start)
    last = None if stop is None else index(stop)
    stride = 1 if step is None else index(step)
    if first < 0 or stride < 0 or (last is not None and last < 0):
        return make_cut(cut)
    return Prefix(first, last, stride)
