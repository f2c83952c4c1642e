"""Parquet files: only the columns the row type names are read; row groups are dealt out among members."""

from __future__ import annotations

import datetime
import decimal
import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pyarrow as pa
import pyarrow.parquet

from flowcc.runtime.columns import Columns
from flowcc.runtime.sources import faults
from flowcc.runtime.sources.csv_arrow import join_columns
from flowcc.runtime.sources.csv_python import fill
from flowcc.runtime.sources.files import STANDARD, find_files
from flowcc.runtime.sources.rows import Field, RowType, narrowed, row_schema, row_type

BATCH = 1 << 16  # rows
EXACT = 2**53  # integers up to here are floats without rounding


def read_parquet(
    pattern: str, row: object, share: int, shares: int, only: tuple[str, ...] | None = None
) -> Iterator[list[Any] | Columns]:
    """Give the rows of a member's share: every n-th row group over all files."""
    kind = row_type(row, pattern)
    kept = kind and narrowed(kind, row, only)
    turn = 0
    for path in find_files(pattern):
        if path == STANDARD and share:
            continue
        with _opened(path) as file:
            names = _match(path, file.schema_arrow, kind)
            for group in range(file.num_row_groups):
                if path == STANDARD or turn % shares == share:
                    read = _needed(file, group, names, kind, kept)
                    yield from _group(path, file, group, read, kind, kept)
                turn += 1


@contextmanager
def _opened(path: str) -> Iterator[Any]:
    try:
        if path == STANDARD:
            file = pa.parquet.ParquetFile(io.BytesIO(sys.stdin.buffer.read()))
        else:
            with open(path, "rb"):  # the system's own word on a folder or a right that is missing
                file = pa.parquet.ParquetFile(path)
    except OSError as error:
        if error.errno is None:
            raise faults.damaged_parquet(path, str(error)) from None
        raise faults.unreadable(path, error) from None
    except pa.ArrowException as error:
        raise faults.damaged_parquet(path, str(error)) from None
    with file:
        yield file


def _match(path: str, schema: Any, kind: RowType | None) -> list[str]:
    """Return the names of the columns to read; a missing or doubled one, or one of another type, is a fault."""
    if kind is None:
        wanted: list[str] = list(schema.names)
    elif kind.named:
        wanted = [field.name for field in kind.fields if field.default is None or field.name in schema.names]
    elif len(schema.names) == len(kind.fields):
        wanted = list(schema.names)
    else:
        raise faults.wrong_width(path, 0, len(schema.names), len(kind.fields), ", ".join(schema.names))
    for name in wanted:
        if name not in schema.names:
            assert kind is not None
            raise faults.missing_column(path, 0, name, kind.name, schema.names)
        if schema.names.count(name) > 1:
            raise faults.duplicate_column(path, 0, name)
    for field, name in zip(_present(kind, wanted), wanted, strict=False):
        if not _fits(schema.field(name).type, field.kind):
            raise faults.wrong_column_type(path, name, str(schema.field(name).type), field.kind_name)
    return wanted


def _present(kind: RowType | None, names: list[str]) -> list[Field]:
    if kind is None:
        return []
    return [field for field in kind.fields if field.name in names] if kind.named else list(kind.fields)


def _fits(held: Any, kind: Any) -> bool:
    """Whether values of an Arrow type are of the annotated one; of a type that is not known here, yes."""
    types = pa.types
    if types.is_dictionary(held):
        held = held.value_type
    if types.is_null(held):
        return True
    checks = {
        int: types.is_integer(held),
        float: types.is_floating(held) or types.is_integer(held),
        bool: types.is_boolean(held),
        str: types.is_string(held) or types.is_large_string(held) or types.is_string_view(held),
        bytes: types.is_binary(held) or types.is_large_binary(held) or types.is_fixed_size_binary(held),
        datetime.date: types.is_date(held),
        datetime.datetime: types.is_timestamp(held),
        datetime.timedelta: types.is_duration(held),
        datetime.time: types.is_time(held),
        decimal.Decimal: types.is_decimal(held),
    }
    return bool(checks.get(kind, True))


def _needed(file: Any, group: int, names: list[str], kind: RowType | None, kept: RowType | None) -> list[str]:
    """Return the columns that are kept, and those whose values may be at fault as far as the metadata tells."""
    if kind is kept or kind is None or kept is None:
        return names
    metadata = file.metadata.row_group(group)
    chunks = [metadata.column(at) for at in range(metadata.num_columns)]
    without_null = {chunk.path_in_schema for chunk in chunks if _has_no_null(chunk)}

    def is_needed(field: Field) -> bool:
        rounded = field.kind is float and pa.types.is_integer(file.schema_arrow.field(field.name).type)
        return field in kept.fields or rounded or not (field.optional or field.name in without_null)

    return [field.name for field in _present(kind, names) if is_needed(field)]


def _has_no_null(chunk: Any) -> bool:
    statistics = chunk.statistics
    return statistics is not None and statistics.has_null_count and statistics.null_count == 0


def _group(
    path: str, file: Any, group: int, names: list[str], kind: RowType | None, kept: RowType | None
) -> Iterator[list[Any] | Columns]:
    row = sum(file.metadata.row_group(before).num_rows for before in range(group))
    try:
        for batch in file.iter_batches(BATCH, row_groups=[group], columns=names, use_threads=False):
            yield _rows(path, row, batch.select(names), kind, kept)
            row += batch.num_rows
    except (pa.ArrowException, OSError) as error:
        raise faults.damaged_parquet(path, str(error)) from None


def _rows(path: str, first: int, batch: Any, kind: RowType | None, kept: RowType | None) -> list[Any] | Columns:
    if kind is None or kept is None:
        return list(batch.to_pylist())
    fields = _present(kind, batch.schema.names)
    arrays = {}
    for field, array in zip(fields, batch.columns, strict=True):
        if array.null_count and not field.optional:
            null = array.is_null().to_pylist().index(True)
            raise faults.null_value(path, first + null, field.name, field.kind_name)
        converted = _as_declared(path, array, field)
        if field in kept.fields:
            arrays[field.name] = converted
    schema = row_schema(kept, [field for field in fields if field.name in arrays])
    columns = join_columns(list(arrays.values()), schema) if schema is not None else None
    if columns is not None:
        return columns
    return fill(kept, {name: array.to_pylist() for name, array in arrays.items()}, batch.num_rows)


def _as_declared(path: str, array: Any, field: Field) -> Any:
    """Return integers as floats where floats are declared; one that would be rounded is a fault."""
    if pa.types.is_null(array.type):
        kinds = {int: pa.int64(), float: pa.float64(), bool: pa.bool_(), str: pa.string()}
        return array.cast(kinds[field.kind]) if field.kind in kinds else array
    if field.kind is not float or not pa.types.is_integer(array.type):
        return array
    try:
        return array.cast(pa.float64(), safe=True)
    except pa.ArrowInvalid:
        raise faults.wrong_column_type(path, field.name, f"integers past {EXACT}", "float") from None
