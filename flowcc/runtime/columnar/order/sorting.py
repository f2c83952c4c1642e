"""``sorted``, ``nlargest``, ``nsmallest`` and ``heapq.merge`` of columns, by a key or as items compare themselves."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from flowcc.runtime.batches import Batch
from flowcc.runtime.columnar.fields import column_of
from flowcc.runtime.columnar.groups.keys import Library
from flowcc.runtime.columnar.order.ordering import codes_if_ordered, first_of, is_ordered, order_of, routines_for
from flowcc.runtime.columnar.sequences.structs import as_one, note
from flowcc.runtime.columnar.step import OverColumns
from flowcc.runtime.columns import Buffer, Columns, columns_of, concat
from flowcc.runtime.node import Node
from flowcc.runtime.operators.order import PENDING, Held
from flowcc.runtime.schema import FLOAT64, INT64, Schema

ODDLY = "what only Python compares: nan, None, or an order of its own"


class SortOverColumns(OverColumns[Held]):
    """Keeps columns and their keys and sorts them at the end; of many only the best, where no more are wanted."""

    library: Library
    _kept: list[Columns]
    _keys: list[Columns]  # of the kept, where there is a key
    _length: int

    def needed(self, schema: Schema) -> Sequence[Callable[..., int]] | None:
        """Return the routines for texts, unless there are surely none."""
        if self.plain.order is None:
            return None
        return routines_for(schema, self.plain.key) if self.plain.key is not None or is_ordered(schema) else None

    def begin(self, columns: Columns, library: Library) -> bool:
        """Take over what Python has kept."""
        self.library = library
        self._kept, self._keys, self._length = [], [], 0
        held = [columns_of(batch, columns.schema) if isinstance(batch, list) else batch for batch in self.plain.batches]
        for part in held:
            if not isinstance(part, Columns) or part.schema != columns.schema or not self._keep(part):
                self.leave("other items came before")
                return False
        self.plain.batches = []
        return True

    def add(self, columns: Columns) -> None:
        """Keep a batch, or of all so far the best."""
        if not self._keep(columns):
            self.plain.take(columns)
        elif self._most is not None and self._length > PENDING:
            self._prune()

    def _prune(self) -> None:
        best = self._sorted()
        if best is None:
            self.leave(ODDLY)
            return
        self._kept, self._keys, self._length = [], [], 0
        self._keep(best)

    def _keep(self, columns: Columns) -> bool:
        """Keep items with their keys; False, having left, where these have no columns."""
        keys = None
        if self.plain.key is not None:
            keys = column_of(self.node, self.plain.key, columns)
            if keys is None or not is_ordered(keys.schema) or (self._keys and keys.schema != self._keys[0].schema):
                self.leave("keys that have no columns of one type")
                return False
            self._keys.append(keys)
        self._kept.append(columns)
        self._length += len(columns)
        return True

    @property
    def _most(self) -> int | None:
        assert self.plain.order is not None
        return self.plain.order[0]

    def _sorted(self) -> Columns | None:
        """Return the items in order, no more than are wanted; None where only Python knows which that is."""
        assert self.plain.order is not None
        most, reverse = self.plain.order
        columns = concat(self._kept)
        if not self._keys and columns.schema in (INT64, FLOAT64) and (most is None or most >= len(columns)):
            return _numbers(columns, reverse)
        codes = codes_if_ordered(concat(self._keys) if self._keys else columns, self.library)
        if codes is None:
            return None
        return columns.take(order_of(codes, reverse) if most is None else first_of(codes, max(most, 0), reverse))

    def hand_over(self) -> None:
        """Let Python sort what has been kept."""
        self.plain.batches += self._kept

    def finish(self) -> Batch | None:
        """Return all items in order."""
        found = self._sorted()
        if found is not None:
            return found
        self.leave(ODDLY)
        return self.plain.close()


def _numbers(columns: Columns, reverse: bool) -> Columns | None:
    values: Buffer = columns.buffers[0]
    if values.dtype == np.float64 and np.isnan(values).any():
        return None
    zeros = values[values == 0] if values.dtype == np.float64 else values[:0]
    values = np.sort(values)
    if reverse:
        values = values[::-1].copy()
    if len(zeros):  # they are equal, differ in their sign, and stay in order all the same
        start = int((values > 0).sum() if reverse else (values < 0).sum())
        values[start : start + len(zeros)] = zeros
    return Columns(columns.schema, (values,), len(values))


def merged(node: Node, inputs: Sequence[Sequence[Batch]], reverse: bool) -> Columns | None:
    """Return all items of inputs that are in order each, in order; None where only Python merges them."""
    whole = [as_one(batches) for batches in inputs if batches]
    parts = [part for part in whole if part is not None]
    everything = as_one(parts) if len(parts) == len(whole) else None
    jit = node.stage.jit
    if everything is None or jit is None:
        return None
    routines = routines_for(everything.schema)
    library = jit.routines(routines, 0.0)
    codes = None if library is None else codes_if_ordered(everything, dict(zip(routines, library, strict=True)))
    if codes is None:
        return None
    start = 0
    for part in parts:
        places = order_of([code[start : start + len(part)] for code in codes], reverse)
        if not np.array_equal(places, np.arange(len(part))):
            return None
        start += len(part)
    note(node, {"operator": node.operator, "runs": "numpy"})
    return everything.take(order_of(codes, reverse))
