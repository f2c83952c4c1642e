"""Draws faults: code, sentence, place, the lines that led there with carets beneath them, and what to write instead.

Columns are those of a terminal: tabs are expanded, wide characters take two, combining ones none, and characters
that would move the cursor or reverse the text are shown as pictures. Lines longer than `WIDTH` are cut around their
labels. Text comes from ``sources`` or, where it is on disk, from `linecache`.
"""

from __future__ import annotations

import linecache
import os
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flowcc.diagnostics import Diagnostic, Label

if TYPE_CHECKING:
    from rich.console import Console

WIDTH = 120  # columns of source text shown at most
TAB = 4
INDENT = "   "

Piece = tuple[str, str]  # text and the name of its style, "" for none
Drawn = list[Piece]  # one line

STYLES = {
    "code": "bold red",
    "title": "bold",
    "place": "dim",
    "gutter": "dim",
    "primary": "bold red",
    "secondary": "bold blue",
    "help": "cyan",
}


def render_faults(diagnostics: Iterable[Diagnostic], sources: Mapping[str, str] | None = None) -> str:
    """Return all faults as plain text, one blank line between two."""
    return "\n".join("".join(text for text, _ in line).rstrip() for line in _draw_all(diagnostics, sources or {}))


def print_faults(
    diagnostics: Iterable[Diagnostic], sources: Mapping[str, str] | None = None, *, console: Console
) -> None:
    """Print all faults on a console, in colour where it has any."""
    from rich.text import Text  # only a terminal needs it

    for line in _draw_all(diagnostics, sources or {}):
        pieces = [(text, STYLES.get(style, "")) for text, style in line]
        console.print(Text.assemble(*pieces), soft_wrap=True, highlight=False)


def _draw_all(diagnostics: Iterable[Diagnostic], sources: Mapping[str, str]) -> Iterator[Drawn]:
    for index, diagnostic in enumerate(diagnostics):
        if index:
            yield []
        yield from _draw(diagnostic, sources)


def _draw(diagnostic: Diagnostic, sources: Mapping[str, str]) -> Iterator[Drawn]:
    first, *more = _clean(diagnostic.title).split("\n")
    yield [(f"error[{diagnostic.code}]", "code"), (f": {first}", "title")]
    for line in more:
        yield [(f"  {line}", "title")]
    if diagnostic.primary is None:
        if diagnostic.subject:
            yield [(f"  {_clean(diagnostic.subject)}", "place")]
        secondary = diagnostic.secondary
        labels = tuple((label, False) for label in secondary)
    else:
        labels = ((diagnostic.primary, True), *((label, False) for label in diagnostic.secondary))
    yield from _draw_labels(labels, sources)
    for note in diagnostic.notes:
        yield from _draw_text("note", note)
    if diagnostic.help:
        yield from _draw_text("help", diagnostic.help)


def _draw_text(word: str, text: str) -> Iterator[Drawn]:
    first, *more = _clean(text).split("\n")
    yield [(f"{INDENT}{word}: ", "help"), (first, "")]
    for line in more:
        yield [(" " * len(f"{INDENT}{word}: ") + line, "")]


def _draw_labels(labels: Sequence[tuple[Label, bool]], sources: Mapping[str, str]) -> Iterator[Drawn]:
    """One block a file, the primary label's file first; within a block in the order of the lines."""
    width = max((len(str(label.span.line)) for label, _ in labels), default=1)
    for filename in dict.fromkeys(label.span.filename for label, _ in labels):
        here = [(label, primary) for label, primary in labels if label.span.filename == filename]
        head = here[0][0].span
        yield [(f"  {_shown_name(filename)}:{head.line}:{head.column + 1}", "place")]
        yield from _draw_block(here, _Lines(filename, sources), width)


@dataclass(frozen=True)
class _Lines:
    """The lines of one file, from ``sources`` or from disk."""

    filename: str
    sources: Mapping[str, str]

    def line(self, number: int) -> str:
        """Return line ``number`` without its end; empty where there is none."""
        if self.filename in self.sources:
            lines = self.sources[self.filename].replace("\r\n", "\n").replace("\r", "\n").split("\n")
        else:
            lines = linecache.getlines(self.filename)
        return lines[number - 1].rstrip("\r\n") if 0 < number <= len(lines) else ""


