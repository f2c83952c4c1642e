"""Collections that are looked into by a key of their items, instead of gone through for those that are equal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from math import inf
from typing import TYPE_CHECKING, Any

from flowcc.runtime.batches import Batch, rows
from flowcc.runtime.lookup import lookup
from flowcc.runtime.node import ITEMS, VALUE, Host, Node, Whole, whole
from flowcc.runtime.sides import ITEMS_PER_KEY, Side

if TYPE_CHECKING:
    from flowcc.runtime.jit import Jit


SECONDS_AN_ITEM = 5e-7  # what Python takes at least to put an item into its table

FEW = 1024  # items of which a table is made before it is known whether it is asked often


class ByKey(Side):
    """Items by a key of theirs: a table of Python's, or columns that kernels look into."""

    __slots__ = ("_batches", "_key", "_table")

    def __init__(self, batches: list[Batch], key: Callable[[Any], Any], jit: Jit | None) -> None:
        super().__init__(None, jit)
        self._batches = batches
        self._key = key
        self._table: lookup | None = None

    @property
    def count(self) -> int:
        """How many items there are."""
        return sum(map(len, self._batches))

    def among(self, keys: frozenset[Any]) -> ByKey:
        """Return the items whose key is one of these; all, where keys raise or a table of all takes less time."""
        if self._index is not None or self._table is not None or self._is_near:
            return self
        jit, kernel, wanted = self._jit, kept_by(self._key), Side(keys, self._jit)
        kept: list[Batch] = []
        try:
            for batch in self._batches:
                native = None if jit is None else jit.offer(kernel, "columns", batch)
                given = None if native is None else native(batch, wanted)
                kept.append(kernel(rows(batch), keys) if given is None else given)
        except Exception:  # element code may raise anything, and so does a key that cannot be hashed
            return self
        return ByKey(kept, self._key, jit)

    @property
    def _is_near(self) -> bool:
        if any(isinstance(batch, list) for batch in self._batches):
            return False
        from flowcc.runtime.columnar.lookups.joining import are_near, as_one  # NumPy, which is here when columns are

        columns = as_one(self._batches)
        return columns is not None and are_near(columns, self._key)

    @property
    def seconds(self) -> float:
        """What Python is going to take for its table."""
        return 0.0 if self._table is not None else SECONDS_AN_ITEM * self.count

    @property
    def value(self) -> Callable[[Any], Sequence[Any]]:
        """What gives Python the items of a key that can be hashed."""
        return self.table.quick

    @property
    def table(self) -> lookup:
        """What gives Python the items of any key."""
        if self._table is None:
            items = whole(ITEMS, self._batches)
            self._table = lookup(items, lambda: list(map(self._key, items)))
            if len(items) <= FEW:
                self._table.make()
        return self._table

    def _pays(self, seconds: float) -> bool:
        """Whether enough items look into it to make columns of what is none; what is has an index at little cost."""
        others = sum([len(batch) for batch in self._batches if isinstance(batch, list)])
        return self._asked >= ITEMS_PER_KEY * others or seconds == inf

    def _make(self, seconds: float) -> None:
        from flowcc.runtime.columnar.lookups.joining import as_one, index_of_rows  # NumPy, only once it pays

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


@lru_cache(maxsize=256)
def kept_by(key: Callable[[Any], Any]) -> Callable[..., list[Any]]:
    """Return what keeps the items whose key is wanted."""

    def kept(items: list[Any], wanted: Any) -> list[Any]:
        return [item for item in items if key(item) in wanted]  # nowhere:0

    return kept


class Indexing(Whole):
    """Gives items by a key of theirs, as the value of a wire."""

    __slots__ = ("_key",)

    def __init__(self, stage: Host, at: int, items: Node, sides: Sequence[Node], key: Callable[..., Any]) -> None:
        super().__init__(stage, "by_key", at, VALUE, (items, *sides), lambda *_: [])
        self._key = key

    def make(self, held: list[list[Batch]]) -> ByKey:
        """Return the look-up; the key may be made from the values of sides."""
        items, *sides = held
        values = [whole(node.shape, batches) for node, batches in zip(self.inputs[1:], sides, strict=True)]
        return ByKey(items, self.given({"key": self._key}, tuple(values))["key"], self.stage.jit)
