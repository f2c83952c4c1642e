"""`min` and `max` of each group where the best is no number: the item with the best key, or the best text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import numpy as np

from flowcc.runtime.columnar.groups.keys import NUMBERING, Library, TextKeys, address, with_room
from flowcc.runtime.columnar.groups.sums import Sums
from flowcc.runtime.columnar.routines.best import (
    least_floats_at,
    least_ints_at,
    least_texts,
    most_floats_at,
    most_ints_at,
    most_texts,
)
from flowcc.runtime.columns import Buffer, Columns, concat
from flowcc.runtime.schema import BOOL, FLOAT64, INT64, UTF8, Schema

SPARE = 1 << 16  # items that are no longer the best and may be kept all the same


class BestItems(Sums):
    """The first item of the least or greatest key in each group, of columns of pairs (key, item)."""

    routine: ClassVar[Callable[..., int]]

    def __init__(self, library: Library) -> None:
        self._run = library[type(self).routine]
        self._best: Buffer = np.zeros(0, np.int64)
        self._seen: Buffer = np.zeros(0, np.uint8)
        self._at: Buffer = np.zeros(0, np.int64)  # where the best item of each group is among those kept
        self._kept: list[Columns] = []
        self._count = 0

    def fold(self, ids: Buffer, column: Columns, known: int) -> None:
        """Compare the keys of items, and keep those that are the best so far."""
        keys, items = column.item(0).buffers[0], column.item(1)
        keys = keys.astype(np.int64) if keys.dtype == np.bool_ else keys
        self._best = with_room(self._best if len(self._best) else self._best.astype(keys.dtype), known)
        self._seen, self._at = with_room(self._seen, known), with_room(self._at, known)
        numbers = np.arange(self._count, self._count + len(ids))
        self._run(len(ids), self._count, *map(address, (ids, keys, self._best, self._seen, self._at)))
        kept = np.flatnonzero(self._at[ids] == numbers)
        self._at[ids[kept]] = self._count + np.arange(len(kept))
        self._kept.append(items.take(kept))
        self._count += len(kept)
        if self._count > 2 * known + SPARE:
            self._kept = [concat(self._kept).take(self._at[:known])]
            self._at[:known] = np.arange(known)
            self._count = known

    def columns(self, known: int) -> Columns | None:
        """Return the best item of each group, where all have any."""
        return concat(self._kept).take(self._at[:known]) if self._seen[:known].all() and known else None

    def values(self, known: int) -> list[Any]:
        """Return the best item of each group; of none anything."""
        kept = concat(self._kept).rows() if self._count else []
        return [kept[at] if seen else None for at, seen in zip(self._at[:known], self._seen[:known], strict=True)]


class LeastByInts(BestItems):
    """The item of the least whole number or bool."""

    needs = (least_ints_at,)
    routine = least_ints_at


class MostByInts(BestItems):
    """The item of the greatest whole number or bool."""

    needs = (most_ints_at,)
    routine = most_ints_at


class LeastByFloats(BestItems):
    """The item of the least float."""

    needs = (least_floats_at,)
    routine = least_floats_at


class MostByFloats(BestItems):
    """The item of the greatest float."""

    needs = (most_floats_at,)
    routine = most_floats_at


class BestTexts(Sums):
    """The least or the greatest text of each group; texts are kept once."""

    gives = UTF8
    routine: ClassVar[Callable[..., int]]

    def __init__(self, library: Library) -> None:
        self._run = library[type(self).routine]
        self._texts = TextKeys(library)
        self._best: Buffer = np.zeros(0, np.int64)

    def fold(self, ids: Buffer, column: Columns, known: int) -> None:
        """Compare texts."""
        self._best = with_room(self._best, known)
        numbers = self._texts.number(column)
        ends, arena = self._texts.columns().buffers
        self._run(len(ids), *map(address, (ids, numbers, ends, arena, self._best)))

    def columns(self, known: int) -> Columns | None:
        """Return the best text of each group, where all have any."""
        best = self._best[:known]
        return self._texts.columns().take(best - 1) if best.all() and known else None

    def values(self, known: int) -> list[Any]:
        """Return the best text of each group; of none anything."""
        texts = ["", *self._texts.columns().rows()]
        return [texts[best] for best in self._best[:known].tolist()]


class LeastTexts(BestTexts):
    """The least text."""

    needs = (*NUMBERING[UTF8], least_texts)
    routine = least_texts


class MostTexts(BestTexts):
    """The greatest text."""

    needs = (*NUMBERING[UTF8], most_texts)
    routine = most_texts


BESTS: Mapping[tuple[str, Schema], type[BestItems]] = {
    ("min", INT64): LeastByInts,
    ("min", BOOL): LeastByInts,
    ("min", FLOAT64): LeastByFloats,
    ("max", INT64): MostByInts,
    ("max", BOOL): MostByInts,
    ("max", FLOAT64): MostByFloats,
}
