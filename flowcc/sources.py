"""Sources and sinks by name: `text`, `csv`, `jsonl`, `parquet`, and their forms on the command line.

A source stands wherever a flow takes items, and wherever Python takes an iterable: ``for line in text("*.txt")``.
A path may be a pattern (files sorted by name), and ``-`` is standard input. Files that are gzip or zstd are
decompressed. Nothing is opened before items are asked for. All faults are FlowError, F510 to F519.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, TypeVar, overload

from flowcc.runtime.sinks.describe import FORMATS as SINKS
from flowcc.runtime.sinks.describe import Sink
from flowcc.runtime.sinks.errors import ErrorsTo
from flowcc.runtime.sources import faults
from flowcc.runtime.sources.describe import FORMATS as SOURCES
from flowcc.runtime.sources.describe import Csv, Jsonl, Parquet, Source, Text, source_from_plan

__all__ = [
    "ErrorsTo", "Sink", "Source", "csv", "errors_to", "jsonl", "parquet", "parse_sink", "parse_source",
    "source_from_plan", "text",
]  # fmt: skip

T = TypeVar("T")
Path = str | os.PathLike[str]
ROWS: dict[str, Callable[[str, Any], Source[Any]]] = {"csv": Csv, "jsonl": Jsonl, "parquet": Parquet}
ENDINGS = {
    ".txt": "text",
    ".csv": "csv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".parquet": "parquet",
    ".pq": "parquet",
}


def text(path: Path) -> Text:
    r"""Return the lines of UTF-8 text files as `str`, without their ends.

    A line ends at ``\n``, ``\r\n`` or ``\r``; a last line needs no end; an empty file has no lines. That is
    ``[line.rstrip("\n") for line in open(path, encoding="utf-8")]``.
    """
    return Text(os.fspath(path))


@overload
def csv(path: Path, row: type[T], *, header: bool = True, delimiter: str = ",") -> Csv[T]: ...
@overload
def csv(path: Path, row: None = None, *, header: bool = True, delimiter: str = ",") -> Csv[dict[str, str]]: ...
def csv(path: Path, row: Any = None, *, header: bool = True, delimiter: str = ",") -> Csv[Any]:
    """Return the records of CSV files as items of the type ``row``, or as dicts of `str` without one.

    ``row`` is a NamedTuple or dataclass, whose fields are matched with the header by name (other columns are not read;
    a field with a default may be absent), or a tuple type, matched by position. A field is `int`, `float`, `str`,
    `bool` or one of them ``| None``, which an empty field gives; an `int` is what ``int(text)`` takes, a `float` what
    ``float(text)`` takes, of any size; a `bool` is true, false, True, False, TRUE, FALSE, 1 or 0. Quotes are doubled
    within quotes; blank lines are skipped. ``header=False`` reads files without a header, by position.
    """
    return Csv(os.fspath(path), row, header=header, delimiter=delimiter)


@overload
def jsonl(path: Path, row: type[T]) -> Jsonl[T]: ...
@overload
def jsonl(path: Path, row: None = None) -> Jsonl[Any]: ...
def jsonl(path: Path, row: Any = None) -> Jsonl[Any]:
    """Return the values of JSON Lines files, one a line; blank lines are skipped.

    ``row`` is any type of plain values, dataclasses and NamedTuples (read from objects, by name). Types are strict:
    no number is made of text and no `int` of ``1.0``; an integer is taken where a `float` is declared.
    """
    return Jsonl(os.fspath(path), row)


@overload
def parquet(path: Path, row: type[T]) -> Parquet[T]: ...
@overload
def parquet(path: Path, row: None = None) -> Parquet[dict[str, Any]]: ...
def parquet(path: Path, row: Any = None) -> Parquet[Any]:
    """Return the rows of Parquet files as items of the type ``row``, or as dicts.

    Only the columns that ``row`` names are read. Integers are taken where a `float` is declared, if none is rounded.
    """
    return Parquet(os.fspath(path), row)


def errors_to(path: Path) -> ErrorsTo:
    """Return a sink for ``@flow(on_error=errors_to(path))``: each skipped item is appended as a line of JSON."""
    return ErrorsTo(os.fspath(path))


def parse_source(form: str, row: Any = None) -> Source[Any] | list[Any]:
    """Return the source or the items that ``--in name=FORM`` names; ``row`` is the type of the items.

    A form is ``text:PATH``, ``csv:PATH``, ``jsonl:PATH``, ``parquet:PATH``, a path with one of their endings, ``-``
    (text from standard input), or the items themselves as a JSON list. Anything else is a fault (F519).
    """
    if form.lstrip().startswith("["):
        return _items(form, row)
    kind, path = _kind_and_path(form, "text", "source", tuple(SOURCES))
    if kind == "text":
        if row not in (None, str, object):
            raise faults.text_has_no_type(path, getattr(row, "__name__", str(row)))
        return Text(path)
    return ROWS[kind](path, row)


def parse_sink(form: str, row: Any = None) -> Sink:
    """Return the sink that ``--out FORM`` names; ``row`` is the type of the items, where it is known.

    A form is ``text:PATH``, ``csv:PATH``, ``jsonl:PATH``, ``parquet:PATH``, a path with one of their endings, or ``-``
    (JSON lines to standard output). Anything else is a fault (F519).
    """
    kind, path = _kind_and_path(form, "jsonl", "sink", SINKS)
    return Sink(kind, path, row)


def _kind_and_path(form: str, standard: str, what: str, kinds: tuple[str, ...]) -> tuple[str, str]:
    if form == "-":
        return standard, form
    kind, colon, path = form.partition(":")
    if colon and kind in kinds and path:
        return kind, path
    bare = form.removesuffix(".gz").removesuffix(".zst")
    ending = ENDINGS.get(os.path.splitext(bare)[1].lower())
    if ending is None or colon:
        raise faults.not_understood(form, what, kinds)
    return ending, form


def _items(form: str, row: Any) -> list[Any]:
    import msgspec

    from flowcc.runtime.sources.jsonl import value_reader

    try:
        raw = msgspec.json.decode(form, type=list[msgspec.Raw])
        read = value_reader(row, form)
        return [read(bytes(item)) for item in raw]
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise faults.not_a_json_list(form, str(error)) from None
