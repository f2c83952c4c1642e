"""Tables of Arrow, pandas and polars: rows as tuples, or as the record that is declared, its fields found by name."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

from flowcc.runtime.columns import Columns
from flowcc.runtime.faults import column_not_given
from flowcc.runtime.schema import Struct
from flowcc.runtime.series import Items, items_of
from flowcc.runtime.sources.rows import RowType, row_type

FEW = 64  # rows


def declared_row(item: object, name: str) -> RowType | None:
    """Return what the items of the parameter ``name`` are declared to be, where that is a record."""
    is_record = isinstance(item, type) and (dataclasses.is_dataclass(item) or hasattr(item, "_fields"))
    return row_type(item, f"argument `{name}`") if is_record else None


def rows_of(value: Any, declared: RowType | None, name: str) -> Items | None:
    """Return the rows of a table, or None when ``value`` is none; raises `FlowError` (F522) for columns amiss."""
    library = type(value).__module__.partition(".")[0]
    if library == "pyarrow" and hasattr(value, "column_names"):
        if value.num_rows <= FEW:  # such a table is a list sooner
            return _rows(list(value.column_names), value.column, value.num_rows, declared, name, _to_pylist)
        return _rows(list(value.column_names), value.column, value.num_rows, declared, name)
    if library == "pandas" and hasattr(value, "columns") and hasattr(value, "itertuples"):
        return _rows(list(value.columns), lambda at: value.iloc[:, at], len(value), declared, name)
    if library == "polars" and hasattr(value, "iter_rows"):
        return _rows(list(value.columns), value.to_series, value.height, declared, name)
    return None


def _rows(
    names: Sequence[object], column: Callable[[int], Any], length: int, declared: RowType | None, name: str,
    read: Callable[[Any], Items | None] = items_of,
) -> Items:  # fmt: skip
    if declared is None:
        return _joined([read(column(at)) for at in range(len(names))], length)
    parts: list[Any] = []
    for field in declared.fields:
        if (found := names.count(field.name)) == 1:
            parts.append(read(column(names.index(field.name))))
        elif found or field.default is None:
            raise column_not_given(name, field.name, declared.name, found)
        else:
            parts.append([field.default() for _ in range(length)])
    schema = declared.schema
    if schema is not None and (rows := _columns(parts, length, schema.names, schema.record)) is not None:
        return rows
    return declared.make([_listed(part) for part in parts])


def _to_pylist(array: Any) -> list[Any]:
    items: list[Any] = array.to_pylist()
    return items


def _joined(parts: list[Any], length: int) -> Items:
    rows = _columns(parts, length, (), None)
    return rows if rows is not None else list(zip(*map(_listed, parts), strict=True))


def _columns(parts: list[Any], length: int, names: tuple[str, ...], record: type | None) -> Columns | None:
    if not parts or not all(isinstance(part, Columns) for part in parts):
        return None
    schema = Struct(tuple(part.schema for part in parts), names, record)
    return Columns(schema, tuple(buffer for part in parts for buffer in part.buffers), length)


def _listed(part: Items) -> list[Any]:
    return part.rows() if isinstance(part, Columns) else part
