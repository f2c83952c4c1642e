"""Groups by keys of any kind that compare as codes do: tuples, floats, bools.

The keys of a batch are sorted, and one of each is looked up in a dict, which knows what is equal.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from flowcc.runtime.columnar.groups.keys import Library
from flowcc.runtime.columnar.order.ordering import codes_if_ordered
from flowcc.runtime.columnar.sequences.placing import Groups
from flowcc.runtime.columns import Buffer, Columns, columns_of
from flowcc.runtime.schema import Schema


class AnyKeys:
    """Numbers of groups by key, in order of first appearance."""

    def __init__(self, schema: Schema, library: Library) -> None:
        self._schema = schema
        self._library = library
        self._numbers: dict[Any, int] = {}

    @property
    def known(self) -> int:
        """How many groups there are."""
        return len(self._numbers)

    def number(self, keys: Columns) -> Buffer | None:
        """Return the group of each key; new ones are added. None for keys that only Python compares."""
        if not len(keys):
            return np.zeros(0, np.int64)
        codes = codes_if_ordered(keys, self._library)
        if codes is None:
            return None
        groups, numbers = Groups(codes), self._numbers
        names = groups.firsts(np.arange(len(keys)), keys)
        found = [numbers.setdefault(name, len(numbers)) for name in names]
        ids = np.empty(len(keys), np.int64)
        ids[groups.in_turn()] = np.repeat(np.array(found, np.int64), groups.sizes())
        return ids

    def columns(self) -> Columns:
        """Return the keys of all groups."""
        columns = columns_of(list(self._numbers), self._schema)
        assert columns is not None
        return columns
