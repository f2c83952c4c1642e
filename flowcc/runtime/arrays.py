"""What comes as NumPy, pandas, polars or Arrow: columns where the values are the same as its own `tolist()`.

An argument of those libraries means the list of Python objects that its `tolist()` (`to_pylist`, `to_list`)
gives; of a table, its rows. Where buffers can say exactly that they are used, without a copy when layout and
byte order allow; else the list itself is the batch. Libraries are recognised by name, never imported for the test.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from flowcc.runtime.columns import DTYPES, Columns, columns_of, empty, schema_of
from flowcc.runtime.exports import numbers_of
from flowcc.runtime.schema import Scalar, Schema, Struct
from flowcc.runtime.sequence import ColumnSequence
from flowcc.runtime.series import Items, items_of, numbers

if TYPE_CHECKING:
    from flowcc.runtime.results import ResultSpec
    from flowcc.runtime.sources.rows import RowType

MAY_BE_NUMBERS = (int, float, bool, type(None))


def batch_of(value: object, declared: RowType | None = None, name: str = "") -> Items | None:
    """Return what an array, series or table holds, or None when ``value`` is none of these.

    A ``declared`` row's fields select the columns of a table by name, and ``name`` is the parameter's, for faults; rows
    of a table without it are tuples. Values of another type than declared come as they are.
    """
    if isinstance(value, ColumnSequence):
        return value.batch()
    items = items_of(value)
    if items is not None or not hasattr(value, "columns"):
        return items
    from flowcc.runtime.tables import rows_of  # which knows what rows can be declared as

    return rows_of(value, declared, name)


def result_of(held: Columns | list[Any], like: object, spec: ResultSpec, owners: Sequence[object]) -> Any:
    """Return items to a caller who gave ``like``: an array where that is NumPy's and can say them, else a sequence.

    An array says numbers, masked where they are None, and tuples of numbers where NumPy's records were given.
    ``owners`` hold memory that is not to be shared: what was given, and the results before this one.
    """
    if not len(held) or _are_none(held):
        held = _without_values(held, like, spec)
        as_array = isinstance(held, Columns) and (spec.schema is not None or not spec.is_known)
    else:
        as_array = True
    array = _array(held, like) if as_array and isinstance(like, np.ndarray) else None
    if array is not None:
        return array if _is_own(array, owners) else array.copy()
    if isinstance(held, Columns):
        return ColumnSequence(_apart_from(owners, held))
    return ColumnSequence(list(held) if any(held is owner for owner in owners) else held)


def _are_none(held: Columns | list[Any]) -> bool:
    if isinstance(held, list):
        return held[0] is None and held.count(None) == len(held)
    return isinstance(held.schema, Scalar) and held.schema.nullable and not held.buffers[-1].any()


def _without_values(held: Columns | list[Any], like: object, spec: ResultSpec) -> Columns | list[Any]:
    """Return no items, or None each, as the columns that are known of; else as numbers like those that were given.

    What they are must not depend on who made them, compiled code or the plain function.
    """
    schema = spec.schema
    if schema is None and not spec.is_known and isinstance(like, np.ndarray) and like.dtype.names is None:
        given = numbers(like.reshape(-1)[:0])
        schema = None if given is None else given.schema
    if not len(held):
        return empty(schema) if schema is not None else []
    if not isinstance(schema, Scalar):
        return [None] * len(held)
    columns = columns_of([None] * len(held), Scalar(schema.kind, True))
    assert columns is not None
    return columns


def _array(held: Columns | list[Any], like: np.ndarray[Any, Any]) -> Any:
    """Return items as an array, or None where only a sequence says what they are."""
    if isinstance(held, list) and like.dtype.names is None and type(held[0]) not in MAY_BE_NUMBERS:
        return None  # which is seen sooner than what they are
    schema = held.schema if isinstance(held, Columns) else schema_of(held)
    is_number = isinstance(schema, Scalar) and schema.kind != "utf8"
    if not is_number and (like.dtype.names is None or not isinstance(schema, Struct)):
        return None
    columns = held if isinstance(held, Columns) else columns_of(held, schema, any_nan=True)
    if columns is None:
        return None
    return numbers_of(columns) if is_number else _records(columns, like.dtype.names or ())


def _is_own(array: np.ndarray[Any, Any], owners: Iterable[object]) -> bool:
    """Tell whether an array can be changed without changing anything else."""
    return array.flags.writeable and not any(np.may_share_memory(array, part) for part in _memory(owners, all_of=True))


def _apart_from(owners: Iterable[object], columns: Columns) -> Columns:
    """Return columns that share no memory with arrays and series: who holds them may change them."""
    changing = _memory(owners, all_of=False)
    if not any(np.may_share_memory(buffer, array) for buffer in columns.buffers for array in changing):
        return columns
    return Columns(columns.schema, tuple(buffer.copy() for buffer in columns.buffers), columns.length)


def _memory(owners: Iterable[object], *, all_of: bool) -> list[np.ndarray[Any, Any]]:
    """Return the arrays that ``owners`` keep items in; ``all_of`` them, or those that may be changed."""
    found: list[np.ndarray[Any, Any]] = []
    for value in owners:
        found += _changing(value)
        if all_of and isinstance(value, ColumnSequence) and isinstance(held := value.batch(), Columns):
            found += held.buffers
    return found


def _changing(value: Any) -> list[np.ndarray[Any, Any]]:
    """Return the arrays that ``value`` keeps its items in, where these may change."""
    if isinstance(value, np.ndarray):
        return [value]
    if type(value).__module__.partition(".")[0] != "pandas":
        return []
    parts = [value.iloc[:, at] for at in range(value.shape[1])] if value.ndim == 2 else [value]
    return [part.to_numpy() for part in parts if isinstance(part.dtype, np.dtype)]


def _records(columns: Columns, names: tuple[str, ...]) -> Any:
    """Return tuples as a structured array, or None where NumPy has no type for them."""
    kind = _dtype(columns.schema, names)
    if kind is None:
        return None
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
