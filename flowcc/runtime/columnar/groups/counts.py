"""A table of how often each key of a column came."""

from __future__ import annotations

import numpy as np

from flowcc.runtime.columnar.groups.composite import Numbering, numbering_of
from flowcc.runtime.columnar.groups.keys import Library, address, chunks, with_room
from flowcc.runtime.columnar.routines import numbering
from flowcc.runtime.columns import Buffer, Columns
from flowcc.runtime.schema import INT64, Schema, Struct


class Counts:
    """How often each key came, in order of first appearance."""

    def __init__(self, schema: Schema, library: Library) -> None:
        self._schema, self._library = schema, library
        self._count = library[numbering.count_items]
        self.clear()

    def clear(self) -> None:
        """Begin anew."""
        self.keys: Numbering = numbering_of(self._schema, self._library)
        self._counts: Buffer = np.zeros(0, np.int64)

    def add(self, columns: Columns) -> None:
        """Count items."""
        for (part,) in chunks(columns):
            ids = self.keys.number(part)
            self._counts = with_room(self._counts, self.keys.known)
            self._count(len(part), address(ids), address(self._counts))

    def add_counted(self, counted: Columns) -> None:
        """Add pairs (key, count)."""
        for keys, counts in chunks(counted.item(0), counted.item(1)):
            ids = self.keys.number(keys)
            self._counts = with_room(self._counts, self.keys.known)
            np.add.at(self._counts, ids, counts.buffers[0])

    def columns(self) -> Columns:
        """Return pairs (key, count)."""
        keys, counts = self.keys.columns(), self._counts[: self.keys.known]
        return Columns(Struct((keys.schema, INT64)), (*keys.buffers, counts), len(keys))
