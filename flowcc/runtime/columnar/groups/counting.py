"""Counts of the items of a column: `Counter`, and pairs (item, count) for who adds them up elsewhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from flowcc.runtime.batches import Batch, rows
from flowcc.runtime.columnar.groups.composite import FirstKeys, are_keys, routines_of
from flowcc.runtime.columnar.groups.counts import Counts
from flowcc.runtime.columnar.groups.held import Held
from flowcc.runtime.columnar.groups.keys import NUMBERING, Library, chunks, keys_of
from flowcc.runtime.columnar.groups.lanes import Lanes, worth_lanes
from flowcc.runtime.columnar.groups.sums import IntSums
from flowcc.runtime.columnar.routines import numbering
from flowcc.runtime.columnar.step import OverColumns, P
from flowcc.runtime.columns import Columns, columns_of, concat
from flowcc.runtime.operators.early import MOST_KEYS, Counted
from flowcc.runtime.operators.fold import Collected, Tally
from flowcc.runtime.schema import INT64, Schema, Struct


class _Counting(OverColumns[P]):
    """What both have in common: columns of keys are counted, in several threads where that pays."""

    def needed(self, schema: Schema) -> Sequence[Callable[..., int]] | None:
        """Return the routines for one column of keys."""
        needed = routines_of(schema)
        return None if needed is None else [*needed, numbering.count_items]

    def accepts(self, columns: Columns) -> bool:
        """Whether equal items are equal as keys."""
        return are_keys(columns)

    def begin(self, columns: Columns, library: Library) -> bool:
        """Go on from what Python has counted, or have it come before where it is of other items."""
        if not self.accepts(columns):
            self.leave("keys that equal no other")
            return False
        self.counts = Counts(columns.schema, library)
        self._routines, self._items = library, 0
        self._lanes: Lanes | None = None
        held = self.held()
        before = columns_of(list(held.items()), Struct((columns.schema, INT64))) if held else None
        if before is not None:
            self.counts.add_counted(before)
            held.clear()
        return True

    def held(self) -> Counter[Any]:
        """Return what Python has counted."""
        raise AssertionError("a step that counts holds counts")

    def add(self, columns: Columns) -> Batch | None:
        """Count a batch."""
        self._items += len(columns)
        if self._lanes is not None:
            self._lanes.add(columns)
            return None
        self.counts.add(columns)
        parallel = self.node.stage.parallel
        if worth_lanes(self._items, self.counts.keys.known, parallel):
            self._lanes = Lanes(columns.schema, self._routines, parallel)
        return None

    @property
    def known(self) -> int:
        """The keys of the largest table."""
        return max(self.counts.keys.known, 0 if self._lanes is None else self._lanes.known)

    def counted(self) -> Columns:
        """Return pairs (key, count), each key once, in order of first appearance."""
        if self._lanes is not None:
            self.counts.add_counted(self._lanes.take())
        return self.counts.columns()


class CounterOverColumns(_Counting[Collected]):
    """`Counter` of a column."""

    def held(self) -> Counter[Any]:
        """Return what Python has counted."""
        held: Counter[Any] = self.plain.held
        return held

    def hand_over(self) -> None:
        """Add all counts to the Counter."""
        put_counts(self.plain.held, self.counted())

    def finish(self) -> Batch | None:
        """Return the Counter, still to be made where all of it is here."""
        keys = self.counts.keys
        if self.plain.held or isinstance(keys, FirstKeys):
            return super().finish()
        counts = self.counted().item(1)
        return Held(Counter, keys, counts)


class CountedOverColumns(_Counting[Counted]):
    """Pairs (item, count) of a column, as columns."""

    def needed(self, schema: Schema) -> Sequence[Callable[..., int]] | None:
        """Return the routines for keys by which pairs are shared out."""
        return super().needed(schema) if schema in NUMBERING else None

    def held(self) -> Counter[Any]:
        """Return what Python has counted."""
        return self.plain.counts

    def add(self, columns: Columns) -> Batch | None:
        """Count a batch, and give what has been counted when that is much."""
        super().add(columns)
        return self._give() if self.known > MOST_KEYS else None

    def hand_over(self) -> None:
        """Add all counts to those of Python."""
        put_counts(self.plain.counts, self.counted())

    def finish(self) -> Batch | None:
        """Give the rest."""
        return self._give()

    def _give(self) -> Batch:
        """Give what has been counted, and begin anew; of a key there may be several counts, as they are added up."""
        before, counted = self.plain.close(), self.counts.columns()
        if self._lanes is not None:
            counted = concat([counted, self._lanes.take()])
        self.counts.clear()
        if not before:
            return counted
        return [*rows(before), *counted.rows()]


class TallyOverColumns(OverColumns[Tally]):
    """Counts put together from columns of pairs (item, count)."""

    def needed(self, schema: Schema) -> Sequence[Callable[..., int]] | None:
        """Return the routines for a column of keys beside one of counts."""
        match schema:
            case Struct(items=(key, count), record=None) if key in NUMBERING and count == INT64:
                return [*NUMBERING[key], numbering.add_ints]
        return None

    def begin(self, columns: Columns, library: Library) -> bool:
        """Go on from what Python has added up, or have it come before where it is of other items."""
        assert isinstance(columns.schema, Struct)
        self._keys = keys_of(columns.schema.items[0], library)
        self._sums = IntSums(library)
        held = self.plain.held
        before = columns_of(list(held.items()), columns.schema) if held else None
        if before is not None:
            self.add(before)
            held.clear()
        return True

    def add(self, columns: Columns) -> None:
        """Add counts up."""
        for keys, counts in chunks(columns.item(0), columns.item(1)):
            ids = self._keys.number(keys)
            self._sums.add(ids, counts.buffers[0], self._keys.known)

    def hand_over(self) -> None:
        """Add all sums to those of Python."""
        counts = self.plain.held
        get = counts.get
        for key, count in zip(self._keys.columns().rows(), self._sums.values(self._keys.known), strict=True):
            counts[key] = get(key, 0) + count

    def finish(self) -> Batch | None:
        """Return the counts, still to be made where all of them are here and none exceeds a column."""
        sums = self._sums.buffer(self._keys.known)
        if self.plain.held or sums is None:
            return super().finish()
        return Held(Counter, self._keys, Columns(INT64, (sums,), len(sums)))


def put_counts(held: Counter[Any], counted: Columns) -> None:
    """Add counts to those that came before."""
    keys, counts = counted.item(0).rows(), counted.item(1).rows()
    if not held:  # a comprehension, because a dict takes another dict far quicker than pairs
        dict.update(held, {key: count for key, count in zip(keys, counts, strict=True)})  # noqa: C416
        return
    get = held.get
    for key, count in zip(keys, counts, strict=True):
        held[key] = get(key, 0) + count
