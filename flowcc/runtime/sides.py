"""Collections that element code reads beside its items: as Python has them, and as columns that kernels look into.

A side is also a batch, the one value of a wire, so that a value that operators hold as columns travels as it is and
becomes a dict or a set only where Python reads it.
"""

from __future__ import annotations

import operator
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from math import inf
from typing import TYPE_CHECKING, Any, Protocol

from flowcc.runtime.batches import Batch
from flowcc.runtime.lookup import made_once, members
from flowcc.runtime.node import ITEMS, Host, Node, Whole, whole

if TYPE_CHECKING:
    from flowcc.runtime.columnar.lookups.indices import Index
    from flowcc.runtime.jit import Jit

INDEXED = frozenset({list, dict, Counter, set, frozenset, members, made_once})
ITEMS_PER_KEY = 0.5  # that are to be looked up before an index pays, which takes longer a key than Python's look-up


class Compiler(Protocol):
    """What has routines compiled."""

    def routines(self, functions: Sequence[Callable[..., int]], seconds: float) -> Sequence[Callable[..., int]] | None:
        """Return routines compiled, or None while they are not; Python has taken so many seconds for them."""


class Side:
    """A collection; safe to be read from several threads."""

    __slots__ = ("_asked", "_index", "_jit", "_lock", "_value", "why")

    def __init__(self, value: Any, jit: Jit | None) -> None:
        self._value = value
        self._jit = jit
        self._index: Index | None = None
        self._asked = 0.0
        self._lock = threading.Lock()
        self.why = ""  # there are no columns, once that is known

    @property
    def value(self) -> Any:
        """The collection, as the plain function has it."""
        return self._value

    @property
    def seconds(self) -> float:
        """What Python is going to take before it can look into the collection."""
        return 0.0

    @property
    def index(self) -> Index | None:
        """The columns to look into, if they have been made."""
        return self._index

    def look_into(self, items: int, seconds: float) -> Index | None:
        """Return the columns to look into for so many items more; None where there are none, or not yet.

        ``seconds`` is what Python has taken for such items so far, infinity where columns are wanted at any cost.
        """
        if self._index is None and not self.why:
            with self._lock:
                self._asked += items
                if self._index is None and self._pays(seconds):
                    self._make(seconds)
        return self._index

    def _pays(self, seconds: float) -> bool:
        try:
            return self._asked >= ITEMS_PER_KEY * self._size() or seconds == inf
        except Exception:  # what is made at the first question may raise anything
            self.why = "a side raises"
            return False

    def _size(self) -> int:
        return len(self._value)

    def _make(self, seconds: float) -> None:
        assert self._jit is not None
        self._make_by(self._jit, seconds)

    def _make_by(self, compiler: Compiler, seconds: float) -> None:
        from flowcc.runtime.columnar.lookups.indices import index_of  # NumPy, only once it pays

        found = index_of(self._value, compiler, seconds)
        if isinstance(found, str):
            self.why = found
        else:
            self._index = found

    def entries(self, part: str) -> Batch | None:
        """Return as columns what iterating over it, or over its items, keys or values, gives; None: in Python."""
        return None

    def __len__(self) -> int:
        """Return the length as a batch."""
        return 1

    def __getitem__(self, part: slice, /) -> Side:
        assert part == slice(None)
        return self

    @property
    def nbytes(self) -> int:
        """The size that tells how to cut a batch; this one stays whole."""
        return 0

    def rows(self) -> list[Any]:
        """Return the collection as the items of a batch."""
        return [self.value]


def read_side(shape: str, batches: list[Batch], jit: Jit | None) -> Any:
    """Return what a wire gave as a kernel is to have it: what can be looked into as a `Side`."""
    if len(batches) == 1 and isinstance(batches[0], Side):
        return batches[0]
    if shape == ITEMS and jit is not None:
        return Items(batches, jit)
    value = whole(shape, batches)
    return Side(value, jit) if jit is not None and type(value) in INDEXED else value


class Items(Side):
    """All items of a wire: Python's list is made when it is read."""

    __slots__ = ("_batches",)

    def __init__(self, batches: list[Batch], jit: Jit) -> None:
        super().__init__(None, jit)
        self._batches = batches

    @property
    def value(self) -> Any:
        """The list of all items."""
        with self._lock:
            if self._value is None:
                self._value = whole(ITEMS, self._batches)
        return self._value

    def _size(self) -> int:
        return sum(map(len, self._batches))

    def _make(self, seconds: float) -> None:
        from flowcc.runtime.columnar.lookups.indices import index_of_list  # NumPy, only once it pays
        from flowcc.runtime.columnar.lookups.joining import as_one

        found = index_of_list(as_one(self._batches))
        if isinstance(found, str):
            self.why = found
        else:
            self._index = found


class Constant(Side):
    """A collection that element code reads from outside; who owns it may change it between two batches."""

    __slots__ = ("_compiler", "_seen")

    def __init__(self, value: Any, compiler: Compiler) -> None:
        super().__init__(value, None)
        self._compiler = compiler
        self._seen: list[list[Any]] = []

    def look_into(self, items: int, seconds: float) -> Index | None:
        """Return the columns as the collection is now; None where telling that takes longer than Python's look-ups."""
        with self._lock:
            if seconds < inf and len(self._value) > ITEMS_PER_KEY * items:
                return None
            seen = [list(self._value), list(self._value.values()) if isinstance(self._value, dict) else []]
            if self._index is None or not all(map(_are_same, seen, self._seen)):
                self._index, self.why, self._seen = None, "", seen
                self._make_by(self._compiler, inf)
            return self._index


def _are_same(items: list[Any], others: list[Any]) -> bool:
    return len(items) == len(others) and all(map(operator.is_, items, others))


class Entries(Whole):
    """What iterating over a value gives, or over a dict's ``items``, ``keys`` or ``values``."""

    __slots__ = ("_part",)

    def __init__(self, stage: Host, part: str, at: int, value: Node) -> None:
        function = list if part == "iter" else lambda held: list(getattr(held, part)())
        super().__init__(stage, part, at, ITEMS, (value,), function)
        self._part = part

    def make(self, held: list[list[Batch]]) -> Batch:
        """Return the entries; as columns where the value is held so."""
        (value,) = held[0]
        columns = value.entries(self._part) if isinstance(value, Side) else None
        return super().make(held) if columns is None else columns


def plain(sides: Sequence[Any]) -> tuple[Any, ...]:
    """Return sides as Python is to have them."""
    return tuple([side.value if isinstance(side, Side) else side for side in sides])
