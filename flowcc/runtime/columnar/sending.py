"""Columns on their way to the members that own their keys: shared out as columns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from zlib import crc32

import numpy as np

from flowcc.runtime.batches import Batch
from flowcc.runtime.columnar.fields import field_of
from flowcc.runtime.columnar.groups.keys import Library, address
from flowcc.runtime.columnar.routines.owning import own_ints, own_texts
from flowcc.runtime.columnar.step import OverColumns
from flowcc.runtime.columns import Buffer, Columns
from flowcc.runtime.ends import Send
from flowcc.runtime.schema import INT64, UTF8, Schema, Struct

OWNING: dict[Schema, Callable[..., int]] = {UTF8: own_texts, INT64: own_ints}


@dataclass(frozen=True, slots=True)
class KeyColumn:
    """The keys of a batch, and the compiled routine that finds their owners."""

    keys: Columns
    own: Callable[..., int]

    def share(self, batch: Batch, members: int) -> list[tuple[int, Batch]]:
        """Return (member, items) for the members that own items of the batch, each in the batch's order."""
        assert isinstance(batch, Columns)
        owners = np.empty(len(self.keys), np.int64)
        buffers = [np.ascontiguousarray(buffer) for buffer in self.keys.buffers]
        tables = [_crcs()] if self.keys.schema == UTF8 else []
        self.own(len(owners), members, *map(address, (*buffers, *tables, owners)))
        found = ((member, np.flatnonzero(owners == member)) for member in range(members))
        return [(member, batch.take(indices)) for member, indices in found if len(indices)]


@cache
def _crcs() -> Buffer:
    """Return the table of CRC-32, which `zlib` has behind its own."""
    return np.array([crc32(bytes([byte ^ 0xFF])) ^ 0xFF000000 for byte in range(256)], np.int64)


class SendOverColumns(OverColumns[Send]):
    """A move by a key that is the item, or a field of it: a whole number or a text."""

    def needed(self, schema: Schema) -> Sequence[Callable[..., int]] | None:
        """Return the routine that finds owners."""
        field = field_of(self.plain.by, schema)
        self._field = field
        key = schema.items[field] if field is not None and isinstance(schema, Struct) else schema
        if (field is None and not _gives_item(self.plain.by)) or key not in OWNING:
            return None
        self._own = OWNING[key]
        return [self._own]

    def begin(self, columns: Columns, library: Library) -> bool:
        """Go on from here: nothing is held back."""
        self._routine = library[self._own]
        return True

    def add(self, columns: Columns) -> None:
        """Send a batch."""
        keys = columns if self._field is None else columns.item(self._field)
        self.plain.give(columns, KeyColumn(keys, self._routine))

    def hand_over(self) -> None:
        """Do nothing: nothing is held back."""


def _gives_item(function: Any) -> bool:
    """Whether a function returns its argument and does nothing else."""
    code = getattr(function, "__code__", None)
    return code is not None and code.co_argcount == 1 and code.co_code == _ITSELF


_ITSELF = (lambda item: item).__code__.co_code
