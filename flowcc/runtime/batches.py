"""Batches: how many items travel together, and how arguments are cut into them.

A batch is a list of Python objects or columns (`columns.Columns`, known here only by what it can do).
A batch is never changed once pushed: the caller's own list travels as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
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


class Folded:
    """Items that a kernel has folded already, into ``value``; whoever wants more than that gets them made.

    Only for the step of a fold by that function, which may still ask for the items: what it holds may be no number.
    """

    __slots__ = ("_count", "_make", "value")

    def __init__(self, value: Any, count: int, make: Callable[[], list[Any]]) -> None:
        self.value, self._count, self._make = value, count, make

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, index: slice) -> Folded:
        assert index == slice(None)
        return self

    @property
    def nbytes(self) -> int:
        """The bytes of the value."""
        return 8

    def rows(self) -> list[Any]:
        """Make the items."""
        return self._make()


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
