"""Folds: all items made into one value, batch by batch, with the result of Python's own function on the whole list.

Where Python's result cannot be put together from parts bit for bit (a compensated float sum, a mean of mixed types),
the items are kept and the function is called once. A fold is also what `group_fold` runs for every key.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import reduce
from itertools import chain, repeat
from math import fsum, prod
from operator import add, index
from typing import Any, TypeAlias

from flowcc.runtime.batches import Batch, Folded, rows
from flowcc.runtime.node import Node, Step

Arguments: TypeAlias = Mapping[str, Any]
COMPENSATED = sys.version_info >= (3, 12)  # float sums carry a compensation that a sum of sums would lose


class Fold(Step):
    """A step whose only batch is its value, given at the end."""

    __slots__ = ("node",)

    def __init__(self, node: Node) -> None:
        self.node = node

    def take(self, batch: Batch) -> None:
        """Fold a batch in; the note on a failure names the item."""
        self.node.add(self.add, self.items_of(batch))

    def items_of(self, batch: Batch) -> list[Any]:
        """Return the items of a batch, or in their stead the one value that they have been folded into."""
        if not isinstance(batch, Folded) or not self.goes_on:
            return rows(batch)
        self.tell()
        return [batch.value] if len(batch) else []

    def tell(self) -> None:
        """Let `explain` say that kernels fold."""
        if self.node.stage.jit is not None:
            self.node.stage.jit.note(self.node.at, {"operator": self.node.operator, "runs": "numba"})

    @property
    def goes_on(self) -> bool:
        """Whether what is held and the fold of more items make the fold of all."""
        return bool(self.takes_folded)

    def close(self) -> Batch:
        """Return the value, alone in a batch."""
        return [self.node.call(self.value)]

    def add(self, items: Sequence[Any]) -> None:
        """Fold items in."""
        raise AssertionError("a fold adds")

    def value(self) -> Any:
        """Return the value of all items so far; called once."""
        raise AssertionError("a fold has a value")


class OfAll(Fold):
    """A function of Python's called once, on all items; ``name`` is what the language knows it as."""

    __slots__ = ("_function", "_items", "name")

    def __init__(self, node: Node, function: Callable[[Sequence[Any]], Any], name: str = "") -> None:
        super().__init__(node)
        self.name = name
        self._function = function
        self._items: list[Sequence[Any]] = []

    @property
    def has_columns(self) -> bool:  # type: ignore[override]  # which the function tells
        """Whether it asks for no more than a sum and how many items there are."""
        return self.name in ("mean", "fmean", "fsum")

    def clear(self) -> None:
        """Forget all items."""
        self._items.clear()

    def add(self, items: Sequence[Any]) -> None:
        """Keep the items."""
        self._items.append(items)

    def items(self) -> list[Any]:
        """Return all items."""
        return list(chain.from_iterable(self._items))

    def value(self) -> Any:
        """Return the function of all items."""
        kept = self._items
        return self._function(kept[0] if len(kept) == 1 else list(chain.from_iterable(kept)))


class Total(Fold):
    """``function(items, held)`` again and again: a left fold that Python's function does from any start."""

    __slots__ = ("_function", "held", "is_sum")
    has_columns = True

    def __init__(self, node: Node, function: Callable[[Sequence[Any], Any], Any], start: Any) -> None:
        super().__init__(node)
        self._function = function
        self.is_sum = function is sum_from
        self.held = start

    @property
    def takes_folded(self) -> str:  # type: ignore[override]  # of a product, none
        """The sum."""
        return "sum" if self.is_sum else ""

    @property
    def goes_on(self) -> bool:
        """Whether an integer is held: floats are added one by one."""
        return type(self.held) is int

    def add(self, items: Sequence[Any]) -> None:
        """Go on from what is held."""
        self.held = self._function(items, self.held)

    def value(self) -> Any:
        """Return what is held."""
        return self.held


class Length(Fold):
    """``len``: batches need not even be looked at."""

    __slots__ = ("_length",)
    takes_folded = "len"

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        self._length = 0

    def take(self, batch: Batch) -> None:
        """Count the items of a batch."""
        if isinstance(batch, Folded):
            self.tell()
        self._length += len(batch)

    def add(self, items: Sequence[Any]) -> None:
        """Count items."""
        self._length += len(items)

    def value(self) -> int:
        """Return how many there were."""
        return self._length


class Extreme(Fold):
    """``min`` and ``max``, compared from left to right as Python does: with nan the order shows."""

    __slots__ = ("_arguments", "_best", "function", "key")
    has_columns = True

    def __init__(self, node: Node, function: Callable[..., Any], arguments: Arguments) -> None:
        super().__init__(node)
        self.function = function
        self._arguments = arguments
        self.key = arguments.get("key")
        self._best: list[Any] = []

    @property
    def takes_folded(self) -> str:  # type: ignore[override]  # with a key, items are compared by something else
        """The least or the greatest."""
        return self.function.__name__ if self.key is None else ""

    def take(self, batch: Batch) -> None:
        """Compare a batch; without the items whose key fails, where those are skipped."""
        if self.key is None:
            super().take(batch)
        else:
            self.node.with_key(self.add, rows(batch), self.key)

    def add(self, items: Sequence[Any]) -> None:
        """Compare items with the best so far."""
        if items:
            self._best = [self.function(chain(self._best, items), key=self.key)]

    def value(self) -> Any:
        """Return the best; of none, the default or Python's error."""
        return self._best[0] if self._best else self.function((), **self._arguments)


