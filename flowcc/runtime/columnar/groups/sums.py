"""One value a group, as arrays: sums that never wrap, sums in order, counts, the least, the greatest, any and all.

Each holds what Python's function gives for the items of each group so far, bit for bit; `seed` puts such values in.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import numpy as np

from flowcc.runtime.columnar.groups.keys import Library, address, with_room
from flowcc.runtime.columnar.routines import numbering
from flowcc.runtime.columns import Buffer, Columns
from flowcc.runtime.schema import BOOL, FLOAT64, INT64, Schema

EXACT = 1 << 53  # whole numbers up to here are floats
LEAST_INT, MOST_INT = -(2**63), 2**63 - 1


class Sums:
    """What all have in common."""

    needs: ClassVar[Sequence[Callable[..., int]]] = ()
    gives: Schema = INT64
    keeps_items: ClassVar[bool] = False  # whether Python's fold goes on from items, of which no one value says enough

    def takes(self, values: Buffer) -> bool:
        """Whether such values can be added."""
        return True

    def fold(self, ids: Buffer, column: Columns, known: int) -> None:
        """Add the values of items of groups, of which there are ``known``."""
        self.add(ids, column.buffers[0], known)

    def add(self, ids: Buffer, values: Buffer, known: int) -> None:
        """Add values that are numbers."""
        raise AssertionError("sums add")

    def seed(self, ids: Buffer, column: Columns, known: int) -> None:
        """Add one value for each group, which is of several items."""
        self.fold(ids, column, known)

    def parts(self, known: int) -> list[Sequence[Any]]:
        """Return for each group items of which Python's fold gives the same value, and goes on the same."""
        return [[value] for value in self.values(known)]

    def fails(self, known: int) -> Buffer | None:
        """Return which groups Python's function raises for, if any; it does so for those of their `parts`."""
        return None

    def values(self, known: int) -> list[Any]:
        """Return the value of each group."""
        buffer = self.buffer(known)
        assert buffer is not None
        found: list[Any] = buffer.tolist()
        return found

    def columns(self, known: int) -> Columns | None:
        """Return the values as a column, where all fit one."""
        buffer = self.buffer(known)
        return None if buffer is None else Columns(self.gives, (buffer,), known)

    def buffer(self, known: int) -> Buffer | None:
        """Return values that are numbers as an array, where all fit one."""
        raise AssertionError("sums have values")


class IntSums(Sums):
    """The sum of each group's integers, of any size."""

    needs = (numbering.add_ints,)

    def __init__(self, library: Library) -> None:
        self._add = library[numbering.add_ints]
        self._sums: Buffer = np.zeros(0, np.int64)
        self._carries: Buffer = np.zeros(0, np.int64)

    def add(self, ids: Buffer, values: Buffer, known: int) -> None:
        """Add integers or bools."""
        values = values if values.dtype == np.int64 else values.astype(np.int64)
        self._sums, self._carries = with_room(self._sums, known), with_room(self._carries, known)
        self._add(len(ids), *map(address, (ids, values, self._sums, self._carries)))

    def values(self, known: int) -> list[Any]:
        """Return the sum of each group."""
        given: list[Any] = self._sums[:known].tolist()
        for group in np.flatnonzero(self._carries[:known]).tolist():
            given[group] += int(self._carries[group]) << 64
        return given

    def buffer(self, known: int) -> Buffer | None:
        """Return the sums as an array, where all fit."""
        return None if self._carries[:known].any() else self._sums[:known]


class FloatSums(Sums):
    """The sum of each group's floats, added from left to right."""

    needs = (numbering.add_floats,)
    gives = FLOAT64

    def __init__(self, library: Library) -> None:
        self._add = library[numbering.add_floats]
        self._sums: Buffer = np.zeros(0)

    def add(self, ids: Buffer, values: Buffer, known: int) -> None:
        """Add floats."""
        self._sums = with_room(self._sums, known)
        self._add(len(ids), *map(address, (ids, values, self._sums)))

    def buffer(self, known: int) -> Buffer | None:
        """Return the sums."""
        return self._sums[:known]


