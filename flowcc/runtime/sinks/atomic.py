"""A file that is there whole or not at all: written beside its name, synced, and renamed when complete.

What is no regular file (a device, a pipe) is written as it comes. Standard output is the file ``-``.
"""

from __future__ import annotations

import os
import secrets
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import BinaryIO

from flowcc.runtime.sources import faults
from flowcc.runtime.sources.files import STANDARD, SUFFIXES


@contextmanager
def open_whole(path: str) -> Iterator[BinaryIO]:
    """Give a file to write to; on leaving without an exception it stands under ``path``, else nothing new does.

    A name that ends in ``.gz`` or ``.zst`` is written compressed. Raises FlowError (F518) for what the system refuses.
    """
    try:
        with _opened(path) as file, _compressed(path, file) as written:
            yield written
    except BrokenPipeError:
        raise  # whoever read has gone: not a fault of the file
    except OSError as error:
        raise faults.unwritable(path, error) from None


def check_target(path: str) -> None:
    """Raise the fault of a path that cannot be written, before a run; nothing is created."""
    if path == STANDARD or _is_special(path):
        return
    target = os.path.realpath(path)
    folder = os.path.dirname(target)
    if os.path.isdir(target):
        raise faults.unwritable(path, _error(IsADirectoryError))
    if not os.path.isdir(folder):
        raise faults.unwritable(path, _error(FileNotFoundError if not os.path.exists(folder) else NotADirectoryError))
    if not os.access(folder, os.W_OK | os.X_OK):
        raise faults.unwritable(path, _error(PermissionError))


def _error(kind: type[OSError]) -> OSError:
    import errno

    numbers = {
        IsADirectoryError: errno.EISDIR,
        FileNotFoundError: errno.ENOENT,
        NotADirectoryError: errno.ENOTDIR,
        PermissionError: errno.EACCES,
    }
    return OSError(numbers[kind], os.strerror(numbers[kind]))


@contextmanager
def _opened(path: str) -> Iterator[BinaryIO]:
    if path == STANDARD:
        sys.stdout.flush()
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
    elif _is_special(path):
        with open(path, "wb") as file:
            yield file
    else:
        with _renamed_when_complete(os.path.realpath(path)) as file:
            yield file


@contextmanager
def _renamed_when_complete(target: str) -> Iterator[BinaryIO]:
    if os.path.isdir(target):
        raise _error(IsADirectoryError)
    folder, name = os.path.split(target)
    part = os.path.join(folder, f".{name[:60]}.{secrets.token_hex(6)}.part")
    number = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
    try:
        with open(number, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, target)
    except BaseException:
        with suppress(FileNotFoundError):
            os.unlink(part)
        raise
    _sync_folder(folder)


def _sync_folder(folder: str) -> None:
    """Make the new name itself survive a crash of the machine, where the system can."""
    number = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):  # some network file systems refuse to sync a folder
            os.fsync(number)
    finally:
        os.close(number)


@contextmanager
def _compressed(path: str, file: BinaryIO) -> Iterator[BinaryIO]:
    kind = SUFFIXES.get(os.path.splitext(path)[1].lower())
    if kind is None or path == STANDARD:
        yield file
        return
    import pyarrow as pa

    with pa.CompressedOutputStream(pa.PythonFile(_Kept(file), mode="w"), kind) as compressed:
        yield compressed


class _Kept:
    """A file whose owner closes it: Arrow closes what it writes to, and this must be synced first."""

    def __init__(self, file: BinaryIO) -> None:
        self.write = file.write
        self.flush = file.flush
        self.closed = False

    def close(self) -> None:
        """Mark as closed only."""
        self.closed = True


def _is_special(path: str) -> bool:
    try:
        mode = os.stat(path).st_mode
    except OSError:
        return False
    return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))
