"""JSON Lines: one JSON value a line, read strictly as the row type; blank lines are skipped.

A NamedTuple and a dataclass are read from an object, by name; fields the type does not name are ignored.
No number is made of text, and no int of a float; an int is taken where a float is wanted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

import msgspec

from flowcc.runtime.schema import record_fields
from flowcc.runtime.sources import faults
from flowcc.runtime.sources.blocks import UTF8_MARK, Block, Part, blocks_of, check_utf8, lines_before, parts_of
from flowcc.runtime.sources.rows import RowType, narrowed, row_type

if TYPE_CHECKING:
    from flowcc.runtime.columns import Columns
    from flowcc.runtime.sources.jsonl_columns import ObjectLines


def read_jsonl(
    pattern: str, row: object, share: int, shares: int, only: tuple[str, ...] | None = None
) -> Iterator[list[Any] | Columns]:
    """Give the values of a member's share in batches of about 1 MiB of text.

    Records that come as columns lack the fields that are not in ``only``, but what stands there is checked as well.
    """
    read = value_reader(row, pattern)
    lines = _object_lines(row, pattern, only)
    for part in parts_of(pattern, share, shares, ranges=True):
        for block in blocks_of(part):
            check_utf8(part, block)
            columns = None if lines is None else lines.read(block.data)
            yield _values(block, part, read) if columns is None else columns


def _object_lines(row: object, subject: str, only: tuple[str, ...] | None) -> ObjectLines | None:
    """Return what reads records as columns, None for values that are no records or have none."""
    if not isinstance(row, type) or record_fields(row) is None:
        return None
    kind = row_type(row, subject)
    if kind is None or (kept := narrowed(kind, row, only)).schema is None:
        return None
    from flowcc.runtime.sources.jsonl_columns import ObjectLines  # loads NumPy

    return ObjectLines(twin_of(kind), kept.schema)


def _values(block: Block, part: Part, read: Callable[[bytes], Any]) -> list[Any]:
    if block.offset == 0 and block.data.startswith(UTF8_MARK):
        block = replace(block, data=block.data[len(UTF8_MARK) :])
    data = block.data
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    lines = data.split(b"\n")
    if not lines[-1]:
        lines.pop()
    try:
        return list(map(read, lines))
    except (msgspec.DecodeError, UnicodeError, RecursionError, ValueError):
        return [_value(line, number, block, part, read) for number, line in enumerate(lines) if line.strip()]


def _value(line: bytes, number: int, block: Block, part: Part, read: Callable[[bytes], Any]) -> Any:
    """Return the value of one line, or raise the fault that names it."""
    try:
        return read(line)
    except (msgspec.DecodeError, UnicodeError, RecursionError, ValueError) as error:
        at = block.line + number + lines_before(part)
        if isinstance(error, msgspec.ValidationError):
            raise faults.wrong_json(part.path, at, str(error), line.decode()) from None
        raise faults.malformed(part.path, at, "JSON", str(error).removeprefix("JSON is malformed: ")) from None


def value_reader(row: object, subject: str) -> Callable[[bytes], Any]:
    """Return what makes a value of type ``row`` of JSON text; without a type, any plain value."""
    try:
        if isinstance(row, type) and issubclass(row, tuple) and hasattr(row, "_fields"):
            return _named_tuple_reader(row, subject)
        return msgspec.json.Decoder(Any if row is None else cast("type[Any]", row)).decode
    except (TypeError, NameError) as error:
        help = "use str, int, float, bool, None, lists, dicts, tuples, dataclasses and NamedTuples of such"
        raise faults.unreadable_row(subject, f"JSON cannot be read as this type: {error}", help) from None


def _named_tuple_reader(row: type, subject: str) -> Callable[[bytes], Any]:
    """Read a NamedTuple from an object: a twin with the same fields is decoded and its values handed over."""
    kind = row_type(row, subject)
    assert kind is not None
    decode_twin = msgspec.json.Decoder(twin_of(kind)).decode
    values = msgspec.structs.astuple
    return lambda line: row(*values(decode_twin(line)))


def twin_of(kind: RowType) -> type[msgspec.Struct]:
    """Return a class that is read from objects by name, with the fields of a row type."""
    fields: list[Any] = []
    for field in kind.fields:
        hint = field.kind | None if field.optional else field.kind
        default = field.default
        fields.append(
            (field.name, hint) if default is None else (field.name, hint, msgspec.field(default_factory=default))
        )
    return msgspec.defstruct(kind.name, fields, kw_only=True)
