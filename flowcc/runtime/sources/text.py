r"""Lines of text files, without their ends: what ``open(path, encoding="utf-8")`` gives, rid of each ``"\n"``."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from flowcc.runtime.columns import Columns
from flowcc.runtime.schema import UTF8
from flowcc.runtime.sources.blocks import blocks_of, check_utf8, parts_of


def read_text(pattern: str, share: int, shares: int) -> Iterator[Columns]:
    """Give the lines of a member's share in batches of about 1 MiB."""
    for part in parts_of(pattern, share, shares, ranges=True):
        for block in blocks_of(part):
            check_utf8(part, block)
            yield line_columns(block.data)


def line_columns(data: bytes) -> Columns:
    """Return whole lines of UTF-8 as a column; they stand one behind the other, their ends cut out."""
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    ends = np.flatnonzero(np.frombuffer(data, np.uint8) == ord("\n"))
    lines = len(ends) + (not data.endswith(b"\n"))
    offsets = np.zeros(lines + 1, np.int64)
    offsets[1 : len(ends) + 1] = ends - np.arange(len(ends))
    offsets[lines] = len(data) - len(ends)
    return Columns(UTF8, (offsets, np.frombuffer(data.replace(b"\n", b""), np.uint8)), lines)
