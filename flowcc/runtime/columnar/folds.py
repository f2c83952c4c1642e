"""Folds of a column by NumPy, and its distinct items: what a batch comes to is one item for the Python fold."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from flowcc.runtime.batches import Batch
from flowcc.runtime.columnar.groups.composite import FirstKeys, Numbering, are_keys, numbering_of, routines_of
from flowcc.runtime.columnar.groups.held import Held
from flowcc.runtime.columnar.groups.keys import Library, chunks
from flowcc.runtime.columnar.step import OverColumns
from flowcc.runtime.columns import Buffer, Columns
from flowcc.runtime.operators.fold import COMPENSATED, Collected, Decision, Extreme, Total
from flowcc.runtime.schema import BOOL, FLOAT64, INT64, Schema

HALF = 32
LARGE = 1 << 62
EXACT = 1 << 53  # whole numbers up to here are floats


def sum_of(values: Buffer) -> int:
    """Return the sum of integers or bools, of any size."""
    if values.dtype == np.bool_:
        return int(np.count_nonzero(values))
    if max(-int(values.min()), int(values.max())) * len(values) < LARGE:
        return int(values.sum())
    return (int((values >> HALF).sum()) << HALF) + int((values & ((1 << HALF) - 1)).sum())


class TotalOverColumns(OverColumns[Total]):
    """``sum`` of a column: integers exactly, floats from left to right."""

    def needed(self, schema: Schema) -> Sequence[Callable[..., int]] | None:
        """Return that nothing has to be compiled, where there is such a sum."""
        return [] if schema in (INT64, BOOL) or (schema == FLOAT64 and not COMPENSATED) else None

    def begin(self, columns: Columns, library: Library) -> bool:
        """Go on from an integer, or among floats a float; other starts are added to item by item."""
        held = self.plain.held
        if type(held) is int and (columns.schema != FLOAT64 or abs(held) <= EXACT):
            return True
        if type(held) is float and columns.schema == FLOAT64:
            return True
        self.leave("the sum so far is another kind of number")
        return False

    def add(self, columns: Columns) -> None:
        """Add a batch."""
        values = columns.buffers[0]
        if not len(columns):
            return
        if columns.schema != FLOAT64:
            self.plain.held += sum_of(values)
            return
        added = np.empty(len(values) + 1)
        added[0], added[1:] = self.plain.held, values
        with np.errstate(all="ignore"):
            self.plain.held = float(np.add.accumulate(added, out=added)[-1])

    def hand_over(self) -> None:
        """Python's own sum is what is added to."""


class ExtremeOverColumns(OverColumns[Extreme]):
    """``min`` and ``max`` of a column of numbers."""

    def needed(self, schema: Schema) -> Sequence[Callable[..., int]] | None:
        """Return that nothing has to be compiled, where items are compared as they are."""
        return [] if schema in (INT64, BOOL, FLOAT64) and self.plain.key is None else None

    def add(self, columns: Columns) -> None:
        """Compare the first best of a batch."""
        values = columns.buffers[0]
        if columns.schema == FLOAT64 and np.isnan(values).any():
            self.plain.take(columns)
        elif len(columns):
            at = values.argmin() if self.plain.function is min else values.argmax()
            self.plain.add([values[at].item()])

    def hand_over(self) -> None:
        """Python's own best is what is compared with."""


class DecisionOverColumns(OverColumns[Decision]):
    """``any`` and ``all`` of a column of numbers."""

    def needed(self, schema: Schema) -> Sequence[Callable[..., int]] | None:
        """Return that nothing has to be compiled."""
        return [] if schema in (INT64, BOOL, FLOAT64) else None

    def add(self, columns: Columns) -> None:
        """Look at a batch."""
        values = columns.buffers[0]
        self.plain.add([bool(values.any() if self.plain.decided_by else values.all())])

    def hand_over(self) -> None:
        """Python's own decision is what is made."""


class DistinctOverColumns(OverColumns[Collected]):
    """``set`` of a column: each item is made a Python object once, in order of first appearance."""

    keys: Numbering

    def needed(self, schema: Schema) -> Sequence[Callable[..., int]] | None:
        """Return the routines for a column of keys."""
        return routines_of(schema)

    def begin(self, columns: Columns, library: Library) -> bool:
        """Number items from here on, after those that Python has seen."""
        if not self.accepts(columns):
            self.leave("items that equal no other")
            return False
        self.keys = numbering_of(columns.schema, library)
        return True

    def accepts(self, columns: Columns) -> bool:
        """Whether equal items are equal as keys."""
        return are_keys(columns)

    def add(self, columns: Columns) -> None:
        """Number a batch."""
        for (part,) in chunks(columns):
            self.keys.number(part)

    def hand_over(self) -> None:
        """Put all items into the set."""
        self.plain.held.update(self.keys.columns().rows())

    def finish(self) -> Batch | None:
        """Return the set, still to be made where all of it is here."""
        keys = self.keys
        return super().finish() if self.plain.held or isinstance(keys, FirstKeys) else Held(set, keys, None)


def fold_over_columns(node: Any, plain: Total | Extreme | Decision | Collected) -> OverColumns[Any] | None:
    """Return the fold over columns that does the same."""
    match plain:
        case Total() if plain.is_sum:
            return TotalOverColumns(node, plain)
        case Extreme():
            return ExtremeOverColumns(node, plain)
        case Decision():
            return DecisionOverColumns(node, plain)
        case Collected() if type(plain.held) is set:
            return DistinctOverColumns(node, plain)
    return None
