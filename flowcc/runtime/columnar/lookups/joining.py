"""Items that are found by a key of theirs, as columns that kernels look into: the right side of a join.

Where no two items have the same key, the number of a key is that of its item. Else the items of each key stand side by
side in an order beside them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from flowcc.runtime.batches import Batch, rows
from flowcc.runtime.columnar.fields import field_of
from flowcc.runtime.columnar.groups.keys import NEAR_AT_LEAST, NEAR_AT_MOST, NEAR_PER_ITEM, NUMBERING, Library, address
from flowcc.runtime.columnar.lookups.indices import Index
from flowcc.runtime.columnar.lookups.numbers import Numbered, as_numbers, numbers_of
from flowcc.runtime.columnar.routines.joins import order_groups, place_rows
from flowcc.runtime.columns import Buffer, Columns, columns_of, concat, roles
from flowcc.runtime.jit import Jit
from flowcc.runtime.schema import BOOL, INT64, UTF8, Scalar, Struct, Table

ROUTINES: Sequence[Callable[..., int]] = (*NUMBERING[INT64], *NUMBERING[UTF8], place_rows, order_groups)


def as_one(batches: Sequence[Batch]) -> Columns | None:
    """Return all batches as columns of one schema."""
    parts = [batch for batch in batches if isinstance(batch, Columns)]
    if parts and len(parts) == len(batches):
        return concat(parts) if all(part.schema == parts[0].schema for part in parts) else None
    return columns_of([item for batch in batches for item in rows(batch)])


def index_of_rows(items: Columns, key: Callable[[Any], Any], jit: Jit, seconds: float) -> Index | str | None:
    """Return an index of items by key; why there is none, or None while something for it is not compiled."""
    keys = _mapped(key, items, jit, seconds) if len(items) else "a side is empty"
    if keys is None or isinstance(keys, str):
        return keys
    if isinstance(keys.schema, Struct) and not all(isinstance(part, Scalar) for part in keys.schema.items):
        return f"the keys of a side are {keys.schema}"
    found = jit.routines(ROUTINES, seconds)
    if found is None:
        return None
    library = dict(zip(ROUTINES, found, strict=True))
    one_each, buffers = True, _placed(keys, library)
    if buffers is None:
        numbered = numbers_of(keys, library)
        if numbered is None:
            return "the keys of a side are too many"
        one_each, buffers = numbered.known == len(items), numbered.buffers
        buffers += () if one_each else _ordered(numbered, library)
    table = Table("row" if one_each else "rows", keys.schema, items.schema, _is_narrow(items))
    return Index(table, (*buffers, *items.buffers))


def are_near(items: Columns, key: Callable[[Any], Any]) -> bool:
    """Whether keys are whole numbers so near each other that a table has a place for each."""
    field = field_of(key, items.schema)
    if field is None or not len(items):
        return False
    keys = items if field < 0 else items.item(field)
    return keys.schema in (INT64, BOOL) and _span(keys.buffers[0]) <= _most(len(keys))


def _span(values: Buffer) -> int:
    return int(values.max()) - int(values.min()) + 1


def _most(keys: int) -> int:
    return min(max(NEAR_AT_LEAST, NEAR_PER_ITEM * keys), NEAR_AT_MOST)


def _is_narrow(items: Columns) -> bool:
    """Whether all whole numbers fit 32 bits."""
    numbers = [buffer for role, buffer in zip(roles(items.schema), items.buffers, strict=True)
               if role == "values" and buffer.dtype == np.int64]  # fmt: skip
    return all(int(each.min()) >= -(2**31) and int(each.max()) < 2**31 for each in numbers)


def _placed(keys: Columns, library: Library) -> tuple[Buffer, ...] | None:
    """Return buffers as `IntKeys` has them, where keys are near each other and no two the same; else None."""
    if keys.schema not in (INT64, BOOL):
        return None
    values = np.ascontiguousarray(as_numbers(keys).buffers[0])
    low, span = int(values.min()), _span(values)
    if span > _most(len(keys)):
        return None
    slots = np.full(span, -1, np.int32)
    if library[place_rows](len(values), low, address(values), address(slots)) < len(values):
        return None
    return np.array([len(values), True, low, len(slots)], np.int64), slots, values


def _ordered(numbered: Numbered, library: Library) -> tuple[Buffer, Buffer]:
    """Return where the items of each key begin, and the items in that order."""
    ids, known = numbered.ids, numbered.known
    starts, order = np.zeros(known + 2, np.int64), np.empty(len(ids), np.int64)
    library[order_groups](len(ids), known, *map(address, (ids, starts, order)))
    return starts[: known + 1], order


def _mapped(key: Callable[[Any], Any], items: Columns, jit: Jit, seconds: float) -> Columns | str | None:
    """Return the key of each item; why there is none, or None while it is not compiled."""
    field = field_of(key, items.schema)
    if field is not None:
        return items if field < 0 else items.item(field)
    native: Any = jit.offer(key, "item", items)
    ready = native.ready(items, (), seconds)
    if not ready:
        return "the key has no kernel" if ready is None else None
    given = native(items)
    return given if isinstance(given, Columns) else "the key has no kernel"
