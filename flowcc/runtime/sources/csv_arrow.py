"""Blocks of CSV taken apart by Arrow: many times faster than Python's parser, and used only where it means the same.

Arrow reads hexadecimal and ``nan(text)`` as numbers, which Python does not: such blocks, those that Arrow refuses
(big integers, ``1_000``, faults) and nulls where none may be are left to `csv_python`.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute
import pyarrow.csv

from flowcc.runtime.arrow import columns_of_arrow
from flowcc.runtime.columns import Columns
from flowcc.runtime.schema import Scalar, Struct
from flowcc.runtime.sources.blocks import UTF8_MARK
from flowcc.runtime.sources.csv_python import BOOLS, Layout, fill
from flowcc.runtime.sources.rows import Field, row_schema

TYPES = {int: pa.int64(), float: pa.float64(), bool: pa.bool_(), str: pa.large_string()}
LARGEST_BLOCK = 2**31 - 1
WORD = np.array([chr(code).isalnum() and code < 128 for code in range(256)])
CASE = np.uint8(ord("x") - ord("X"))
NAN = re.compile(rb"[nN]\(").search
NOT_PYTHONS = r"[xX(]"


def parse_block(data: bytes, layout: Layout, quoted: bool) -> list[Any] | Columns | None:
    """Return the rows of whole records, or None where only Python's parser knows."""
    if data.startswith(UTF8_MARK):  # which Arrow drops, though this may be anywhere in the file
        return None
    if layout.row is None:
        fields = tuple(Field(name, str) for name in layout.header)
        table = _read(data, layout, fields, tuple(range(len(fields))), quoted)
        return None if table is None else _dicts(table, layout.header)
    kept = [field for field in layout.fields if field in layout.row.fields]
    columns_of = zip(layout.fields, layout.columns, strict=True)
    read = {field: at for field, at in columns_of if field in kept or field.kind is not str}  # any text is a str
    table = _read(data, layout, tuple(read), tuple(read.values()), quoted) if read else None
    if table is None or not _means_the_same(data, layout, quoted):
        return None
    columns = {field.name: _one(column) for field, column in zip(read, table.columns, strict=True)}
    if any(columns[field.name].null_count and not field.optional for field in read):
        return None
    schema = row_schema(layout.row, kept)
    if schema is not None:
        return join_columns([columns[field.name] for field in kept], schema)
    return fill(layout.row, {field.name: _list(columns[field.name]) for field in kept}, table.num_rows)


def _one(column: Any) -> Any:
    return column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)


def join_columns(arrays: list[Any], schema: Struct) -> Columns | None:
    """Return Arrow arrays as the fields of one batch; a column that may hold None gets its mask."""
    buffers: list[Any] = []
    for array, item in zip(arrays, schema.items, strict=True):
        columns = columns_of_arrow(array)
        if columns is None or not isinstance(item, Scalar) or not isinstance(columns.schema, Scalar):
            return None
        if columns.schema.kind != item.kind or columns.schema.nullable > item.nullable:
            return None
        buffers.extend(columns.buffers)
        if item.nullable and not columns.schema.nullable:
            buffers.append(np.ones(len(array), np.bool_))
    return Columns(schema, tuple(buffers), len(arrays[0]))


def _read(data: bytes, layout: Layout, fields: tuple[Field, ...], at: tuple[int, ...], quoted: bool) -> Any:
    """Return a table of the wanted columns, or None where Arrow refuses. A column is named by its number."""
    types = {str(column): TYPES[field.kind] for field, column in zip(fields, at, strict=True)}
    names = [str(number) for number in range(len(layout.header))]
    size = min(len(data) + 1, LARGEST_BLOCK)
    try:
        table = pa.csv.read_csv(
            pa.BufferReader(data),
            read_options=pa.csv.ReadOptions(use_threads=False, block_size=size, column_names=names),
            parse_options=pa.csv.ParseOptions(delimiter=layout.delimiter, newlines_in_values=quoted),
            convert_options=_strictly(types),
        )
    except pa.ArrowInvalid:
        return None
    for number, field in enumerate(fields):
        if field.kind is str and not field.optional and table.column(number).null_count:
            filled = pa.compute.fill_null(table.column(number), "")
            table = table.set_column(number, table.field(number), filled)
    return table


def _strictly(types: dict[str, Any]) -> Any:
    """Convert what is asked for, as declared; an empty field is null and nothing else is."""
    return pa.csv.ConvertOptions(
        check_utf8=False,  # the whole block was checked
        column_types=types,
        include_columns=list(types),
        null_values=[""],
        strings_can_be_null=True,
        quoted_strings_can_be_null=True,
        true_values=[word for word, value in BOOLS.items() if value],
        false_values=[word for word, value in BOOLS.items() if not value],
    )


def _means_the_same(data: bytes, layout: Layout, quoted: bool) -> bool:
    """Whether Arrow's numbers are Python's. Only where a field may begin with ``0x`` or hold ``nan(`` are they read."""
    if not (b"(" in data and NAN(data)) and not _may_be_hexadecimal(data):
        return True
    pairs = zip(layout.fields, layout.columns, strict=True)
    numbers = {at: Field(field.name, str) for field, at in pairs if field.kind in (int, float)}
    if not numbers:
        return True
    texts = _read(data, layout, tuple(numbers.values()), tuple(numbers), quoted)
    if texts is None:
        return False
    odd = (pa.compute.match_substring_regex(column, NOT_PYTHONS) for column in texts.columns)
    return not any(pa.compute.any(column).as_py() for column in odd)


def _may_be_hexadecimal(data: bytes) -> bool:
    """Whether ``0x`` or ``0X`` stands anywhere but within a word."""
    if b"x" not in data and b"X" not in data:  # one character is looked for much faster than two
        return False
    values = np.frombuffer(data, np.uint8)
    at = np.flatnonzero((values | CASE) == ord("x"))
    at = at[(at > 0) & (values[at - 1] == ord("0"))]
    before = values[at[at > 1] - 2]
    return len(before) < len(at) or not WORD[before].all()


def _list(array: Any) -> list[Any]:
    columns = columns_of_arrow(array)
    assert columns is not None
    return columns.rows()


def _dicts(table: Any, header: tuple[str, ...]) -> list[Any]:
    lists = [_list(column) for column in table.columns]
    return [dict(zip(header, values, strict=True)) for values in zip(*lists, strict=True)]
