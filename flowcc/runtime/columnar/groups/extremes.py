"""``min`` and ``max`` by a key over columns: of each batch only the first best item is made, and Python compares it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from flowcc.runtime.columnar.fields import column_of
from flowcc.runtime.columnar.groups.keys import Library
from flowcc.runtime.columnar.order.ordering import codes_if_ordered, first_of, routines_for
from flowcc.runtime.columnar.step import OverColumns
from flowcc.runtime.columns import Columns
from flowcc.runtime.operators.fold import Extreme
from flowcc.runtime.schema import Schema


class ExtremeByKey(OverColumns[Extreme]):
    """The first item whose key no other's is less, or greater, than."""

    library: Library

    def needed(self, schema: Schema) -> Sequence[Callable[..., int]] | None:
        """Return the routines for keys that are texts."""
        return routines_for(schema, self.plain.key)

    def begin(self, columns: Columns, library: Library) -> bool:
        """The best so far stays with Python."""
        self.library = library
        return True

    def add(self, columns: Columns) -> None:
        """Compare the first best of a batch; all of it where only Python compares keys."""
        if not len(columns):
            return
        codes = codes_if_ordered(column_of(self.node, self.plain.key, columns), self.library)
        if codes is None:
            self.leave("keys that only Python compares")
            self.plain.take(columns)
            return
        first = first_of(codes, 1, reverse=self.plain.function is max)
        self.plain.take(columns.take(first).rows())

    def hand_over(self) -> None:
        """Python's own best is what is compared with."""
