"""Sinks as data: where a result goes and in which format. The code that writes is imported when there is a result."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flowcc.runtime.batches import Batch
from flowcc.runtime.sinks.results import Written, written

FORMATS = ("text", "csv", "jsonl", "parquet")


@dataclass(frozen=True, slots=True)
class Sink:
    """A file, or ``-`` for standard output, and its format: text, csv, jsonl or parquet.

    ``row`` is the type of the items, where it is known: it names and types the columns even of an empty result.
    """

    format: str
    path: str
    row: Any = None

    def __post_init__(self) -> None:
        if self.format not in FORMATS:
            raise ValueError(f"a sink writes {', '.join(FORMATS)}, not {self.format!r}")

    def check(self) -> None:
        """Raise the fault (F518) of a path that cannot be written, before anything is run."""
        from flowcc.runtime.sinks.atomic import check_target

        check_target(self.path)

    def write(self, result: object) -> int:
        """Write a flow's result and return how many items it had; raises FlowError (F517, F518).

        The file appears under its name only when it is complete. See `written` for what is an item.
        """
        return self._write(written(result))

    def write_batches(self, batches: Iterable[Batch], entries: bool = False) -> int:
        """Write items as they come, as `write` does; when ``entries`` they are the (key, value) pairs of a dict."""
        return self._write(Written(iter(batches), entries))

    def _write(self, result: Written) -> int:
        from flowcc.runtime.sinks.atomic import open_whole

        with open_whole(self.path) as file:
            match self.format:
                case "text":
                    from flowcc.runtime.sinks.text import write_text

                    return write_text(result, file, self.path)
                case "csv":
                    from flowcc.runtime.sinks.csv import write_csv

                    return write_csv(result, file, self.path, self.row)
                case "jsonl":
                    from flowcc.runtime.sinks.jsonl import write_jsonl

                    return write_jsonl(result, file, self.path)
                case _:
                    from flowcc.runtime.sinks.parquet import write_parquet

                    return write_parquet(result, file, self.path, self.row)
