"""CSV files: the header is matched with the row type, then blocks of records become batches of rows."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import chain, islice
from typing import Any, TypeAlias

from flowcc.runtime.columns import Columns
from flowcc.runtime.sources import faults
from flowcc.runtime.sources.ahead import ahead
from flowcc.runtime.sources.blocks import (
    BLOCK,
    UTF8_MARK,
    Block,
    Part,
    blocks_of,
    check_utf8,
    count_lines,
    decode,
    parts_of,
)
from flowcc.runtime.sources.csv_arrow import parse_block
from flowcc.runtime.sources.csv_python import PARSERS, Layout, records_of, rows_of
from flowcc.runtime.sources.csv_records import Records, cut_records
from flowcc.runtime.sources.rows import Field, RowType, narrowed, row_type

Piece: TypeAlias = Callable[[], list[Any] | Columns]
IRREGULAR_BATCH = 4096  # records


def read_csv(
    pattern: str, row: object, share: int, shares: int, only: tuple[str, ...] | None = None, *,
    header: bool = True, delimiter: str = ",",
) -> Iterator[list[Any] | Columns]:  # fmt: skip
    """Give the rows of a member's share. A single file's blocks are dealt out in turn: cutting it is the cheap part.

    Rows lack the fields that are not in ``only``, but what stands there is checked all the same.
    """
    kind = row_type(row, pattern)
    for field in kind.fields if kind else ():
        if field.kind not in PARSERS:
            what = f"a CSV field cannot be read as `{field.name}: {field.kind_name}`"
            raise faults.unreadable_row(pattern, what, "use int, float, str, bool, or one of them `| None`")
    for part in parts_of(pattern, share, shares, ranges=False):
        yield from _read_part(part, kind, kind and narrowed(kind, row, only), header, delimiter)


def _read_part(
    part: Part, kind: RowType | None, kept: RowType | None, header: bool, delimiter: str
) -> Iterator[list[Any] | Columns]:
    whole = replace(part, turn=0, turns=1)
    blocks = blocks_of(whole, BLOCK)
    first = next(blocks, None)
    if first is not None and first.data.startswith(UTF8_MARK):
        first = Block(first.data[len(UTF8_MARK) :], len(UTF8_MARK), 1)
    if first is None:
        if header:
            raise faults.no_header(part.path)
        return
    layout, rest = _lay_out(whole, chain([first], blocks), kind, header, delimiter)
    yield from ahead(_pieces(whole, rest, replace(layout, row=kept), part))


def _pieces(whole: Part, blocks: Iterator[Block], layout: Layout, part: Part) -> Iterator[Piece]:
    """Give what makes each batch of ``part``; every n-th where it takes turns with other members."""
    turn = 0
    for records in cut_records(blocks, layout.delimiter):
        if records.irregular:
            for batch in _irregular(whole, chain([records.block], blocks), layout):
                if turn % part.turns == part.turn:
                    yield partial(rows_of, batch, layout)
                turn += 1
            return
        if turn % part.turns == part.turn and not _is_blank(records.block.data):
            yield partial(_regular, whole, records, layout)
        turn += 1


def _regular(part: Part, records: Records, layout: Layout) -> list[Any] | Columns:
    check_utf8(part, records.block)
    batch = parse_block(records.block.data, layout, records.quoted)
    if batch is not None:
        return batch
    lines = io.StringIO(decode(part, records.block), newline="")
    return rows_of(list(records_of(lines, layout.path, layout.delimiter, records.block.line)), layout)


def _is_blank(data: bytes) -> bool:
    return data[:1] in (b"\r", b"\n") and not data.strip(b"\r\n")


def _irregular(part: Part, blocks: Iterator[Block], layout: Layout) -> Iterator[Sequence[tuple[int, list[str]]]]:
    """Give (line, fields) of the rest of a file in batches, by Python's parser alone."""
    first = next(blocks)
    lines = (line for block in chain([first], blocks) for line in io.StringIO(decode(part, block), newline=""))
    records = records_of(lines, layout.path, layout.delimiter, first.line)
    while batch := list(islice(records, IRREGULAR_BATCH)):
        yield batch


def _lay_out(
    part: Part, blocks: Iterator[Block], kind: RowType | None, header: bool, delimiter: str
) -> tuple[Layout, Iterator[Block]]:
    """Return how columns become rows, and the blocks that remain after the header."""
    if header:
        line, names, rest, _ = _first_record(part, blocks, delimiter)
        return _match(part.path, line, names, kind, delimiter), rest
    if kind is not None:
        return _match(part.path, 1, [field.name for field in kind.fields], kind, delimiter), blocks
    line, fields, _, whole = _first_record(part, blocks, delimiter)
    return _match(part.path, line, [str(number) for number in range(len(fields))], kind, delimiter), whole


def _match(path: str, line: int, names: list[str], kind: RowType | None, delimiter: str) -> Layout:
    if kind is not None and not kind.named:
        if len(names) != len(kind.fields):
            raise faults.wrong_width(path, line, len(names), len(kind.fields), delimiter.join(names))
        return Layout(path, tuple(names), kind, kind.fields, tuple(range(len(names))), delimiter)
    wanted = names if kind is None else [field.name for field in kind.fields]
    for name in wanted:
        if names.count(name) > 1:
            raise faults.duplicate_column(path, line, name)
    present: list[Field] = []
    for field in kind.fields if kind else ():
        if field.name in names:
            present.append(field)
        elif field.default is None:
            assert kind is not None
            raise faults.missing_column(path, line, field.name, kind.name, names)
    return Layout(path, tuple(names), kind, tuple(present), tuple(names.index(f.name) for f in present), delimiter)


def _first_record(
    part: Part, blocks: Iterator[Block], delimiter: str
) -> tuple[int, list[str], Iterator[Block], Iterator[Block]]:
    """Return the line and fields of the first record, the blocks after it, and the blocks with it."""
    taken: Block | None = None
    for block in blocks:
        taken = block if taken is None else Block(taken.data + block.data, taken.offset, taken.line)
        lines = io.StringIO(decode(part, taken), newline="")
        found = next(records_of(iter(lines.readline, ""), part.path, delimiter, taken.line), None)
        if found is not None:
            used = len(lines.getvalue()[: lines.tell()].encode())
            rest = Block(taken.data[used:], taken.offset + used, taken.line + count_lines(taken.data[:used]))
            return *found, chain([rest] if rest.data else [], blocks), chain([taken], blocks)
    raise faults.no_header(part.path)
