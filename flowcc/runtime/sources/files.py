"""Files found by pattern and opened as streams of bytes, decompressed where they are gzip or zstd.

What the system says against it becomes a fault that names the file. Standard input is the file ``-``.
"""

from __future__ import annotations

import glob
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedIOBase
from typing import BinaryIO, Protocol, cast

from flowcc.runtime.sources import faults

STANDARD = "-"
MAGIC = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zstd"}
SUFFIXES = {".gz": "gzip", ".zst": "zstd"}


class Bytes(Protocol):
    """What a reader needs of a stream."""

    def read(self, size: int, /) -> bytes:
        """Return up to ``size`` bytes, none only at the end."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A file being read: ``size`` is known, and any offset can be sought, only when it is a plain file."""

    path: str
    stream: Bytes
    compression: str = ""
    size: int | None = None

    def read(self, size: int) -> bytes:
        """Return up to ``size`` bytes, none at the end; at least one otherwise."""
        try:
            return bytes(self.stream.read(size))
        except OSError as error:
            if self.compression and error.errno is None:
                raise faults.damaged(self.path, self.compression, _reason(error)) from None
            raise faults.unreadable(self.path, error) from None

    def seek(self, offset: int) -> None:
        """Go on reading at ``offset``; only where ``size`` is known."""
        assert self.size is not None
        self.stream.seek(offset)  # type: ignore[attr-defined]  # a stream with a size is a plain file


def find_files(pattern: str) -> list[str]:
    """Return the files that ``pattern`` names, sorted by name; a name that exists is taken as it stands."""
    if pattern == STANDARD or os.path.lexists(pattern):
        return [pattern]
    if not glob.has_magic(pattern):
        raise faults.missing_file(pattern)
    found = sorted(path for path in glob.glob(pattern, recursive=True) if not os.path.isdir(path))
    if not found:
        raise faults.nothing_matches(pattern)
    return found


def is_plain(path: str) -> bool:
    """Whether this is a regular file, uncompressed: one that can be read from any offset."""
    try:
        if path == STANDARD or not stat.S_ISREG(os.stat(path).st_mode):
            return False
        with open(path, "rb") as file:
            return not _compression(path, file.read(4))
    except OSError as error:
        raise _refusal(path, error) from None


def is_repeatable(path: str) -> bool:
    """Whether every member can read this for itself: a regular file, not a pipe."""
    return path != STANDARD and os.path.isfile(path)


@contextmanager
def open_file(path: str) -> Iterator[Opened]:
    """Open a file for reading bytes, through its decompression if it has one."""
    if path == STANDARD:
        yield _opened(path, sys.stdin.buffer, None)
        return
    try:
        file = open(path, "rb")  # noqa: SIM115  # closed by the `with` below, which a fault here must not reach
    except OSError as error:
        raise _refusal(path, error) from None
    with file:
        status = os.fstat(file.fileno())
        yield _opened(path, file, status.st_size if stat.S_ISREG(status.st_mode) else None)


def _opened(path: str, file: BinaryIO, size: int | None) -> Opened:
    """Look at the first bytes and put decompression in front where they ask for it."""
    try:
        first = file.read(4)
    except OSError as error:
        raise faults.unreadable(path, error) from None
    compression = _compression(path, first)
    if compression and not any(first.startswith(magic) for magic in MAGIC):
        why = "it is empty" if not first else f"it does not begin as {compression} does"
        raise faults.damaged(path, compression, why)
    whole = _Rejoined(first, cast(BufferedIOBase, file)) if size is None else file
    if size is not None:
        file.seek(0)
    if not compression:
        return Opened(path, whole, "", size)
    import pyarrow as pa

    return Opened(path, pa.CompressedInputStream(pa.PythonFile(whole, mode="r"), compression), compression)


class _Rejoined:
    """A stream that cannot seek, with the bytes that were looked at put back in front."""

    def __init__(self, first: bytes, rest: BufferedIOBase) -> None:
        self._first = first
        self._rest = rest
        self.closed = False

    def read(self, size: int = -1, /) -> bytes:
        if self._first:
            given, self._first = self._first, b""
            return given
        return self._rest.read1(size)  # `read` waits for all of ``size``, deaf to Ctrl-C between two parts

    def close(self) -> None:
        """Leave the stream beneath open: it is not ours."""
        self.closed = True


def _compression(path: str, first: bytes) -> str:
    for magic, kind in MAGIC.items():
        if first.startswith(magic):
            return kind
    return SUFFIXES.get(os.path.splitext(path)[1].lower(), "")


def _refusal(path: str, error: OSError) -> Exception:
    return faults.missing_file(path) if isinstance(error, FileNotFoundError) else faults.unreadable(path, error)


def _reason(error: OSError) -> str:
    text = str(error)
    return "it ends early" if "Truncated" in text else text
