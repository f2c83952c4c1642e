"""Places in source text. The one module that converts between kinds of position.

A line is counted from 1 and a column from 0, in characters, as editors and `ast` callers expect;
`ast` itself counts columns in UTF-8 bytes, which `span_of` undoes.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of one file: from (line, column) up to, not including, (end_line, end_column)."""

    filename: str
    line: int
    column: int
    end_line: int
    end_column: int

    def __str__(self) -> str:
        return f"{self.filename}:{self.line}:{self.column + 1}"


NOWHERE = Span("<nowhere>", 1, 0, 1, 0)


@dataclass(frozen=True)
class SourceText:
    """The text of one file and where a part of it that was parsed on its own begins."""

    filename: str
    text: str

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """The lines of the file without their ends, split where Python's own parser splits them."""
        return tuple(self.text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))

    def line(self, number: int) -> str:
        """Return line ``number`` (from 1), or an empty line past the end."""
        return self.lines[number - 1] if 0 < number <= len(self.lines) else ""

    def span_of(self, node: ast.AST) -> Span:
        """Return where a node of this file's `ast` stands; columns in characters."""
        line = getattr(node, "lineno", 1)
        end_line = getattr(node, "end_lineno", None) or line
        column = self._characters(line, getattr(node, "col_offset", 0))
        end_column = self._characters(end_line, getattr(node, "end_col_offset", None) or 0)
        return Span(self.filename, line, column, end_line, end_column)

    def _characters(self, line: int, utf8_column: int) -> int:
        text = self.line(line)
        if text.isascii():
            return utf8_column
        return len(text.encode("utf-8", "surrogatepass")[:utf8_column].decode("utf-8", "ignore"))
