"""`mean`, `fmean` and `fsum` of a column: one group of the exact sums that groups have."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from flowcc.runtime.batches import Batch
from flowcc.runtime.columnar.groups.keys import Library
from flowcc.runtime.columnar.groups.means import sums_of
from flowcc.runtime.columnar.groups.parts import solid
from flowcc.runtime.columnar.groups.sums import Sums
from flowcc.runtime.columnar.step import OverColumns
from flowcc.runtime.columns import Columns, columns_of
from flowcc.runtime.operators.fold import OfAll
from flowcc.runtime.schema import Scalar, Schema


class AverageOverColumns(OverColumns[OfAll]):
    """A function of all items that only asks for their exact sum and how many there are."""

    _sums: Sums

    def needed(self, schema: Schema) -> Sequence[Callable[..., int]] | None:
        """Return the routines for a column of numbers."""
        kind = sums_of(self.plain.name, Scalar(schema.kind)) if isinstance(schema, Scalar) else None
        return None if kind is None else list(kind.needs)

    def begin(self, columns: Columns, library: Library) -> bool:
        """Take over the items that Python has kept."""
        assert isinstance(columns.schema, Scalar)
        self._kind = Scalar(columns.schema.kind)
        kind = sums_of(self.plain.name, self._kind)
        assert kind is not None
        self._sums, self._count = kind(library), 0
        before = columns_of(self.plain.items(), self._kind)
        if before is None or not self.accepts(before) or not self.accepts(columns):
            self.leave("Python holds other items")
            return False
        self.add(before)
        self.plain.clear()
        return True

    def accepts(self, columns: Columns) -> bool:
        """Whether nothing is missing among numbers, and no sum of them can become infinite on the way."""
        column = solid(columns, of_none=False)
        return column.schema == self._kind and self._sums.takes(column.buffers[0])

    def add(self, columns: Columns) -> None:
        """Add numbers."""
        self._sums.fold(np.zeros(len(columns), np.int64), solid(columns, of_none=False), 1)
        self._count += len(columns)

    def hand_over(self) -> None:
        """Give Python as many items, of the same sum."""
        if self._count:
            self.plain.add(self._sums.parts(1)[0])

    def finish(self) -> Batch | None:
        """Return the value, or have Python raise."""
        failing = self._sums.fails(1) if self._count else None
        if not self._count or (failing is not None and failing.any()):
            return super().finish()
        return self._sums.values(1)
