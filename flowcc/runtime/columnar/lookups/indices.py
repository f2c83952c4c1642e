"""Collections as kernels look into them: a table of keys, and beside it a column of values.

The buffers of whole numbers are a head (how many keys, whether the slots have a place for each number, from where on,
how many slots or bits of a hash), slots (see `numbering`) and keys; of texts a head (how many keys, bits of a hash),
slots, ends and bytes. Those of the values follow. Of keys with parts (see `numbers`) those of all parts come first.
`finding` reads them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np

from flowcc.runtime.columnar.groups.keys import NUMBERING, Keys
from flowcc.runtime.columnar.lookups.numbers import numbers_of
from flowcc.runtime.columns import Buffer, Columns, columns_of, empty
from flowcc.runtime.lookup import made_once, members
from flowcc.runtime.schema import INT64, UTF8, Scalar, Struct, Table
from flowcc.runtime.sides import Compiler

Kind: TypeAlias = Literal["dict", "Counter", "set"]
KINDS: Mapping[type, Kind] = {
    dict: "dict",
    Counter: "Counter",
    set: "set",
    frozenset: "set",
    members: "set",
    made_once: "set",
}


@dataclass(frozen=True, slots=True, eq=False)
class Index:
    """A table of keys and their values; ``buffers`` are as kernels take them."""

    table: Table
    buffers: tuple[Buffer, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Parts:
    table: Table
    keys: Columns
    values: Columns | None


def index_of_list(items: Columns | None) -> Index | str:
    """Return what items are found by their places in."""
    if items is None:
        return "the items of a side have no columns"
    return Index(Table("list", INT64, items.schema), (np.array([len(items)], np.int64), *items.buffers))


def index_of(collection: Any, jit: Compiler, seconds: float) -> Index | str | None:
    """Return an index of a collection; why there is none, or None while its routines are not compiled."""
    if type(collection) is list:
        return index_of_list(columns_of(collection))
    held = collection.items if isinstance(collection, members | made_once) else collection
    numbers = type(next(iter(held), 0)) in (int, bool, float)
    needed = NUMBERING[INT64] if numbers else (*NUMBERING[INT64], *NUMBERING[UTF8])
    found = jit.routines(needed, seconds)
    if found is None:
        return None
    parts = _parts_of(collection)
    if isinstance(parts, str):
        return parts
    numbered = numbers_of(parts.keys, dict(zip(needed, found, strict=True)))
    if numbered is None:
        return "the keys of a side are too many"
    return Index(parts.table, numbered.buffers if parts.values is None else (*numbered.buffers, *parts.values.buffers))


def table_of(collection: Any) -> Table | str:
    """Return what an index of a collection would be, or why there can be none."""
    parts = _parts_of(collection)
    return parts if isinstance(parts, str) else parts.table


def _parts_of(collection: Any) -> _Parts | str:
    held = collection.items if isinstance(collection, members | made_once) else collection
    kind, is_dict = KINDS[type(collection)], isinstance(collection, dict)
    if not held:
        return _Parts(Table(kind, INT64, INT64 if is_dict else None), empty(INT64), empty(INT64) if is_dict else None)
    keys = columns_of(list(held))
    if keys is None:
        return "the keys of a side have no columns"
    if not isinstance(keys.schema, Scalar) and (keys.schema.record or _is_nested(keys.schema)):
        return f"the keys of a side are {keys.schema}"
    values = columns_of(list(collection.values())) if is_dict else None
    if is_dict and values is None:
        return "the values of a side have no columns"
    return _Parts(Table(kind, keys.schema, None if values is None else values.schema), keys, values)


def _is_nested(key: Struct) -> bool:
    return not all(isinstance(part, Scalar) for part in key.items)


def index_from(kind: Kind, key: Scalar, numbered: Keys, values: Columns | None) -> Index:
    """Return the index of keys that have been numbered, each with the value of its number."""
    if values is None:
        return Index(Table(kind, key), numbered.buffers())
    return Index(Table(kind, key, values.schema), (*numbered.buffers(), *values.buffers))
