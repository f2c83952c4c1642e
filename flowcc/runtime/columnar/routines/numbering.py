"""The loops that operators run over arrays: plain functions of whole numbers and arrays, which Numba compiles as C.

Nothing here allocates: who calls makes room for all that one call may add. A group's number is the order in which its
key first appeared. Hash tables are open addressing with linear probing over powers of two of slots.
Parameters say by their annotations what they are in C.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np

Int64s: TypeAlias = Any
Int32s: TypeAlias = Any
Float64s: TypeAlias = Any
Bytes: TypeAlias = Any

whole: Any = np.int64  # a number of C, of which Numba makes its own
PHI = np.uint64(0x9E3779B97F4A7C15)
HALF = np.uint64(32)
NUMBER = np.uint64(0xFFFFFFFF)
EVERY = np.uint64(0xFFFFFFFFFFFFFFFF)
SLACK = 8  # bytes of room behind the texts of an arena


def number_near(count: int, known: int, low: int, keys: Int64s, table: Int32s, named: Int64s, ids: Int64s) -> int:
    """Number the groups of integer keys by a table with a place for each key from ``low`` on."""
    for i in range(count):
        key = keys[i]
        group = whole(table[key - low])
        if group < 0:
            group = known
            table[key - low] = group
            named[group] = key
            known += 1
        ids[i] = group
    return known


def number_ints(count: int, known: int, bits: int, keys: Int64s, table: Int32s, named: Int64s, ids: Int64s) -> int:
    """Number the groups of integer keys by a hash table of ``2 ** bits`` slots; -1 is an empty one."""
    mask, shift = (1 << bits) - 1, np.uint64(64 - bits)
    for i in range(count):
        key = keys[i]
        at = whole((np.uint64(key) * PHI) >> shift)
        group = whole(table[at])
        while group >= 0 and named[group] != key:
            at = (at + 1) & mask
            group = whole(table[at])
        if group < 0:
            group = known
            table[at] = group
            named[group] = key
            known += 1
        ids[i] = group
    return known


def place_ints(count: int, bits: int, named: Int64s, table: Int32s) -> int:
    """Put the keys of all groups into an empty hash table."""
    mask, shift = (1 << bits) - 1, np.uint64(64 - bits)
    for group in range(count):
        at = whole((np.uint64(named[group]) * PHI) >> shift)
        while table[at] >= 0:
            at = (at + 1) & mask
        table[at] = group
    return count


def find_near(count: int, low: int, size: int, keys: Int64s, table: Int32s, ids: Int64s) -> int:
    """Find the groups of integer keys in a table with a place for each; -1 for what is in none."""
    found = 0
    for i in range(count):
        key = keys[i]
        at = np.uint64(key) - np.uint64(low)  # very large for what is below
        group = whole(table[whole(at)]) if at < np.uint64(size) else -1
        ids[i] = group
        found += whole(group >= 0)
    return found


def find_ints(count: int, bits: int, keys: Int64s, table: Int32s, named: Int64s, ids: Int64s) -> int:
    """Find the groups of integer keys in a hash table; -1 for what is in none."""
    mask, shift = (1 << bits) - 1, np.uint64(64 - bits)
    found = 0
    for i in range(count):
        key = keys[i]
        at = whole((np.uint64(key) * PHI) >> shift)
        group = whole(table[at])
        while group >= 0 and named[group] != key:
            at = (at + 1) & mask
            group = whole(table[at])
        ids[i] = group
        found += whole(group >= 0)
    return found


def eight_bytes(data: Bytes, at: int) -> Any:
    """Return eight bytes as one number, the first lowest; compiled to one load."""
    return (
        np.uint64(data[at]) | (np.uint64(data[at + 1]) << np.uint64(8))
        | (np.uint64(data[at + 2]) << np.uint64(16)) | (np.uint64(data[at + 3]) << np.uint64(24))
        | (np.uint64(data[at + 4]) << np.uint64(32)) | (np.uint64(data[at + 5]) << np.uint64(40))
        | (np.uint64(data[at + 6]) << np.uint64(48)) | (np.uint64(data[at + 7]) << np.uint64(56))
    )  # fmt: skip


def few_bytes(data: Bytes, at: int, stop: int, limit: int) -> Any:
    """Return one to eight bytes as one number; bytes up to ``limit`` may be read along."""
    if at + 8 <= limit:
        return eight_bytes(data, at) & (EVERY >> np.uint64(64 - 8 * (stop - at)))
    number = shift = np.uint64(0)
    while at < stop:
        number |= np.uint64(data[at]) << shift
        shift += np.uint64(8)
        at += 1
    return number


def hash_bytes(data: Bytes, start: int, stop: int, limit: int) -> Any:
    """Return 64 bits that depend on all bytes, mixed eight at a time; bytes up to ``limit`` may be read along."""
    h = np.uint64(stop - start) * PHI
    at = start
    while at + 8 < stop:
        h = (h ^ eight_bytes(data, at)) * PHI
        h ^= h >> HALF
        at += 8
    if at < stop:
        h = (h ^ few_bytes(data, at, stop, limit)) * PHI
    return (h ^ (h >> HALF)) * PHI


def same_bytes(a: Bytes, start: int, limit: int, b: Bytes, begin: int, length: int) -> bool:
    """Tell whether so many bytes are equal; of ``a`` bytes up to ``limit`` may be read along, of ``b`` `SLACK` more."""
    j = 0
    while j + 8 < length:
        if eight_bytes(a, start + j) != eight_bytes(b, begin + j):
            return False
        j += 8
    if j == length:
        return True
    rest = few_bytes(a, start + j, start + length, limit)
    return rest == few_bytes(b, begin + j, begin + length, begin + length + SLACK)  # type: ignore[no-any-return]


def number_texts(
    count: int, known: int, bits: int, offsets: Int64s, data: Bytes,
    table: Int64s, hashes: Int64s, ends: Int64s, arena: Bytes, ids: Int64s,
) -> int:  # fmt: skip
    """Number the groups of texts; new ones go into the arena, the n-th from ``ends[n]`` to ``ends[n + 1]``.

    A slot of the table is 0 when empty, else half a hash above a group's number plus one.
    """
    mask = (1 << bits) - 1
    for i in range(count):  # first all hashes, so that the next loop waits for many slots at a time
        ids[i] = whole(hash_bytes(data, offsets[i], offsets[i + 1], offsets[count]))
    for i in range(count):
        start, h = offsets[i], np.uint64(ids[i])
        length = offsets[i + 1] - start
        at = whole((h >> np.uint64(20)) & np.uint64(mask))
        group = -1
        while True:
            slot = np.uint64(table[at])
            if slot == np.uint64(0):
                break
            if (slot >> HALF) == (h >> HALF):
                seen = whole(slot & NUMBER) - 1
                begin = ends[seen]
                if ends[seen + 1] - begin == length and same_bytes(data, start, offsets[count], arena, begin, length):
                    group = seen
                    break
            at = (at + 1) & mask
        if group < 0:
            group = known
            known += 1
            table[at] = whole(((h >> HALF) << HALF) | np.uint64(known))
            hashes[group] = whole(h)
            begin = ends[group]
            for j in range(length):
                arena[begin + j] = data[start + j]
            ends[known] = begin + length
        ids[i] = group
    return known


def place_texts(count: int, bits: int, hashes: Int64s, table: Int64s) -> int:
    """Put all groups of texts into an empty table."""
    mask = (1 << bits) - 1
    for group in range(count):
        h = np.uint64(hashes[group])
        at = whole((h >> np.uint64(20)) & np.uint64(mask))
        while table[at] != 0:
            at = (at + 1) & mask
        table[at] = whole(((h >> HALF) << HALF) | np.uint64(group + 1))
    return count


def find_texts(
    count: int, bits: int, offsets: Int64s, data: Bytes, table: Int64s, ends: Int64s, arena: Bytes, ids: Int64s
) -> int:
    """Find the groups of texts; -1 for what is in none."""
    mask = (1 << bits) - 1
    found = 0
    for i in range(count):  # first all hashes, so that the next loop waits for many slots at a time
        ids[i] = whole(hash_bytes(data, offsets[i], offsets[i + 1], offsets[count]))
    for i in range(count):
        start, h = offsets[i], np.uint64(ids[i])
        length = offsets[i + 1] - start
        at = whole((h >> np.uint64(20)) & np.uint64(mask))
        group = -1
        while True:
            slot = np.uint64(table[at])
            if slot == np.uint64(0):
                break
            if (slot >> HALF) == (h >> HALF):
                seen = whole(slot & NUMBER) - 1
                begin = ends[seen]
                if ends[seen + 1] - begin == length and same_bytes(data, start, offsets[count], arena, begin, length):
                    group = seen
                    break
            at = (at + 1) & mask
        ids[i] = group
        found += whole(group >= 0)
    return found


def count_items(count: int, ids: Int64s, counts: Int64s) -> int:
    """Count the items of each group."""
    for i in range(count):
        counts[ids[i]] += 1
    return count


def add_ints(count: int, ids: Int64s, values: Int64s, sums: Int64s, carries: Int64s) -> int:
    """Add to each group's sum, which is ``sums + carries * 2 ** 64``."""
    for i in range(count):
        group, value = ids[i], values[i]
        held = sums[group]
        total = whole(np.uint64(held) + np.uint64(value))
        sums[group] = total
        if ((held ^ total) & (value ^ total)) < 0:
            carries[group] += 1 if value > 0 else -1
    return count


