r"""A file as blocks of about 1 MiB that end where lines end, and the part of it that one member reads.

A line ends at ``\n``, ``\r\n`` or ``\r``, as in Python's universal newlines; a last line needs no end.
A block is never cut between ``\r`` and ``\n``. A line longer than a block makes a longer block.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from flowcc.runtime.loaded import loaded
from flowcc.runtime.sources import faults
from flowcc.runtime.sources.files import Opened, find_files, is_plain, is_repeatable, open_file

BLOCK = 1 << 20  # bytes
MANY = 4096  # bytes in which NumPy counts faster than Python
UTF8_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Part:
    """What a member reads of one file: the lines that begin in [start, stop), or every n-th block from the k-th."""

    path: str
    start: int = 0
    stop: int | None = None  # None is the end of the file
    turn: int = 0
    turns: int = 1


@dataclass(frozen=True, slots=True)
class Block:
    """Whole lines; ``offset`` is where they stand in the file as read, ``line`` the number of the first, from 1."""

    data: bytes
    offset: int
    line: int


def parts_of(pattern: str, share: int, shares: int, *, ranges: bool) -> list[Part]:
    """Return what member ``share`` of ``shares`` reads; together they read everything once.

    Whole files are dealt out when there are enough; else each plain file is cut into byte ranges if ``ranges``,
    and any other is read by every member, which keeps every n-th block. A pipe is read by member 0 alone.
    """
    paths = find_files(pattern)
    if shares == 1:
        return [Part(path) for path in paths]
    if len(paths) >= shares:
        return [Part(path) for path in paths[share::shares]]
    parts = []
    for path in paths:
        if ranges and is_plain(path):
            parts.append(_range_of(path, share, shares))
        elif is_repeatable(path):
            parts.append(Part(path, turn=share, turns=shares))
        elif share == 0:
            parts.append(Part(path))
    return parts


def _range_of(path: str, share: int, shares: int) -> Part:
    with open_file(path) as file:
        assert file.size is not None
        return Part(path, file.size * share // shares, file.size * (share + 1) // shares)


def blocks_of(part: Part, size: int = BLOCK) -> Iterator[Block]:
    """Give the lines of ``part`` in blocks of about ``size`` bytes, in order."""
    with open_file(part.path) as file:
        start = line_start(file, part.start) if part.start else 0
        stop = None if part.stop is None or part.stop == file.size else line_start(file, part.stop)
        if part.start or stop is not None:
            file.seek(start)
        line = 1
        for number, (offset, data) in enumerate(_cut(file, start, stop, size)):
            if number % part.turns == part.turn:
                yield Block(data, offset, line)
            line += count_lines(data)


def line_start(file: Opened, offset: int) -> int:
    """Return where the first line begins that begins at ``offset`` or later (the size of the file if none does)."""
    assert file.size is not None
    if offset == 0:
        return 0
    position = offset - 1
    file.seek(position)
    while block := file.read(BLOCK):
        if block.endswith(b"\r"):
            block += file.read(1)
        ends = [end for end in (block.find(b"\n"), block.find(b"\r")) if end >= 0]
        if ends:
            end = min(ends)
            return position + end + (2 if block[end : end + 2] == b"\r\n" else 1)
        position += len(block)
    return file.size


def _cut(file: Opened, start: int, stop: int | None, size: int) -> Iterator[tuple[int, bytes]]:
    """Give (offset, whole lines) until ``stop``, which is where a line begins."""
    offset = position = start
    kept: list[bytes] = []
    while stop is None or position < stop:
        block = file.read(size if stop is None else min(size, stop - position))
        if not block:
            break
        while block.endswith(b"\r") and position + len(block) != stop and (more := file.read(1)):
            block += more
        position += len(block)
        end = max(block.rfind(b"\n"), block.rfind(b"\r")) + 1
        if not end:
            kept.append(block)
            continue
        data = b"".join((*kept, memoryview(block)[:end])) if kept or end < len(block) else block
        yield offset, data
        offset += len(data)
        kept = [block[end:]] if end < len(block) else []
    if kept:
        yield offset, b"".join(kept)


def count_lines(data: bytes) -> int:
    """Return how many line ends ``data`` holds."""
    numpy = loaded("numpy")  # which counts several times faster
    if numpy is None or len(data) < MANY:
        ends = data.count(b"\n")
    else:
        ends = int(numpy.count_nonzero(numpy.frombuffer(data, numpy.uint8) == ord("\n")))
    return ends if b"\r" not in data else ends + data.count(b"\r") - data.count(b"\r\n")


def check_utf8(part: Part, block: Block) -> None:
    """Raise the fault of a block that is no UTF-8; in a fraction of the time where Arrow is loaded."""
    if block.data.isascii():
        return
    arrow = loaded("pyarrow")
    if arrow is not None:
        bounds = array("q", (0, len(block.data)))
        buffers = [None, arrow.py_buffer(bounds), arrow.py_buffer(block.data)]
        with suppress(arrow.ArrowInvalid):  # and Python knows where
            arrow.Array.from_buffers(arrow.large_string(), 1, buffers).validate(full=True)
            return
    decode(part, block)


def decode(part: Part, block: Block) -> str:
    """Return the text of a block; bytes that are no UTF-8 are a fault with their line and offset."""
    try:
        return str(block.data, "utf-8")
    except UnicodeDecodeError as error:
        line = block.line + lines_before(part) + count_lines(block.data[: error.start])
        offset = block.offset + error.start
        raise faults.not_utf8(part.path, line, offset, block.data[error.start]) from None


def lines_before(part: Part) -> int:
    """Return how many lines stand before a part; read only when a fault needs the number."""
    if not part.start:
        return 0
    with open_file(part.path) as file:
        start = line_start(file, part.start)
        file.seek(0)
        lines = 0
        for _, data in _cut(file, 0, start, BLOCK):
            lines += count_lines(data)
        return lines
