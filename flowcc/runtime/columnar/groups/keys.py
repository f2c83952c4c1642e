"""Groups by key: a number for each distinct key of a column, in order of first appearance.

Integers whose span is small have a table with a place for each; others, and texts, a hash table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Protocol, TypeAlias

import numpy as np

from flowcc.runtime.columnar.routines import numbering
from flowcc.runtime.columns import Buffer, Columns
from flowcc.runtime.schema import INT64, UTF8, Schema

Library: TypeAlias = Mapping[Callable[..., int], Callable[..., int]]

CHUNK = 1 << 14  # items that are numbered at a time, so that their numbers stay near
NEAR_AT_LEAST = 1 << 12  # a table of that many places is always worth it
NEAR_AT_MOST = 1 << 23
NEAR_PER_ITEM = 64
SMALLEST_INT = -(2**63)
NUMBERING: Mapping[Schema, Sequence[Callable[..., int]]] = {
    INT64: (numbering.number_near, numbering.number_ints, numbering.place_ints),
    UTF8: (numbering.number_texts, numbering.place_texts),
}
FINDING: Mapping[Schema, Sequence[Callable[..., int]]] = {
    INT64: (numbering.find_near, numbering.find_ints),
    UTF8: (numbering.find_texts,),
}


class Keys(Protocol):
    """What numbers groups by key."""

    known: int

    def number(self, keys: Columns) -> Buffer:
        """Return the group of each of at most `CHUNK` keys; new ones are added."""

    def find(self, keys: Columns) -> Buffer:
        """Return the group of each of at most `CHUNK` keys, -1 for those of none."""

    def columns(self) -> Columns:
        """Return the keys of all groups."""

    def buffers(self) -> tuple[Buffer, ...]:
        """Return what kernels find keys by (see `indices`), as long as no more are added."""


def keys_of(schema: Schema, library: Library, expected: int = 0) -> Keys:
    """Return an empty numbering of keys of a schema, which is one of `NUMBERING`, of so many items at least."""
    return IntKeys(library, expected) if schema == INT64 else TextKeys(library)


def chunks(*columns: Columns) -> Iterator[tuple[Columns, ...]]:
    """Cut columns of one length alike, into pieces of at most `CHUNK` items."""
    length = len(columns[0])
    if length <= CHUNK:
        yield columns
        return
    for start in range(0, length, CHUNK):
        yield tuple(column[start : start + CHUNK] for column in columns)


def address(buffer: Buffer) -> int:
    """Return where the values of an array lie."""
    return int(buffer.ctypes.data)


def with_room(buffer: Buffer, size: int, blank: Any = 0) -> Buffer:
    """Return an array of at least ``size`` values that begins as ``buffer``, with blanks behind."""
    if len(buffer) >= size:
        return buffer
    grown = np.full(max(size, 2 * len(buffer)), blank, buffer.dtype)
    grown[: len(buffer)] = buffer
    return grown


class IntKeys:
    """Numbers of groups of integers."""

    def __init__(self, library: Library, expected: int) -> None:
        self.known = 0
        self._library = library
        self._items = expected
        self._near = True
        self._low = 0
        self._bits = 0
        self._table: Buffer = np.zeros(0, np.int32)
        self._named: Buffer = np.zeros(0, np.int64)

    def number(self, keys: Columns) -> Buffer:
        """Return the group of each key."""
        values, count = keys.buffers[0], len(keys)
        ids = np.empty(count, np.int64)
        if not count:
            return ids
        self._items += count
        self._named = with_room(self._named, self.known + count)
        if self._near:
            self._near = self._reach(int(values.min()), int(values.max()))
        if self._near:
            run, told = self._library[numbering.number_near], self._low
        else:
            self._make_room(self.known + count)
            run, told = self._library[numbering.number_ints], self._bits
        buffers = map(address, (values, self._table, self._named, ids))
        self.known = run(count, self.known, told, *buffers)
        return ids

    def find(self, keys: Columns) -> Buffer:
        """Return the group of each key, or -1."""
        values, count = keys.buffers[0], len(keys)
        ids = np.empty(count, np.int64)
        if not self.known:
            ids.fill(-1)
        elif self._near:
            run = self._library[numbering.find_near]
            run(count, self._low, len(self._table), address(values), address(self._table), address(ids))
        else:
            run = self._library[numbering.find_ints]
            run(count, self._bits, *map(address, (values, self._table, self._named, ids)))
        return ids

    def columns(self) -> Columns:
        """Return the keys of all groups."""
        return Columns(INT64, (self._named[: self.known],), self.known)

    def buffers(self) -> tuple[Buffer, ...]:
        """Return a head (known, near, low, slots or bits), the slots and the keys."""
        size = len(self._table) if self._near else self._bits
        return np.array([self.known, self._near, self._low, size], np.int64), self._table, self._named

    def _reach(self, least: int, most: int) -> bool:
        """Make the table have a place for every key in between; whether that is worth it."""
        low, high = self._low, self._low + len(self._table)
        if low <= least and most < high:
            return True
        slack = 0
        if len(self._table):  # it grows by half at least, so that it seldom does
            least, most = min(low, least), max(high - 1, most)
            slack = (most - least) // 4
        span = most - least + 1
        if span > min(max(NEAR_AT_LEAST, NEAR_PER_ITEM * self._items), NEAR_AT_MOST):
            self._bits, self._table = 0, np.zeros(0, np.int32)
            return False
        low = max(least - slack, SMALLEST_INT)
        self._table = np.full(min(span + 2 * slack, 2**63 - low), -1, np.int32)
        self._table[self._named[: self.known] - low] = np.arange(self.known, dtype=np.int32)
        self._low = low
        return True

    def _make_room(self, keys: int) -> None:
        if keys <= 0.6 * len(self._table):
            return
        self._bits = max(10, (2 * keys - 1).bit_length())
        self._table = np.full(1 << self._bits, -1, np.int32)
        place = self._library[numbering.place_ints]
        place(self.known, self._bits, address(self._named), address(self._table))


class TextKeys:
    """Numbers of groups of texts, which lie one behind the other in one arena."""

    def __init__(self, library: Library) -> None:
        self.known = 0
        self._library = library
        self._bits = 0
        self._table: Buffer = np.zeros(0, np.int64)
        self._hashes: Buffer = np.zeros(0, np.int64)
        self._ends: Buffer = np.zeros(1, np.int64)
        self._arena: Buffer = np.zeros(0, np.uint8)

    def number(self, keys: Columns) -> Buffer:
        """Return the group of each key."""
        offsets, data = keys.buffers
        count = len(keys)
        ids = np.empty(count, np.int64)
        self._hashes = with_room(self._hashes, self.known + count)
        self._ends = with_room(self._ends, self.known + count + 1)
        self._arena = with_room(self._arena, int(self._ends[self.known] + offsets[-1] - offsets[0]) + numbering.SLACK)
        self._make_room(self.known + count)
        run = self._library[numbering.number_texts]
        buffers = (offsets, data, self._table, self._hashes, self._ends, self._arena, ids)
        self.known = run(count, self.known, self._bits, *map(address, buffers))
        return ids

    def find(self, keys: Columns) -> Buffer:
        """Return the group of each key, or -1."""
        ids = np.empty(len(keys), np.int64)
        if not self.known:
            ids.fill(-1)
            return ids
        buffers = (*keys.buffers, self._table, self._ends, self._arena, ids)
        self._library[numbering.find_texts](len(keys), self._bits, *map(address, buffers))
        return ids

    def columns(self) -> Columns:
        """Return the keys of all groups."""
        ends = self._ends[: self.known + 1]
        return Columns(UTF8, (ends, self._arena[: ends[-1]]), self.known)

    def buffers(self) -> tuple[Buffer, ...]:
        """Return a head (known, bits), the slots, the ends and the bytes."""
        return np.array([self.known, self._bits], np.int64), self._table, self._ends, self._arena

    def _make_room(self, keys: int) -> None:
        if keys <= 0.6 * len(self._table):
            return
        self._bits = max(10, (2 * keys - 1).bit_length())
        self._table = np.zeros(1 << self._bits, np.int64)
        place = self._library[numbering.place_texts]
        place(self.known, self._bits, address(self._hashes), address(self._table))
