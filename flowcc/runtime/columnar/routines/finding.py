"""How a kernel finds one key in an index (see `indices`): its number, or -1. Numba compiles this into kernels."""

from __future__ import annotations

from typing import Any

import numpy as np

from flowcc.runtime.columnar.routines.numbering import (
    HALF,
    NUMBER,
    PHI,
    Bytes,
    Int32s,
    Int64s,
    hash_bytes,
    same_bytes,
    whole,
)


def int_among_ints(head: Int64s, slots: Int32s, named: Int64s, key: int) -> Any:
    """Return the number of a whole number."""
    if head[1] != 0:
        at = np.uint64(key) - np.uint64(head[2])  # what is below becomes very large
        return whole(slots[whole(at)]) if at < np.uint64(head[3]) else whole(-1)
    mask, shift = (1 << head[3]) - 1, np.uint64(64 - head[3])
    at_slot = whole((np.uint64(key) * PHI) >> shift)
    group = whole(slots[at_slot])
    while group >= 0 and named[group] != key:
        at_slot = (at_slot + 1) & mask
        group = whole(slots[at_slot])
    return group


def float_among_ints(head: Int64s, slots: Int32s, named: Int64s, key: float) -> Any:
    """Return the number of a float among whole numbers: of the one that it equals."""
    if key >= -9223372036854775808.0 and key < 9223372036854775808.0 and np.floor(key) == key:
        return int_among_ints(head, slots, named, whole(key))
    return whole(-1)


def float_among_floats(head: Int64s, slots: Int32s, named: Int64s, key: float) -> Any:
    """Return the number of a float among floats, which are there as their bits, 0.0 for -0.0."""
    bits: Any = np.float64(key + 0.0).view(np.int64)
    return int_among_ints(head, slots, named, bits)


def int_among_floats(head: Int64s, slots: Int32s, named: Int64s, key: int) -> Any:
    """Return the number of a whole number among floats: of the one that it equals."""
    near = np.float64(key)
    if near < 9223372036854775808.0 and whole(near) == key:
        return float_among_floats(head, slots, named, near)
    return whole(-1)


def text_among_texts(
    head: Int64s, slots: Int64s, ends: Int64s, arena: Bytes, data: Bytes, start: int, stop: int
) -> Any:
    """Return the number of a text."""
    group = whole(-1)
    if head[0] > 0:
        mask, h, length = (1 << head[1]) - 1, hash_bytes(data, start, stop, stop), stop - start
        at = whole((h >> np.uint64(20)) & np.uint64(mask))
        slot = np.uint64(slots[at])
        while slot != np.uint64(0):
            seen = whole(slot & NUMBER) - 1
            begin = ends[seen]
            if (
                (slot >> HALF) == (h >> HALF)
                and ends[seen + 1] - begin == length
                and same_bytes(data, start, stop, arena, begin, length)
            ):
                group = seen
                break
            at = (at + 1) & mask
            slot = np.uint64(slots[at])
    return group