class Decision(Fold):
    """``any`` (``decided_by`` True) and ``all`` (False): no item after the deciding one is looked at."""

    __slots__ = ("_function", "decided_by", "done")
    has_columns = True

    def __init__(self, node: Node, function: Callable[[Iterable[Any]], bool], decided_by: bool) -> None:
        super().__init__(node)
        self._function = function
        self.decided_by = decided_by
        self.done = False

    @property
    def takes_folded(self) -> str:  # type: ignore[override]  # either of the two
        """Whether any is true, or all are."""
        return self._function.__name__

    def add(self, items: Sequence[Any]) -> None:
        """Look at items until one decides."""
        if not self.done:
            self.done = self._function(items) is self.decided_by

    def value(self) -> bool:
        """Return the decision."""
        return self.done is self.decided_by


class Collected(Fold):
    """A collection that grows: ``set``, ``dict``, ``Counter``; insertion order as on the whole list."""

    __slots__ = ("held", "seen")

    has_columns = True

    def __init__(self, node: Node, empty: Any) -> None:
        super().__init__(node)
        self.held = empty
        self.seen = 0

    def add(self, items: Sequence[Any]) -> None:
        """Put items in."""
        try:
            self.held.update(items)
        except (TypeError, ValueError):
            if type(self.held) is dict:  # its error tells the number of the element, counted from the first of all
                dict(chain(repeat((0, 0), self.seen), items))
            raise
        self.seen += len(items)

    def value(self) -> Any:
        """Return the collection."""
        return self.held


class Reduction(Fold):
    """``functools.reduce``; an item at which the function fails may be skipped."""

    __slots__ = ("_function", "_held")

    def __init__(self, node: Node, function: Callable[[Any, Any], Any], *initial: Any) -> None:
        super().__init__(node)
        self._function = function
        self._held = initial  # nothing yet, or what has been made so far

    def take(self, batch: Batch) -> None:
        """Reduce a batch, item by item once something fails."""
        items = rows(batch)
        if not items:
            return
        before = self._held
        try:
            self.add(items)
        except Exception:  # element code may raise anything
            self._held = before
            for item in items:
                try:
                    self.add([item])
                except Exception as error:
                    self.node.fail(error, item)

    def add(self, items: Sequence[Any]) -> None:
        """Reduce items from what is held."""
        self._held = (reduce(self._function, chain(self._held, items)),)

    def value(self) -> Any:
        """Return what is held; of no items, Python's error."""
        return self._held[0] if self._held else reduce(self._function, ())


class At(Fold):
    """``items[index]``: the n-th item, or the n-th last; no more is kept than it takes."""

    __slots__ = ("_index", "_kept", "_seen", "done")

    def __init__(self, node: Node, at: Any) -> None:
        super().__init__(node)
        try:
            self._index = index(at)
        except TypeError:
            [][at]  # raises Python's own
            raise
        self._kept: list[Any] = []
        self._seen = 0
        self.done = False

    def add(self, items: Sequence[Any]) -> None:
        """Keep the item, or the last ones that it may be among."""
        wanted = self._index
        if wanted < 0:
            self._kept = [*self._kept, *items][wanted:]
        elif self._seen <= wanted < self._seen + len(items):
            self._kept = [items[wanted - self._seen]]
            self.done = True
        self._seen += len(items)

    def value(self) -> Any:
        """Return the item, or raise Python's IndexError."""
        return self._kept[0 if self._index >= 0 else self._index]


def sum_from(items: Sequence[Any], held: Any) -> Any:
    """Return ``sum(items, held)``, going on from whatever the items so far came to."""
    if isinstance(held, (str, bytes, bytearray)):  # what the items' own `+` gave; `sum` would refuse it as a start
        return reduce(add, items, held)
    return sum(items, held)


def _mean(items: Sequence[Any]) -> Any:
    from statistics import mean  # slow to import, and seldom used

    return mean(items)


def _fmean(items: Sequence[Any]) -> Any:
    from statistics import fmean  # slow to import, and seldom used

    return fmean(items)


ON_LISTS: Mapping[str, Callable[..., Any]] = {
    "sum": sum,
    "len": len,
    "min": min,
    "max": max,
    "any": any,
    "all": all,
    "set": set,
    "dict": dict,
    "Counter": Counter,
    "frozenset": frozenset,
    "tuple": tuple,
    "list": list,
    "mean": _mean,
    "fmean": _fmean,
    "fsum": fsum,
    "prod": prod,
    "reduce": lambda items, function, **initial: reduce(function, items, *initial.values()),
    "item": lambda items, index: items[index],
    "join": lambda items, separator: separator.join(items),
}  # each fold on the list of all items, its arguments by their names


class Tally(Fold):
    """Counts put together from (item, count) pairs, of which an item may have several."""

    __slots__ = ("held",)

    has_columns = True

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        self.held: Counter[Any] = Counter()

    def add(self, items: Sequence[Any]) -> None:
        """Add counts up; an item that was there before keeps its place."""
        counts = self.held
        get = counts.get
        for item, count in items:
            counts[item] = get(item, 0) + count

    def value(self) -> Any:
        """Return the counts."""
        return self.held
