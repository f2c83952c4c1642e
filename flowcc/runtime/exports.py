"""What a sequence of columns hands out: Python values, Arrow, NumPy and pandas, each holding the very same values."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from flowcc.runtime.columns import DTYPES, Buffer, Columns, columns_of, fields_of, made_of
from flowcc.runtime.schema import Scalar, Schema, Struct, field_names

Held = Columns | list[Any]


def items_of_columns(columns: Columns, nans: dict[bytes, float]) -> list[Any]:
    """Return the items; equal bits of a nan are the same object in all that is read with the same ``nans``."""
    schema = columns.schema
    if isinstance(schema, Struct):
        return made_of(schema, [items_of_columns(columns.item(at), nans) for at in range(len(schema.items))])
    items = columns.rows()
    if schema.kind == "float64":
        values = columns.buffers[0]
        for at in np.flatnonzero(np.isnan(values)).tolist():
            if items[at] is not None:
                items[at] = nans.setdefault(values[at].tobytes(), items[at])
    return items


def in_columns(held: Held) -> Held:
    """Return items as columns where they have some, which nan is which or not."""
    columns = columns_of(held, any_nan=True) if isinstance(held, list) else held
    return held if columns is None else columns


def arrow_of(held: Held) -> Any:
    """Return an Arrow array, or a table of tuples and records."""
    import pyarrow as pa

    from flowcc.runtime.arrow import to_arrow

    held = in_columns(held)
    if isinstance(held, Columns):
        return to_arrow(held)
    fields = _fields(held)
    if fields is None:
        return pa.array(held)
    arrays = [arrow_of(list(values)) for _, values in fields]
    arrays = [array.to_struct_array().combine_chunks() if isinstance(array, pa.Table) else array for array in arrays]
    return pa.Table.from_arrays(arrays, names=[name for name, _ in fields])


def in_one_piece(arrow: Any) -> Any:
    """Return an array as it is, and a table as one record batch."""
    import pyarrow as pa

    if not isinstance(arrow, pa.Table):
        return arrow
    columns = [column.combine_chunks() for column in arrow.columns]
    return pa.RecordBatch.from_arrays(columns, schema=arrow.schema)


def as_stream(arrow: Any) -> Any:
    """Return a table as it is, and an array as one of chunks."""
    import pyarrow as pa

    return arrow if isinstance(arrow, pa.Table) else pa.chunked_array([arrow])


def numpy_of(held: Held) -> Any:
    """Return numbers as an array of them, tuples and records as a structured array, and anything else as objects."""
    held = in_columns(held)
    if not isinstance(held, Columns):
        return _objects(held)
    if isinstance(held.schema, Struct):
        array = np.empty(len(held), _dtype(held.schema))
        _fill(array, held)
        return array
    return _objects(held.rows()) if held.schema.kind == "utf8" else numbers_of(read_only(held))


def numbers_of(columns: Columns) -> Any:
    """Return numbers as an array, masked where some are None."""
    values, *masks = columns.buffers
    missing = [~mask for mask in masks if not mask.all()]
    return np.ma.MaskedArray(values, missing[0]) if missing else values


def read_only(columns: Columns) -> Columns:
    """Return the same columns through buffers that nobody may write to."""
    buffers = tuple(buffer.view() for buffer in columns.buffers)
    for buffer in buffers:
        buffer.flags.writeable = False
    return Columns(columns.schema, buffers, columns.length)


def pandas_of(held: Held) -> Any:
    """Return a series, or a frame of tuples and records."""
    import pandas as pd

    held = in_columns(held)
    if isinstance(held, Columns) and isinstance(held.schema, Struct):
        parts = [held.item(at) for at in range(len(held.schema.items))]
        names: Iterable[str] = field_names(held.schema)
        return pd.DataFrame({name: _series(part, pd) for name, part in zip(names, parts, strict=True)})
    fields = _fields(held) if isinstance(held, list) else None
    if fields is None:
        return _series(held, pd)
    return pd.DataFrame({name: _series(in_columns(list(values)), pd) for name, values in fields})


def _series(held: Held, pd: Any) -> Any:
    if isinstance(held, Columns) and isinstance(held.schema, Scalar) and held.schema.kind != "utf8":
        values, *masks = held.buffers
        if not any(not mask.all() for mask in masks):
            return pd.Series(values.copy())
        arrays = {"int64": pd.arrays.IntegerArray, "float64": pd.arrays.FloatingArray, "bool": pd.arrays.BooleanArray}
        return pd.Series(arrays[held.schema.kind](values.copy(), ~masks[0]))
    items = held if isinstance(held, list) else held.rows()
    return pd.Series(items) if is_text(held) else pd.Series(_objects(items), dtype=object)


def is_text(held: Held) -> bool:
    """Tell whether columns are of text."""
    return isinstance(held, Columns) and isinstance(held.schema, Scalar) and held.schema.kind == "utf8"


def array_of(held: Held, dtype: Any, copy: bool | None) -> Any:
    """Return an array that changes none of the items; with a ``dtype``, what ``numpy.array`` makes of the list."""
    held = in_columns(held)
    values = _plain_numbers(held)
    if values is not None:
        return np.array(values, dtype, copy=copy is not False)  # whoever asks may change what it gets
    if copy is False:
        raise ValueError("an array of these items is a copy of them")
    items = held if isinstance(held, list) else held.rows()
    return _objects(items) if dtype is None else np.array(items, dtype)


def _plain_numbers(held: Held) -> Any:
    """Return numbers without None as an array, of tuples of one type of numbers one of two dimensions; else None."""
    if not isinstance(held, Columns):
        return None
    leaves = held.schema.items if isinstance(held.schema, Struct) else (held.schema,)
    kinds = {leaf.kind for leaf in leaves if isinstance(leaf, Scalar) and leaf.width == 1}
    if len(kinds) != 1 or not all(isinstance(leaf, Scalar) and leaf.width == 1 for leaf in leaves):
        return None
    return read_only(held).buffers[0] if isinstance(held.schema, Scalar) else np.column_stack(held.buffers)


def _fields(items: list[Any]) -> list[tuple[str, Sequence[Any]]] | None:
    """Return the names and values of the fields of tuples of one length, or of records of one class."""
    kinds = set(map(type, items))
    found = fields_of(items, kinds.pop()) if len(kinds) == 1 else None
    if found is None:
        return None
    names, values = found
    return list(zip(names or (f"f{number}" for number in range(len(values))), values, strict=True))


def _objects(items: Sequence[Any]) -> Any:
    array = np.empty(len(items), object)
    for at, item in enumerate(items):  # one by one: an item that is a list must not become an axis
        array[at] = item
    return array


def _dtype(schema: Schema) -> np.dtype[Any]:
    if isinstance(schema, Scalar):
        return DTYPES[schema.kind] if schema.width == 1 else np.dtype(object)
    return np.dtype([(name, _dtype(item)) for name, item in zip(field_names(schema), schema.items, strict=True)])


def _fill(array: Any, columns: Columns) -> None:
    assert isinstance(columns.schema, Struct)
    for number, name in enumerate(array.dtype.names):
        part = columns.item(number)
        if isinstance(part.schema, Struct):
            _fill(array[name], part)
        else:
            leaf: Buffer = part.buffers[0] if part.schema.width == 1 else _objects(part.rows())
            array[name] = leaf
