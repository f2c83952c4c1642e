"""Blocks of CSV that end where records end, though a quoted field may hold line ends.

Outside quotes a field begins after a delimiter or a line end. As long as every opening quote stands there and every
closing one is followed by a delimiter, a line end or a further quote, a line end ends a record exactly when the quotes
before it are even in number: a count, no scan. A file whose quotes stand otherwise is left to Python's own parser.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flowcc.runtime.sources.blocks import Block, count_lines

QUOTE = ord('"')
ENDS = b"\r\n"


@dataclass(frozen=True, slots=True)
class Records:
    """Whole records; or, when ``irregular``, the beginning of what only Python's parser can take apart."""

    block: Block
    quoted: bool = False
    irregular: bool = False


def cut_records(blocks: Iterator[Block], delimiter: str) -> Iterator[Records]:
    """Join blocks of lines to blocks of records; after an irregular one the blocks are left to the caller."""
    kept: Block | None = None
    size = 0  # a record that spans many blocks is looked at again only when it has doubled
    for block in blocks:
        whole = block if kept is None else Block(kept.data + block.data, kept.offset, kept.line)
        kept = None
        if b'"' not in whole.data:
            yield Records(whole)
            continue
        if len(whole.data) < 2 * size:
            kept = whole
            continue
        end = record_end(whole.data, delimiter)
        if end < 0:
            yield Records(whole, True, True)
            return
        if end:
            yield Records(Block(whole.data[:end], whole.offset, whole.line), True)
        if end < len(whole.data):
            kept = _rest(whole, end)
        size = 0 if end else len(whole.data)
    if kept is not None:
        yield Records(kept, True, True)


def record_end(data: bytes, delimiter: str) -> int:
    """Return where the last whole record of ``data`` ends (0: none does), or -1 when its quotes are irregular."""
    values = np.frombuffer(data, np.uint8)
    quotes = np.flatnonzero(values == QUOTE)
    if not _regular(values, quotes, delimiter):
        return -1
    ends = np.flatnonzero((values == ENDS[1]) | (values == ENDS[0]))
    outside = ends[np.searchsorted(quotes, ends) % 2 == 0]
    return int(outside[-1]) + 1 if len(outside) else 0


def _regular(values: NDArray[np.uint8], quotes: NDArray[np.int64], delimiter: str) -> bool:
    borders = np.zeros(256, np.bool_)
    borders[[ord(delimiter), *ENDS]] = True
    opening, closing = quotes[0::2], quotes[1::2]
    before = opening[opening > 0] - 1
    doubled = values[before] == QUOTE  # the second of a pair: its field is open still
    if not (borders[values[before]] | doubled).all():
        return False
    after = closing[closing + 1 < len(values)] + 1
    return bool((borders[values[after]] | (values[after] == QUOTE)).all())


def _rest(whole: Block, end: int) -> Block:
    return Block(whole.data[end:], whole.offset + end, whole.line + count_lines(whole.data[:end]))
