"""What comes as NumPy, pandas, polars or Arrow: columns where the values are the same as its own `tolist()`.

An argument of those libraries means the list of Python objects that its `tolist()` (`to_pylist`, `to_list`)
gives; of a table, its rows. Where buffers can say exactly that they are used, without a copy when layout and
byte order allow; else the list itself is the batch. Libraries are recognised by name, never imported for the test.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from flowcc.runtime.columns import DTYPES, Columns
from flowcc.runtime.schema import Scalar, Schema, Struct
from flowcc.runtime.series import Items, items_of

if TYPE_CHECKING:
    from flowcc.runtime.sources.rows import RowType


def batch_of(value: object, declared: RowType | None = None, name: str = "") -> Items | None:
    """Return what an array, series or table holds, or None when ``value`` is none of these.

    A ``declared`` row's fields select the columns of a table by name, and ``name`` is the parameter's, for faults; rows
    of a table without it are tuples. Values of another type than declared come as they are.
    """
    items = items_of(value)
    if items is not None or not hasattr(value, "columns"):
        return items
    from flowcc.runtime.tables import rows_of  # which knows what rows can be declared as

    return rows_of(value, declared, name)


def result_of(columns: Columns, like: object) -> Any:
    """Return columns to a caller who gave ``like``: numbers as NumPy where that came, else an Arrow array or table.

    A None among numbers is masked. Tuples for records of NumPy are such records again. What neither can say is a
    list: tuples in tuples, for an Arrow struct would come back as a dict.
    """
    schema = columns.schema
    if isinstance(like, np.ndarray):
        if isinstance(schema, Scalar) and schema.kind != "utf8":
            return _numbers(columns, schema)
        if like.dtype.names is not None and isinstance(schema, Struct):
            return _records(columns, like.dtype.names)
    if isinstance(schema, Struct) and any(map(_is_tuple, schema.items)):
        return columns.rows()
    from flowcc.runtime.arrow import to_arrow  # pyarrow is heavy, and most calls never meet it

    return to_arrow(columns)


def apart_from(given: Iterable[object], columns: Columns) -> Columns:
    """Return columns that share no memory with arrays and series that were given: who holds them may change them."""
    changing = [array for value in given for array in _changing(value)]
    if not any(np.may_share_memory(buffer, array) for buffer in columns.buffers for array in changing):
        return columns
    return Columns(columns.schema, tuple(buffer.copy() for buffer in columns.buffers), columns.length)


def _changing(value: Any) -> list[np.ndarray[Any, Any]]:
    """Return the arrays that ``value`` keeps its items in, where these may change."""
    if isinstance(value, np.ndarray):
        return [value]
    if type(value).__module__.partition(".")[0] != "pandas":
        return []
    parts = [value.iloc[:, at] for at in range(value.shape[1])] if value.ndim == 2 else [value]
    return [part.to_numpy() for part in parts if isinstance(part.dtype, np.dtype)]


def _numbers(columns: Columns, schema: Scalar) -> Any:
    """Return numbers as an array, masked where some are None."""
    values, *masks = columns.buffers
    missing = [~mask for mask in masks if not mask.all()]
    return np.ma.MaskedArray(values, missing[0]) if missing else values


def _is_tuple(schema: Schema) -> bool:
    """Tell whether items are tuples without names, or have such within."""
    return isinstance(schema, Struct) and (schema.record is None or any(map(_is_tuple, schema.items)))


def _records(columns: Columns, names: tuple[str, ...]) -> Any:
    """Return tuples as a structured array, or as a list where NumPy has no type for them."""
    kind = _dtype(columns.schema, names)
    if kind is None:
        return columns.rows()
    array = np.empty(len(columns), kind)
    _fill(array, columns)
    return array


def _dtype(schema: Schema, names: tuple[str, ...] = ()) -> np.dtype[Any] | None:
    """Return the type whose ``tolist()`` gives the same items; ``names`` are its fields', if they are as many."""
    if isinstance(schema, Scalar):
        return DTYPES[schema.kind] if schema.width == 1 else None
    kinds = [_dtype(item) for item in schema.items]
    if schema.record is not None or any(kind is None for kind in kinds):  # float64 == None
        return None
    names = names if len(names) == len(kinds) else tuple(f"f{number}" for number in range(len(kinds)))
    return np.dtype(list(zip(names, kinds, strict=True)))


def _fill(array: Any, columns: Columns) -> None:
    for number, name in enumerate(array.dtype.names):
        part = columns.item(number)
        if isinstance(part.schema, Scalar):
            array[name] = part.buffers[0]
        else:
            _fill(array[name], part)