def _draw_block(labels: Sequence[tuple[Label, bool]], lines: _Lines, width: int) -> Iterator[Drawn]:
    shown = 0
    for number in sorted({label.span.line for label, _ in labels}):
        if shown and number == shown + 2:
            yield from _draw_line(number - 1, lines.line(number - 1), [], width)
        elif shown and number > shown + 2:
            yield [(f"{INDENT}{'…':>{width}}", "gutter")]
        shown = number
        there = sorted((pair for pair in labels if pair[0].span.line == number), key=lambda pair: pair[0].span.column)
        yield from _draw_line(number, lines.line(number), there, width)


def _draw_line(number: int, text: str, labels: Sequence[tuple[Label, bool]], width: int) -> Iterator[Drawn]:
    """Draw one source line and one line of carets for each label on it."""
    marks = [(*_columns(text, label), label.text, primary) for label, primary in labels]
    shown = _expand(text)
    cut = _cut(sum(map(_width, shown)), [(start, end) for start, end, _, _ in marks])
    gutter = f"{INDENT}{'':{width}} | "
    yield [(f"{INDENT}{number:{width}} | ", "gutter"), (_window(shown, *cut), "")]
    for start, end, said, primary in marks:
        start, end = min(max(start, cut[0]), max(cut[1] - 1, 0)) - cut[0], min(end, cut[1]) - cut[0]
        sign, style = ("^", "primary") if primary else ("-", "secondary")
        pointer = " " * start + sign * max(end - start, 1)
        first, *more = _clean(said).split("\n")
        yield [(gutter, "gutter"), (pointer + (f" {first}" if first else ""), style)]
        for line in more:
            yield [(gutter, "gutter"), (" " * (len(pointer) + 1) + line, style)]


def _columns(text: str, label: Label) -> tuple[int, int]:
    """The terminal columns of a label on its first line; a longer one goes to the end of that line."""
    span = label.span
    last = len(text.rstrip()) if span.end_line > span.line else span.end_column
    start = sum(map(_width, _expand(text[: span.column])))
    end = sum(map(_width, _expand(text[:last])))
    return start, max(end, start + 1)


def _cut(total: int, marks: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """The columns to show of a line: all, or `WIDTH` of them around the first label."""
    if total <= WIDTH:
        return 0, max(total, *(end for _, end in marks)) if marks else total
    first = min((start for start, _ in marks), default=0)
    begin = max(0, min(first - WIDTH // 3, total - WIDTH)) if first > WIDTH * 2 // 3 else 0
    return begin, begin + WIDTH


def _window(text: str, begin: int, end: int) -> str:
    """The part of an expanded line between two columns, with `…` where something was cut off."""
    column, kept = 0, []
    for character in text:
        if begin <= column < end:
            kept.append(character)
        column += _width(character)
    if begin and kept:
        kept[0] = "…" * _width(kept[0])
    if column > end and kept:
        kept[-1] = "…"
    return "".join(kept)


def _expand(text: str) -> str:
    """Tabs as spaces up to the next stop, control characters as pictures."""
    shown, column = [], 0
    for character in text:
        piece = " " * (TAB - column % TAB) if character == "\t" else _picture(character)
        shown.append(piece)
        column += sum(map(_width, piece))
    return "".join(shown)


def _clean(text: str) -> str:
    return "".join(character if character == "\n" else _picture(character) for character in text.replace("\t", "    "))


def _picture(character: str) -> str:
    """A visible stand-in for what would move the cursor, reverse the text or not encode."""
    if character.isprintable() or character == "\u00a0":
        return character
    code = ord(character)
    if code < 0x20:
        return chr(0x2400 + code)
    return " " if unicodedata.category(character) == "Zs" else "\ufffd"


def _width(character: str) -> int:
    """How many columns of a terminal a character takes."""
    if character.isascii():
        return 1
    if unicodedata.combining(character) or unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1


def _shown_name(filename: str) -> str:
    """A file beneath the working folder by its relative name, any other as it was given."""
    if not os.path.isabs(filename):
        return _clean(filename)
    try:
        relative = os.path.relpath(filename)
    except (ValueError, OSError):  # another drive, or no working folder any more
        return _clean(filename)
    return _clean(filename if relative.startswith(os.pardir) else relative)
