"""The order of a column's items as Python compares them, stable: whole numbers that compare as the items do.

Each leaf of an item becomes one such number: floats by their bits, texts by their rank.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from flowcc.runtime.columnar.fields import field_of
from flowcc.runtime.columnar.order.ranking import NEEDED, ranks_of
from flowcc.runtime.columnar.order.words import WORD, Digit, order_by
from flowcc.runtime.columns import Columns
from flowcc.runtime.schema import Schema, Struct, leaves

Codes: TypeAlias = NDArray[np.int64]
Library: TypeAlias = Mapping[Callable[..., int], Callable[..., int]]


def is_ordered(schema: Schema) -> bool:
    """Whether items of a schema compare as their codes do, which those with an order of their own do not."""
    if not isinstance(schema, Struct):
        return True
    record: Any = schema.record or tuple
    compares = all(getattr(record, name) is getattr(tuple, name) for name in ("__lt__", "__gt__", "__eq__"))
    return compares and all(map(is_ordered, schema.items))


def codes_of(columns: Columns, library: Library) -> list[Codes] | None:
    """Return codes for the leaves of items, the first ones first; None for nan and None, which compare oddly."""
    schema = columns.schema
    if isinstance(schema, Struct):
        parts = [codes_of(columns.item(number), library) for number in range(len(schema.items))]
        return None if None in parts else [code for part in parts if part is not None for code in part]
    if schema.nullable and not columns.buffers[-1].all():
        return None
    if schema.kind == "utf8":
        return [ranks_of(columns, library)]
    values = columns.buffers[0]
    if schema.kind != "float64":
        return [values.astype(np.int64, copy=False)]
    if np.isnan(values).any():
        return None
    bits = (values + 0.0).view(np.int64)  # zeros of either sign are equal
    return [bits ^ ((bits >> WORD) & np.int64(2**63 - 1))]


def order_of(codes: Sequence[Codes], reverse: bool = False) -> NDArray[np.int64]:
    """Return the places of items in order, the earlier one first of those that are equal."""
    return order_by([_digit(~code if reverse else code) for code in codes])


def first_of(codes: Sequence[Codes], most: int, reverse: bool = False) -> NDArray[np.int64]:
    """Return the first ``most`` places of that order, sorting no more than it takes."""
    length = len(codes[0])
    if len(codes) > 1 or not 0 < 4 * most < length:
        return order_of(codes, reverse)[:most]
    (code,) = codes
    code = ~code if reverse else code
    among = np.flatnonzero(code <= np.partition(code, most - 1)[most - 1])
    return among[order_of([code[among]])[:most]]


def _digit(code: Codes) -> Digit:
    if not len(code):
        return Digit(code, 0)
    least = code.min()
    span = int(code.max()) - int(least)
    return Digit(code.view(np.uint64) - np.array(least).view(np.uint64), span.bit_length())


def routines_for(schema: Schema, key: Any = None) -> Sequence[Callable[..., int]]:
    """Return the routines that an order of items takes, or of their keys, where these may be texts."""
    field = None if key is None else field_of(key, schema)
    if field is not None and isinstance(schema, Struct):
        schema = schema.items[field]
    return NEEDED if any(leaf.kind == "utf8" for leaf in leaves(schema)) else ()


def codes_if_ordered(columns: Columns | None, library: Library) -> list[Codes] | None:
    """Return codes for items; None where they compare in another way, or as texts without the routines for these."""
    if columns is None or not is_ordered(columns.schema) or not set(routines_for(columns.schema)) <= set(library):
        return None
    return codes_of(columns, library)
