"""Comprehensions over two collections: what is equal by key is looked up instead of gone through."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from flowcc.runtime.batches import Batch
from flowcc.runtime.lookup import lookup
from flowcc.runtime.node import ITEMS, Node, whole
from flowcc.runtime.operators.each import Each, Kernel
from flowcc.runtime.sides import Side, plain, read_side

if TYPE_CHECKING:
    from flowcc.runtime.columnar.indices import Index
    from flowcc.runtime.stage import Jit


class ByKey(Side):
    """The right items of a join by key: a table of Python's, or columns that kernels look into."""

    __slots__ = ("_batches", "_key", "_table")

    def __init__(self, batches: list[Batch], key: Callable[[Any], Any], jit: Jit | None) -> None:
        super().__init__(None, jit)
        self._batches = batches
        self._key = key
        self._table: lookup | None = None

    @property
    def value(self) -> lookup:
        """What gives Python the items of a key."""
        if self._table is None:
            items = whole(ITEMS, self._batches)
            self._table = lookup(items, lambda: list(map(self._key, items)))
        return self._table

    def look_into(self, items: int, seconds: float) -> Index | None:
        """Return the columns to look into; None where there are none, or not yet."""
        if self._index is None and not self.why:
            with self._lock:
                if self._index is None and not self.why:
                    self._make(seconds)
        return self._index

    def _make(self, seconds: float) -> None:
        from flowcc.runtime.columnar.joining import as_one, index_of_rows  # NumPy, only once it pays

        assert self._jit is not None
        columns = as_one(self._batches)
        if columns is None:
            self.why = "the items of a side have no columns"
            return
        self._batches = [columns]
        found = index_of_rows(columns, self._key, self._jit, seconds)
        if isinstance(found, str):
            self.why = found
        else:
            self._index = found


def join_of(kernel: Kernel, key: Callable[..., Any], wires: Sequence[Node]) -> Callable[..., Each]:
    """Return what makes the step of a node, from what the right and the wires beside both gave."""

    def make(node: Node, right: list[Batch], *held: list[Batch]) -> Each:
        jit = node.stage.jit
        sides = tuple(read_side(wire.shape, batches, jit) for wire, batches in zip(wires, held, strict=True))
        by = node.given({"key": key}, plain(sides))["key"]
        return Each(node, kernel, (ByKey(right, by, jit), *sides))

    return make
