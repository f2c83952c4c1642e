"""Batches: how many items travel together, and how arguments are cut into them.

A batch is a list of Python objects or columns (`columns.Columns`, known here only by what it can do).
A batch is never changed once pushed: the caller's own list travels as it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any, Protocol, TypeAlias

WHOLE = 4096  # a list up to this long is one batch, not copied
BATCH = 8192  # items a batch cut from anything longer
COLUMNS = 1 << 20  # bytes a batch of columns: they stay in a processor's cache, and are worth a thread
FIRST = 256  # items in the first batch pulled from an iterator, so that slow ones flow; then doubling up to BATCH


class Columnar(Protocol):
    """A batch held as columns."""

    @property
    def nbytes(self) -> int:
        """The bytes that the items take."""

    def __len__(self) -> int: ...
    def __getitem__(self, index: slice, /) -> Columnar: ...

    def rows(self) -> list[Any]:
        """Return the items as Python objects."""


Batch: TypeAlias = list[Any] | Columnar


def rows(batch: Batch) -> list[Any]:
    """Return the items of a batch as a list, which must not be changed."""
    return batch if isinstance(batch, list) else batch.rows()


def slices(batch: Batch) -> Iterator[Batch]:
    """Cut a batch of any length into batches; a short one, even an empty one, stays as it is."""
    if len(batch) <= WHOLE:
        yield batch
        return
    size = BATCH if isinstance(batch, list) else max(WHOLE, COLUMNS * len(batch) // max(batch.nbytes, 1))
    for start in range(0, len(batch), size):
        yield batch[start : start + size]


def pulls(iterator: Iterator[Any]) -> Iterator[list[Any]]:
    """Pull batches from an iterator, each only when it is asked for."""
    size = FIRST
    while batch := list(islice(iterator, size)):
        yield batch
        size = min(2 * size, BATCH)
