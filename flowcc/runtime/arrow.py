"""Arrow arrays and tables as columns and back, sharing value and string buffers where layouts agree."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from flowcc.runtime.columns import DTYPES, Buffer, Columns, concat
from flowcc.runtime.nullable import alike
from flowcc.runtime.schema import BOOL, FLOAT64, INT64, UTF8, Scalar, Schema, field_names


def columns_of_arrow(array: Any) -> Columns | None:
    """Return an Arrow array or chunked array as columns, or None for a type whose items have none.

    The items are those of ``to_pylist()``; a null is None. Strings share their bytes with Arrow.
    """
    if isinstance(array, pa.ChunkedArray):
        array = array.chunk(0) if array.num_chunks == 1 else array.combine_chunks()  # which copies even one
    if isinstance(array, pa.ChunkedArray):
        parts = [columns_of_arrow(chunk) for chunk in array.chunks]
        kept = [part for part in parts if part is not None]
        shared = alike(kept) if kept and len(kept) == len(parts) else None
        return None if shared is None else concat(shared)
    if pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    columns = _present(array)
    if columns is None or not array.null_count:
        return columns
    assert isinstance(columns.schema, Scalar)
    bits = np.frombuffer(array.buffers()[0], np.uint8)
    mask = np.unpackbits(bits, count=array.offset + len(array), bitorder="little")[array.offset :].view(np.bool_)
    return Columns(Scalar(columns.schema.kind, True), (*columns.buffers, mask), len(array))


def _present(array: Any) -> Columns | None:
    """Return the values without regard to nulls; what stands under a null is anything."""
    kind = array.type
    if pa.types.is_boolean(kind):
        filled = array.fill_null(False) if array.null_count else array
        return Columns(BOOL, (filled.to_numpy(zero_copy_only=False),), len(array))
    if pa.types.is_integer(kind):
        values = _values(array)
        if kind == pa.uint64() and len(values) and int(values.max()) >= 2**63:
            return None
        return Columns(INT64, (np.ascontiguousarray(values, np.int64),), len(array))
    if pa.types.is_floating(kind):
        return Columns(FLOAT64, (np.ascontiguousarray(_values(array), np.float64),), len(array))
    if pa.types.is_string_view(kind):
        array = array.cast(pa.large_string())
    if pa.types.is_string(array.type) or pa.types.is_large_string(array.type):
        return _strings(array)
    return None


def _values(array: Any) -> Buffer:
    buffer = array.buffers()[1]
    if buffer is None:
        return np.zeros(len(array), array.type.to_pandas_dtype())
    values: Buffer = np.frombuffer(buffer, array.type.to_pandas_dtype(), array.offset + len(array))
    return values[array.offset :]


def _strings(array: Any) -> Columns:
    _, offsets, data = array.buffers()
    width = np.dtype(np.int64 if pa.types.is_large_string(array.type) else np.int32)
    if offsets is None or not len(array):
        bounds = np.zeros(len(array) + 1, np.int64)
    else:
        stored = np.frombuffer(offsets, width, array.offset + len(array) + 1)
        bounds = stored[array.offset :].astype(np.int64, copy=False)
    used = np.frombuffer(data, np.uint8) if data is not None and data.size else np.zeros(0, np.uint8)
    return Columns(UTF8, (bounds, used), len(array))


def to_arrow(columns: Columns) -> Any:
    """Return columns as an Arrow array, of a struct as a table (fields ``f0``, ``f1``, … of a tuple)."""
    schema = columns.schema
    if isinstance(schema, Scalar):
        return _array(columns, schema)
    names = field_names(schema)
    return pa.Table.from_arrays([_nested(columns.item(number)) for number in range(len(names))], names=list(names))


def _nested(columns: Columns) -> Any:
    schema: Schema = columns.schema
    if isinstance(schema, Scalar):
        return _array(columns, schema)
    names = field_names(schema)
    arrays = [_nested(columns.item(number)) for number in range(len(names))]
    return pa.StructArray.from_arrays(arrays, names=list(names))


ARROW = {"int64": pa.int64(), "float64": pa.float64(), "utf8": pa.large_string()}


def _array(columns: Columns, schema: Scalar) -> Any:
    mask = columns.buffers[-1] if schema.nullable else None
    valid = pa.array(mask).buffers()[1] if mask is not None else None
    nulls = int(len(columns) - np.count_nonzero(mask)) if mask is not None else 0
    if schema.kind == "bool":
        return pa.array(columns.buffers[0], mask=None if mask is None else ~mask)
    if schema.kind == "utf8":
        offsets, data = columns.buffers[:2]
        buffers = [valid, pa.py_buffer(np.ascontiguousarray(offsets)), pa.py_buffer(np.ascontiguousarray(data))]
    else:
        buffers = [valid, pa.py_buffer(np.ascontiguousarray(columns.buffers[0], DTYPES[schema.kind]))]
    return pa.Array.from_buffers(ARROW[schema.kind], len(columns), buffers, nulls)
