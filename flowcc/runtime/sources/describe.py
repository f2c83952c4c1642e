"""Sources as data: what to read and as what, light enough to be sent to the stage that opens it.

A source is iterable, so the plain function takes it too: that is its meaning. `batches` gives the same items faster.
The code that reads is imported when a source is opened.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from flowcc.runtime.sources.types import type_of_text, type_text

if TYPE_CHECKING:
    from flowcc.runtime.columns import Columns

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Source(Generic[T]):
    """Items in files named by a path or pattern. Iterating gives plain Python items, and may be repeated."""

    path: str
    format: ClassVar[str] = ""

    def __post_init__(self) -> None:
        if not isinstance(self.path, str):
            raise TypeError(f"a path is a str or os.PathLike, not {type(self.path).__name__}")

    def batches(
        self, share: int = 0, shares: int = 1, only: tuple[str, ...] | None = None
    ) -> Iterator[list[T] | Columns]:
        """Give what member ``share`` of ``shares`` reads, in batches of about 1 MiB; raises FlowError (F51x).

        Records that come as columns may lack fields that are not in ``only`` (`runtime/narrow.py`).
        """
        return self._read(share, shares, only)

    def _read(self, share: int, shares: int, only: tuple[str, ...] | None) -> Iterator[list[T] | Columns]:
        raise NotImplementedError(self.format)  # each format below says how

    def __iter__(self) -> Iterator[T]:
        for batch in self.batches():
            yield from batch if isinstance(batch, list) else batch.rows()

    def check(self) -> None:
        """Raise the fault of a file that is missing or cannot be opened, without reading it."""
        from flowcc.runtime.sources.files import find_files, open_file

        for path in find_files(self.path):
            if path != "-":
                with open_file(path):
                    pass

    @property
    def only_here(self) -> bool:
        """Whether only the caller's own process can read this: standard input."""
        return self.path == "-"

    @property
    def element(self) -> object:
        """The type of the items, None when it is not known."""
        return getattr(self, "row", None)

    def to_plan(self) -> dict[str, Any]:
        """Return plain data from which `source_from_plan` makes this source again."""
        plan: dict[str, Any] = {"format": self.format}
        for each in fields(self):
            value = getattr(self, each.name)
            plan[each.name] = type_text(value, self.path) if each.name == "row" and value is not None else value
        return plan


@dataclass(frozen=True, slots=True)
class Text(Source[str]):
    """The lines of text files."""

    format: ClassVar[str] = "text"

    def _read(self, share: int, shares: int, only: tuple[str, ...] | None) -> Iterator[list[str] | Columns]:
        from flowcc.runtime.sources.text import read_text

        return read_text(self.path, share, shares)

    @property
    def element(self) -> object:
        """The type of the items."""
        return str


@dataclass(frozen=True, slots=True)
class Rows(Source[T]):
    """Items of the type ``row``; None where the format gives plain values."""

    row: Any = None


@dataclass(frozen=True, slots=True)
class Csv(Rows[T]):
    """The records of CSV files."""

    header: bool = field(default=True, kw_only=True)
    delimiter: str = field(default=",", kw_only=True)
    format: ClassVar[str] = "csv"

    def __post_init__(self) -> None:
        Source.__post_init__(self)
        if len(self.delimiter) != 1 or self.delimiter in '"\r\n' or not self.delimiter.isascii():
            raise ValueError(f"a delimiter is one ASCII character, not {self.delimiter!r}")

    def _read(self, share: int, shares: int, only: tuple[str, ...] | None) -> Iterator[list[T] | Columns]:
        from flowcc.runtime.sources.csv_read import read_csv

        return read_csv(self.path, self.row, share, shares, only, header=self.header, delimiter=self.delimiter)

    @property
    def element(self) -> object:
        """The type of the items."""
        return dict[str, str] if self.row is None else self.row


@dataclass(frozen=True, slots=True)
class Jsonl(Rows[T]):
    """The values of JSON Lines files."""

    format: ClassVar[str] = "jsonl"

    def _read(self, share: int, shares: int, only: tuple[str, ...] | None) -> Iterator[list[T] | Columns]:
        from flowcc.runtime.sources.jsonl import read_jsonl

        return read_jsonl(self.path, self.row, share, shares, only)


@dataclass(frozen=True, slots=True)
class Parquet(Rows[T]):
    """The rows of Parquet files."""

    format: ClassVar[str] = "parquet"

    def _read(self, share: int, shares: int, only: tuple[str, ...] | None) -> Iterator[list[T] | Columns]:
        from flowcc.runtime.sources.parquet import read_parquet

        return read_parquet(self.path, self.row, share, shares, only)


FORMATS: Mapping[str, type[Source[Any]]] = {kind.format: kind for kind in (Text, Csv, Jsonl, Parquet)}


def source_from_plan(plan: Mapping[str, Any], records: Mapping[str, type]) -> Source[Any]:
    """Return the source that ``to_plan`` described; ``records`` are the row classes of the stage, by name."""
    values = {name: value for name, value in plan.items() if name != "format"}
    if isinstance(values.get("row"), str):
        values["row"] = type_of_text(values["row"], records)
    return FORMATS[plan["format"]](**values)
