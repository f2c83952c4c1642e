"""Records of CSV taken apart by Python's own parser: the meaning of a field, and the way to every fault.

`int` and `float` are what ``int(text)`` and ``float(text)`` take; `bool` is one of eight words; an empty field of
``X | None`` is None; blank lines are skipped.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from flowcc.diagnostics import FlowError
from flowcc.runtime.sources import faults
from flowcc.runtime.sources.rows import Field, RowType

BOOLS = dict.fromkeys(("true", "True", "TRUE", "1"), True) | dict.fromkeys(("false", "False", "FALSE", "0"), False)
LARGEST_FIELD = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Layout:
    """How a file's columns become a row: ``columns[i]`` is where the i-th of ``fields`` stands in a record.

    ``row`` may have fewer fields: the others are checked all the same.
    """

    path: str
    header: tuple[str, ...]
    row: RowType | None
    fields: tuple[Field, ...]
    columns: tuple[int, ...]
    delimiter: str


def records_of(lines: Iterable[str], path: str, delimiter: str, first_line: int) -> Iterator[tuple[int, list[str]]]:
    """Give (line it begins at, fields) for each record; blank lines are skipped."""
    if csv.field_size_limit() < LARGEST_FIELD:
        csv.field_size_limit(LARGEST_FIELD)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    line = first_line
    while True:
        try:
            fields = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise faults.malformed(path, line, "CSV", str(error)) from None
        if fields:
            yield line, fields
        line = first_line + reader.line_num


def rows_of(records: Sequence[tuple[int, list[str]]], layout: Layout) -> list[Any]:
    """Return records as rows, or raise the first fault among them."""
    try:
        return _rows_of(records, layout)
    except FlowError:
        for record in records:
            _rows_of([record], layout)
        raise


def _rows_of(records: Sequence[tuple[int, list[str]]], layout: Layout) -> list[Any]:
    width = len(layout.header)
    for line, fields in records:
        if len(fields) != width:
            text = layout.delimiter.join(fields)
            raise faults.wrong_width(layout.path, line, len(fields), width, text)
    if layout.row is None:
        return [dict(zip(layout.header, fields, strict=True)) for _, fields in records]
    values = {
        field.name: [value_of(fields[column], field, layout.path, line) for line, fields in records]
        for field, column in zip(layout.fields, layout.columns, strict=True)
    }
    return fill(layout.row, values, len(records))


def fill(row: RowType, values: dict[str, list[Any]], count: int) -> list[Any]:
    """Return rows made of columns by name, with defaults where a column is absent."""
    columns = []
    for field in row.fields:
        if field.name in values:
            columns.append(values[field.name])
        else:
            assert field.default is not None
            columns.append([field.default() for _ in range(count)])
    return row.make(columns)


def value_of(text: str, field: Field, path: str, line: int) -> object:
    """Return what the text of a field says, or raise the fault that names its line, column and text."""
    if field.optional and not text:
        return None
    if field.kind is str:
        return text
    try:
        return PARSERS[field.kind](text)
    except (ValueError, KeyError):
        raise faults.wrong_value(path, line, field.name, field.kind_name, text, field.optional) from None


PARSERS: dict[Any, Callable[[str], object]] = {int: int, float: float, bool: BOOLS.__getitem__, str: str}