class Sizes(Sums):
    """How many items each group has."""

    needs = (numbering.count_items,)

    def __init__(self, library: Library) -> None:
        self._count = library[numbering.count_items]
        self._counts: Buffer = np.zeros(0, np.int64)

    def add(self, ids: Buffer, values: Buffer, known: int) -> None:
        """Count items."""
        self._counts = with_room(self._counts, known)
        self._count(len(ids), address(ids), address(self._counts))

    def seed(self, ids: Buffer, column: Columns, known: int) -> None:
        """Set the counts of groups that have none yet."""
        self._counts = with_room(self._counts, known)
        self._counts[ids] = column.buffers[0]

    def parts(self, known: int) -> list[Sequence[Any]]:
        """Return for each group as many items as it has."""
        return [range(size) for size in self.values(known)]

    def buffer(self, known: int) -> Buffer | None:
        """Return the counts."""
        return self._counts[:known]


class FloatProducts(Sums):
    """The product of each group's floats, from left to right."""

    needs = (numbering.multiply_floats,)
    gives = FLOAT64

    def __init__(self, library: Library) -> None:
        self._multiply = library[numbering.multiply_floats]
        self._products: Buffer = np.zeros(0)

    def add(self, ids: Buffer, values: Buffer, known: int) -> None:
        """Multiply floats."""
        self._products = with_room(self._products, known, 1.0)
        self._multiply(len(ids), *map(address, (ids, values, self._products)))

    def buffer(self, known: int) -> Buffer | None:
        """Return the products."""
        return self._products[:known]


class IntExtremes(Sums):
    """The least or the greatest integer of each group."""

    routine: ClassVar[Callable[..., int]]
    beyond: int  # no integer of 64 bits is further from the wanted end

    def __init__(self, library: Library) -> None:
        self._run = library[type(self).routine]
        self._best: Buffer = np.zeros(0, np.int64)

    def add(self, ids: Buffer, values: Buffer, known: int) -> None:
        """Compare integers."""
        self._best = with_room(self._best, known, self.beyond)
        self._run(len(ids), *map(address, (ids, values, self._best)))

    def buffer(self, known: int) -> Buffer | None:
        """Return the best of each."""
        return self._best[:known]


class LeastInts(IntExtremes):
    """The least integer of each group."""

    needs = (numbering.least_ints,)
    routine = numbering.least_ints
    beyond = MOST_INT


class MostInts(IntExtremes):
    """The greatest integer of each group."""

    needs = (numbering.most_ints,)
    routine = numbering.most_ints
    beyond = LEAST_INT


class FloatExtremes(Sums):
    """The least or the greatest float of each group: of equal ones the first, and nan as Python compares it."""

    gives = FLOAT64
    routine: ClassVar[Callable[..., int]]

    def __init__(self, library: Library) -> None:
        self._run = library[type(self).routine]
        self._best: Buffer = np.zeros(0)
        self._seen: Buffer = np.zeros(0, np.uint8)

    def add(self, ids: Buffer, values: Buffer, known: int) -> None:
        """Compare floats."""
        self._best, self._seen = with_room(self._best, known), with_room(self._seen, known)
        self._run(len(ids), *map(address, (ids, values, self._best, self._seen)))

    def buffer(self, known: int) -> Buffer | None:
        """Return the best of each."""
        return self._best[:known]


class LeastFloats(FloatExtremes):
    """The least float of each group."""

    needs = (numbering.least_floats,)
    routine = numbering.least_floats


class MostFloats(FloatExtremes):
    """The greatest float of each group."""

    needs = (numbering.most_floats,)
    routine = numbering.most_floats


class Decisions(Sums):
    """Whether any, or all, of each group's items are true."""

    needs = (numbering.mark,)
    gives = BOOL
    decided_by = True

    def __init__(self, library: Library) -> None:
        self._mark = library[numbering.mark]
        self._marks: Buffer = np.zeros(0, np.uint8)

    def add(self, ids: Buffer, values: Buffer, known: int) -> None:
        """Look at items."""
        self._marks = with_room(self._marks, known)
        flags = values != 0 if self.decided_by else values == 0
        self._mark(len(ids), *map(address, (ids, flags, self._marks)))

    def buffer(self, known: int) -> Buffer | None:
        """Return the decisions."""
        found: Buffer = (self._marks[:known] != 0) == self.decided_by
        return found


class Alls(Decisions):
    """Whether all of each group's items are true."""

    decided_by = False
