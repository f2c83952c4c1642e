"""Dicts, Counters and sets as the columns that operators made them from: Python's own is made when it is read.

A table of keys in order of first appearance has beside it the value that came last for each key, as a dict has.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from flowcc.runtime.batches import Batch
from flowcc.runtime.columnar.groups.keys import NUMBERING, Keys, Library, chunks, keys_of
from flowcc.runtime.columnar.lookups.indices import KINDS, index_from
from flowcc.runtime.columnar.step import OverColumns
from flowcc.runtime.columns import Buffer, Columns, columns_of, concat
from flowcc.runtime.operators.fold import Collected
from flowcc.runtime.schema import INT64, Scalar, Schema, Struct
from flowcc.runtime.sides import Side


class Held(Side):
    """A dict, Counter or set that is columns of keys and values."""

    __slots__ = ("_columns", "_keys", "_made", "kind")

    def __init__(self, kind: type, keys: Keys, values: Columns | None) -> None:
        self.kind, self._keys, self._columns = kind, keys.columns(), values
        key = self._keys.schema
        assert isinstance(key, Scalar)
        super().__init__(None, None)
        self._index = index_from(KINDS[kind], key, keys, values)
        self._made = False

    @property
    def value(self) -> Any:
        """The collection, as the plain function has it; made once."""
        with self._lock:
            if not self._made:
                self._value = self._collection()
                self._made = True
        return self._value

    def _collection(self) -> Any:
        keys = self._keys.rows()
        if self._columns is None:
            return self.kind(keys)
        made = dict(zip(keys, self._columns.rows(), strict=True))
        if self.kind is dict:
            return made
        counter: Counter[Any] = Counter()
        dict.update(counter, made)
        return counter

    def entries(self, part: str) -> Columns | None:
        """Return what iterating over it, or over its items, keys or values, gives; None where that is no column."""
        if self._columns is None:  # in the order that a set has
            schema = self._keys.schema
            if schema == INT64:
                return Columns(INT64, (np.fromiter(self.value, np.int64, len(self._keys)),), len(self._keys))
            return columns_of(list(self.value), schema)
        if part == "values":
            return self._columns
        if part == "items":
            pair = Struct((self._keys.schema, self._columns.schema))
            return Columns(pair, (*self._keys.buffers, *self._columns.buffers), len(self._keys))
        return self._keys


class DictOverColumns(OverColumns[Collected]):
    """`dict` of a column of pairs (key, value)."""

    keys: Keys

    def needed(self, schema: Schema) -> Sequence[Callable[..., int]] | None:
        """Return the routines for pairs whose first part is a key."""
        match schema:
            case Struct(items=(key, _), record=record) if record is None or issubclass(record, tuple):
                return NUMBERING.get(key)
        return None

    def begin(self, columns: Columns, library: Library) -> bool:
        """Go on from the entries that Python holds."""
        assert isinstance(columns.schema, Struct)
        self.keys = keys_of(columns.schema.items[0], library)
        self._ids: list[Buffer] = []
        self._values: list[Columns] = []
        if self.plain.held:
            before = columns_of(list(self.plain.held.items()), Struct(columns.schema.items))
            if before is None:
                self.leave("Python holds other items")
                return False
            self.add(before)
            self.plain.held.clear()
            self.plain.seen -= len(before)
        return True

    def add(self, columns: Columns) -> None:
        """Number the keys of a batch."""
        keys, values = columns.item(0), columns.item(1)
        self._ids += [self.keys.number(part) for (part,) in chunks(keys)]
        self._values.append(values)
        self.plain.seen += len(columns)

    def _last(self) -> Columns:
        """Return the value that came last for each key, in order of the keys."""
        values, known = concat(self._values), self.keys.known
        if known == len(values):
            return values
        last = np.zeros(known, np.int64)
        np.maximum.at(last, np.concatenate(self._ids), np.arange(len(values)))
        return values.take(last)

    def hand_over(self) -> None:
        """Put all entries into the dict."""
        if self._values:
            self.plain.held.update(zip(self.keys.columns().rows(), self._last().rows(), strict=True))

    def finish(self) -> Batch | None:
        """Return the dict, still to be made."""
        return Held(dict, self.keys, self._last()) if self._values else super().finish()
