"""``sorted``, ``nlargest`` and ``nsmallest`` of a column of numbers that are compared as they are."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from flowcc.runtime.batches import Batch
from flowcc.runtime.columnar.keys import Library
from flowcc.runtime.columnar.step import OverColumns
from flowcc.runtime.columns import Columns, concat
from flowcc.runtime.operators.order import PENDING, Held
from flowcc.runtime.schema import FLOAT64, INT64, Schema


class SortOverColumns(OverColumns[Held]):
    """Keeps columns and sorts them at the end; of many only the best are kept, where no more are wanted."""

    def needed(self, schema: Schema) -> Sequence[Callable[..., int]] | None:
        """Return that nothing has to be compiled."""
        return [] if schema in (INT64, FLOAT64) and self.plain.order is not None else None

    def begin(self, columns: Columns, library: Library) -> bool:
        """Begin where Python has kept nothing yet."""
        if self.plain.batches or not self.accepts(columns):
            self.leave("other items came before")
            return False
        self._kept: list[Columns] = []
        self._length = 0
        return True

    def accepts(self, columns: Columns) -> bool:
        """Whether any two items compare one way only."""
        return columns.schema == INT64 or not np.isnan(columns.buffers[0]).any()

    def add(self, columns: Columns) -> None:
        """Keep a batch, or of all so far the best."""
        assert self.plain.order is not None
        self._kept.append(columns)
        self._length += len(columns)
        if self.plain.order[0] is not None and self._length > PENDING:
            self._kept = [self._sorted()]
            self._length = len(self._kept[0])

    def _sorted(self) -> Columns:
        assert self.plain.order is not None
        most, reverse = self.plain.order
        columns = concat(self._kept)
        values = columns.buffers[0]
        if reverse:  # equal floats differ in their sign, and stay in order all the same
            values = np.ascontiguousarray(np.sort(values[::-1], kind="stable")[::-1])
        else:
            values = np.sort(values, kind="stable")
        values = values if most is None else values[: max(most, 0)]
        return Columns(columns.schema, (values,), len(values))

    def hand_over(self) -> None:
        """Let Python sort what has been kept."""
        self.plain.batches += self._kept

    def finish(self) -> Batch | None:
        """Return all items in order."""
        return self._sorted()