def add_floats(count: int, ids: Int64s, values: Float64s, sums: Float64s) -> int:
    """Add to each group's sum, in the order of the items."""
    for i in range(count):
        sums[ids[i]] += values[i]
    return count


def multiply_floats(count: int, ids: Int64s, values: Float64s, products: Float64s) -> int:
    """Multiply each group's product, in the order of the items."""
    for i in range(count):
        products[ids[i]] *= values[i]
    return count


def least_ints(count: int, ids: Int64s, values: Int64s, best: Int64s) -> int:
    """Keep the least of each group."""
    for i in range(count):
        if values[i] < best[ids[i]]:
            best[ids[i]] = values[i]
    return count


def most_ints(count: int, ids: Int64s, values: Int64s, best: Int64s) -> int:
    """Keep the greatest of each group."""
    for i in range(count):
        if values[i] > best[ids[i]]:
            best[ids[i]] = values[i]
    return count


def least_floats(count: int, ids: Int64s, values: Float64s, best: Float64s, seen: Bytes) -> int:
    """Keep the first of each group that no later one is less than."""
    for i in range(count):
        group = ids[i]
        if seen[group] == 0 or values[i] < best[group]:
            best[group] = values[i]
            seen[group] = 1
    return count


def most_floats(count: int, ids: Int64s, values: Float64s, best: Float64s, seen: Bytes) -> int:
    """Keep the first of each group that no later one is greater than."""
    for i in range(count):
        group = ids[i]
        if seen[group] == 0 or values[i] > best[group]:
            best[group] = values[i]
            seen[group] = 1
    return count


def mark(count: int, ids: Int64s, flags: Bytes, marks: Bytes) -> int:
    """Mark each group that has a flagged item."""
    for i in range(count):
        marks[ids[i]] |= flags[i]
    return count
