"""What comes as NumPy, pandas, polars or Arrow: columns where the values are the same as its own `tolist()`.

An argument of those libraries means the list of Python objects that its `tolist()` (`to_pylist`, `to_list`)
gives; of a table, its rows. Where buffers can say exactly that they are used, without a copy when layout and
byte order allow; else the list itself is the batch. Libraries are recognised by name, never imported for the test.
"""

from __future__ import annotations

from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from flowcc.runtime.columns import Columns, columns_of
from flowcc.runtime.schema import BOOL, FLOAT64, INT64, Scalar, Schema, Struct


def batch_of(value: object, schema: Schema | None = None) -> Columns | list[Any] | None:
    """Return what an array, series or table holds, or None when ``value`` is none of these.

    ``schema`` says what is declared: a record's fields select the columns of a table by name; rows of a table
    without it are tuples. Values of another type than declared come as a list, as they are.
    """
    library = type(value).__module__.partition(".")[0]
    if isinstance(value, np.ndarray):
        return _of_numpy(value)
    if library == "pyarrow":
        return _of_arrow(value, schema)
    if library == "pandas":
        return _of_pandas(value, schema)
    if library == "polars":
        return _of_polars(value, schema)
    return None


def result_of(columns: Columns, like: object) -> Any:
    """Return columns to a caller who gave ``like``: numbers as NumPy where that came, else an Arrow array or table."""
    from flowcc.runtime.arrow import to_arrow  # pyarrow is heavy, and most calls never meet it

    schema = columns.schema
    if isinstance(like, np.ndarray) and isinstance(schema, Scalar) and schema.width == 1:
        return columns.buffers[0]
    return to_arrow(columns)


def _of_numpy(array: NDArray[Any]) -> Columns | list[Any] | None:
    if array.ndim != 1:
        return array.tolist() if array.ndim else None
    if isinstance(array, np.ma.MaskedArray):
        return _of_masked(array)
    columns = _numbers(array)
    return columns if columns is not None else _listed(array.tolist())


def _listed(items: list[Any]) -> Columns | list[Any]:
    columns = columns_of(items)
    return items if columns is None else columns


def _numbers(array: NDArray[Any]) -> Columns | None:
    kind = array.dtype.kind
    if kind == "b":
        return Columns(BOOL, (np.ascontiguousarray(array),), len(array))
    if kind == "u" and array.dtype.itemsize == 8 and len(array) and int(array.max()) >= 2**63:
        return None
    if kind in "iu":
        return Columns(INT64, (np.ascontiguousarray(array, np.int64),), len(array))
    if kind == "f" and array.dtype.itemsize <= 8:
        return Columns(FLOAT64, (np.ascontiguousarray(array, np.float64),), len(array))
    return None


def _of_masked(array: np.ma.MaskedArray[Any, Any]) -> Columns | list[Any]:
    columns = _numbers(np.asarray(array.data))
    mask = np.ma.getmaskarray(array)
    if columns is None:
        return cast("list[Any]", array.tolist())
    if not mask.any():
        return columns
    assert isinstance(columns.schema, Scalar)
    return Columns(Scalar(columns.schema.kind, True), (*columns.buffers, ~mask), len(array))


def _of_arrow(value: Any, schema: Schema | None) -> Columns | list[Any] | None:
    from flowcc.runtime.arrow import columns_of_arrow  # only for who has pyarrow loaded already

    if hasattr(value, "column_names"):
        return _of_table(value, schema)
    if not hasattr(value, "to_pylist"):
        return None
    columns = columns_of_arrow(value)
    return columns if columns is not None else cast("list[Any]", value.to_pylist())


def _of_table(table: Any, schema: Schema | None) -> Columns | list[Any]:
    from flowcc.runtime.arrow import columns_of_arrow

    names = schema.names if isinstance(schema, Struct) and schema.names else tuple(table.column_names)
    record = schema.record if isinstance(schema, Struct) else None
    parts = [columns_of_arrow(table.column(name)) for name in names]
    if any(part is None for part in parts) or not parts:
        rows = zip(*(table.column(name).to_pylist() for name in names), strict=True)
        return [record(*row) for row in rows] if record is not None else list(rows)
    columns = [part for part in parts if part is not None]
    buffers = tuple(buffer for part in columns for buffer in part.buffers)
    items = tuple(part.schema for part in columns)
    return Columns(Struct(items, names if record else (), record), buffers, table.num_rows)


def _of_pandas(value: Any, schema: Schema | None) -> Columns | list[Any] | None:
    if hasattr(value, "columns") and hasattr(value, "itertuples"):
        return _of_frame(value, schema)
    if not hasattr(value, "to_numpy") or not hasattr(value, "tolist"):
        return None
    if isinstance(value.dtype, np.dtype):
        return _of_numpy(value.to_numpy()) if value.dtype.kind in "biuf" else _listed(value.tolist())
    if bool(value.isna().any()) or not _has_arrow_values(value):
        return _listed(value.tolist())
    import pyarrow

    from flowcc.runtime.arrow import columns_of_arrow

    columns = columns_of_arrow(pyarrow.array(value))
    return columns if columns is not None else _listed(value.tolist())


def _has_arrow_values(series: Any) -> bool:
    return type(series.dtype).__name__ in {"ArrowDtype", "StringDtype"}


def _of_frame(frame: Any, schema: Schema | None) -> Columns | list[Any]:
    names = schema.names if isinstance(schema, Struct) and schema.names else tuple(frame.columns)
    record = schema.record if isinstance(schema, Struct) else None
    parts = [_of_pandas(frame[name], None) for name in names]
    return _rows_of(parts, names, record, len(frame))


def _rows_of(parts: list[Any], names: tuple[str, ...], record: type | None, length: int) -> Columns | list[Any]:
    if parts and all(isinstance(part, Columns) for part in parts):
        buffers = tuple(buffer for part in parts for buffer in part.buffers)
        schema = Struct(tuple(part.schema for part in parts), names if record else (), record)
        return Columns(schema, buffers, length)
    rows = zip(*(part.rows() if isinstance(part, Columns) else part for part in parts), strict=True)
    return [record(*row) for row in rows] if record is not None else list(rows)


def _of_polars(value: Any, schema: Schema | None) -> Columns | list[Any] | None:
    if hasattr(value, "iter_rows"):
        names = schema.names if isinstance(schema, Struct) and schema.names else tuple(value.columns)
        record = schema.record if isinstance(schema, Struct) else None
        parts = [_of_polars(value[name], None) for name in names]
        return _rows_of(parts, names, record, value.height)
    if not hasattr(value, "to_arrow") or not hasattr(value, "to_list"):
        return None
    from flowcc.runtime.arrow import columns_of_arrow

    columns = columns_of_arrow(value.to_arrow()) if not value.dtype.is_nested() else None
    return columns if columns is not None else _listed(value.to_list())
