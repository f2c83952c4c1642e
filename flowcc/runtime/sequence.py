"""The result of a call on columns: a read-only sequence of Python values that are made when they are read.

It answers as the list of these values would, and hands its columns to Arrow, NumPy, pandas and polars without making
them. Values are made some thousand at a time and are not kept. This module imports nothing heavy: whether an argument
is such a sequence is asked at every call.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from copy import deepcopy
from itertools import chain
from operator import index as as_index
from typing import TYPE_CHECKING, Any, NoReturn, SupportsIndex, overload

if TYPE_CHECKING:
    from flowcc.runtime.columns import Columns

FIRST, MOST = 256, 8192  # values made at once: few at first, for who reads only some
SHOWN, ENDS = 1000, 3  # items up to which `repr` shows all, and how many it shows of each end beyond
ONLY_LISTS = frozenset({"append", "clear", "extend", "insert", "pop", "remove", "sort"})
COLUMN_LIBRARIES = frozenset({"numpy", "pyarrow", "pandas", "polars"})


class ColumnSequence(Sequence[Any]):
    """Items held as columns, or as a list where they have none; never changed, and safe to read from several threads.

    Indices, slices, iteration, ``in``, ``index``, ``count``, ``+``, ``*`` and comparisons are those of the list of the
    items; a slice is a view that copies nothing. ``repr`` is the list's up to 1,000 items; beyond, it shows both ends
    and the number of items. ``list(result)`` is a list to change.
    """

    __slots__ = ("_at", "_held", "_nans")

    def __init__(self, held: Columns | list[Any], at: range | None = None, nans: dict[bytes, float] | None = None):
        self._held = held
        self._at = range(len(held)) if at is None else at
        self._nans: dict[bytes, float] = {} if nans is None else nans  # so that a nan read twice is the same object

    def batch(self, start: int = 0, stop: int | None = None) -> Columns | list[Any]:
        """Return the items from ``start`` to ``stop`` as a batch, which must not be changed."""
        at = self._at[start:stop]
        if at.step == 1:
            whole = len(at) == len(self._held)
            return self._held if whole else self._held[at.start : max(at.start, at.stop)]
        if isinstance(self._held, list):
            return [self._held[position] for position in at]
        import numpy as np  # columns are there, and so it is

        return self._held.take(np.arange(at.start, at.stop, at.step, dtype=np.int64))

    def _items(self, start: int, stop: int) -> list[Any]:
        batch = self.batch(start, stop)
        if isinstance(batch, list):
            return batch
        from flowcc.runtime.exports import items_of_columns

        return items_of_columns(batch, self._nans)

    def _pieces(self, start: int = 0, stop: int | None = None) -> Iterator[list[Any]]:
        stop, size = len(self) if stop is None else stop, FIRST
        while start < stop:
            yield self._items(start, min(start + size, stop))
            start, size = start + size, min(2 * size, MOST)

    def tolist(self) -> list[Any]:
        """Return the items as a new list."""
        return list(self)

    def copy(self) -> list[Any]:
        """Return the items as a new list, as the ``copy`` of a list does."""
        return list(self)

    def __len__(self) -> int:
        return len(self._at)

    @overload
    def __getitem__(self, index: SupportsIndex) -> Any: ...
    @overload
    def __getitem__(self, index: slice) -> ColumnSequence: ...
    def __getitem__(self, index: SupportsIndex | slice) -> Any:
        if isinstance(index, slice):
            return ColumnSequence(self._held, self._at[index], self._nans)
        at = as_index(index)
        at = at + len(self) if at < 0 else at
        if not 0 <= at < len(self):
            raise IndexError("list index out of range")
        return self._items(at, at + 1)[0]

    def __iter__(self) -> Iterator[Any]:
        return chain.from_iterable(self._pieces())

    def __reversed__(self) -> Iterator[Any]:
        return iter(self[::-1])

    def __contains__(self, value: object) -> bool:
        return any(value in piece for piece in self._pieces())

    def index(self, value: Any, start: SupportsIndex = 0, stop: SupportsIndex = sys.maxsize) -> int:
        """Return the first position of a value; ValueError if there is none."""
        at, end, _ = slice(as_index(start), as_index(stop)).indices(len(self))
        for piece in self._pieces(at, end):
            if value in piece:
                return at + piece.index(value)
            at += len(piece)
        raise ValueError(f"{value!r} is not in list")

    def count(self, value: Any) -> int:
        """Return how often a value is there."""
        return sum(piece.count(value) for piece in self._pieces())

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, list | ColumnSequence):
            return NotImplemented
        if len(other) != len(self):
            return False
        at = 0
        for piece in self._pieces():
            if piece != (other if len(other) == len(piece) else other[at : at + len(piece)]):
                return False
            at += len(piece)
        return True

    __hash__ = None  # type: ignore[assignment]  # as of every list

    def __lt__(self, other: Any) -> bool:
        return list(self) < list(other) if isinstance(other, list | ColumnSequence) else NotImplemented

    def __le__(self, other: Any) -> bool:
        return list(self) <= list(other) if isinstance(other, list | ColumnSequence) else NotImplemented

    def __gt__(self, other: Any) -> bool:
        return list(self) > list(other) if isinstance(other, list | ColumnSequence) else NotImplemented

    def __ge__(self, other: Any) -> bool:
        return list(self) >= list(other) if isinstance(other, list | ColumnSequence) else NotImplemented

    def __add__(self, other: Any) -> Any:
        if isinstance(other, list):
            return [*self, *other]
        if not isinstance(other, ColumnSequence):
            return NotImplemented
        from flowcc.runtime.results import joined

        return ColumnSequence(joined([part.batch() for part in (self, other) if len(part)]))

    def __radd__(self, other: Any) -> list[Any]:
        return [*other, *self] if isinstance(other, list) else NotImplemented

    def __mul__(self, times: SupportsIndex) -> list[Any]:
        return list(self) * times

    __rmul__ = __mul__

    def __repr__(self) -> str:
        if len(self) <= SHOWN:
            return repr(list(self))
        first, last = (", ".join(map(repr, part)) for part in (self[:ENDS], self[-ENDS:]))
        return f"[{first}, ..., {last}] ({len(self):,} items)"

    def __copy__(self) -> ColumnSequence:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> ColumnSequence:
        return ColumnSequence(deepcopy(self.batch(), memo)) if isinstance(self._held, list) else self

    def __reduce__(self) -> Any:
        return list, (list(self),)

    def __getattr__(self, name: str) -> NoReturn:
        if name in ONLY_LISTS:
            raise AttributeError(f"a result over columns is read-only: list(result) can {name}", name=name, obj=self)
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}", name=name, obj=self)

    def to_arrow(self) -> Any:
        """Return an Arrow array; of tuples and records a table (fields ``f0``, ``f1``, … of a tuple).

        Items that are of several types, or of one without columns, are what ``pyarrow.array`` makes of them.
        """
        from flowcc.runtime.exports import arrow_of

        return arrow_of(self.batch())

    def to_numpy(self) -> Any:
        """Return an array whose ``tolist()`` is the list of the items, records as tuples; numbers are read-only.

        Numbers are of their type, masked where they are None; tuples and records are a structured array; all else is an
        array of objects.
        """
        from flowcc.runtime.exports import numpy_of

        return numpy_of(self.batch())

    def to_pandas(self) -> Any:
        """Return a series; of tuples and records a frame. Numbers and bools with None among them are nullable."""
        from flowcc.runtime.exports import pandas_of

        return pandas_of(self.batch())

    def to_polars(self) -> Any:
        """Return a series; of tuples and records a frame."""
        import polars

        return polars.from_arrow(self.to_arrow())

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        """Return numbers as they are, tuples of one type of numbers as rows, and anything else as objects.

        Of a ``dtype`` it is what NumPy makes of the list. It is the caller's own unless ``copy`` is False.
        """
        from flowcc.runtime.exports import array_of

        return array_of(self.batch(), dtype, copy)

    def __arrow_c_schema__(self) -> Any:
        """Return the Arrow type of the items, or the schema of the table."""
        arrow = self.to_arrow()
        return (arrow.schema if hasattr(arrow, "schema") else arrow.type).__arrow_c_schema__()

    def __arrow_c_array__(self, requested_schema: Any = None) -> Any:
        """Return the items as one Arrow array or record batch."""
        from flowcc.runtime.exports import in_one_piece

        return in_one_piece(self.to_arrow()).__arrow_c_array__(requested_schema)

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        """Return the items as a stream of Arrow arrays or record batches."""
        from flowcc.runtime.exports import as_stream

        return as_stream(self.to_arrow()).__arrow_c_stream__(requested_schema)


def is_columns(argument: object) -> bool:
    """Tell whether an argument is of a library of columns, or the result of a call on such."""
    return type(argument) is ColumnSequence or type(argument).__module__.partition(".")[0] in COLUMN_LIBRARIES
