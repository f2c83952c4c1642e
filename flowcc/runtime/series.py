"""One column of NumPy, Arrow, pandas or polars: buffers where they say exactly what its own ``tolist()`` says."""

from __future__ import annotations

from typing import Any, TypeAlias, cast

import numpy as np
from numpy.typing import NDArray

from flowcc.runtime.columns import Columns, columns_of
from flowcc.runtime.schema import BOOL, FLOAT64, INT64, Scalar

Items: TypeAlias = Columns | list[Any]

POLARS_IN_ARROW = frozenset(
    "Int8 Int16 Int32 Int64 UInt8 UInt16 UInt32 UInt64 Float32 Float64 Boolean String Categorical Enum".split()
)


def items_of(value: Any) -> Items | None:
    """Return the items of an array or series, or None when ``value`` is neither, or has no items but is one."""
    library = type(value).__module__.partition(".")[0]
    if isinstance(value, np.ndarray):
        return _of_numpy(value)
    if library == "pyarrow":
        return _of_arrow(value) if hasattr(value, "to_pylist") and not hasattr(value, "column_names") else None
    if library == "pandas":
        return _of_pandas(value) if hasattr(value, "to_numpy") and hasattr(value, "tolist") else None
    if library == "polars":
        return _of_polars(value) if hasattr(value, "to_arrow") and hasattr(value, "to_list") else None
    return None


def _of_numpy(array: NDArray[Any]) -> Items | None:
    if array.ndim != 1:
        return array.tolist() if array.ndim else None
    if isinstance(array, np.ma.MaskedArray):
        return _of_masked(array)
    columns = numbers(array)
    return columns if columns is not None else _listed(array.tolist())


def _listed(items: list[Any]) -> Items:
    columns = columns_of(items)
    return items if columns is None else columns


def numbers(array: NDArray[Any]) -> Columns | None:
    """Return an array of numbers as columns, or None where its items are none, or past 64 bits."""
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


def _of_masked(array: np.ma.MaskedArray[Any, Any]) -> Items:
    columns = numbers(np.asarray(array.data))
    mask = np.ma.getmaskarray(array)
    if columns is None:
        return cast("list[Any]", array.tolist())
    if not mask.any():
        return columns
    assert isinstance(columns.schema, Scalar)
    return Columns(Scalar(columns.schema.kind, True), (*columns.buffers, ~mask), len(array))


def _of_arrow(value: Any) -> Items:
    from flowcc.runtime.arrow import columns_of_arrow  # only for who has pyarrow loaded already

    columns = columns_of_arrow(value) if _is_sound(value) else None
    return columns if columns is not None else cast("list[Any]", value.to_pylist())


def _is_sound(value: Any) -> bool:
    """Tell whether strings are UTF-8, which Arrow does not ask of who makes an array of buffers."""
    if "string" not in str(value.type):
        return True
    try:
        value.validate(full=True)
    except ValueError:
        return False
    return True


def _of_pandas(value: Any) -> Items | None:
    if isinstance(value.dtype, np.dtype):
        return _of_numpy(value.to_numpy()) if value.dtype.kind in "biuf" else _listed(value.tolist())
    if bool(value.isna().any()) or type(value.dtype).__name__ not in {"ArrowDtype", "StringDtype"}:
        return _listed(value.tolist())
    import pyarrow

    from flowcc.runtime.arrow import columns_of_arrow

    columns = columns_of_arrow(pyarrow.array(value))
    return columns if columns is not None else _listed(value.tolist())


def _of_polars(value: Any) -> Items:
    if str(value.dtype).partition("(")[0] not in POLARS_IN_ARROW:
        return _listed(value.to_list())
    from flowcc.runtime.arrow import columns_of_arrow

    columns = columns_of_arrow(value.to_arrow())
    return columns if columns is not None else _listed(value.to_list())
