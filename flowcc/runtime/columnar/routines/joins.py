"""The loops of joins over arrays: plain functions of whole numbers and arrays, as in `numbering`."""

from __future__ import annotations

from typing import Any, TypeAlias

Int64s: TypeAlias = Any
Int32s: TypeAlias = Any


def place_rows(count: int, low: int, keys: Int64s, slots: Int32s) -> int:
    """Put each item at the place of its key in an empty table; return how many, up to the first key that is there."""
    for i in range(count):
        at = keys[i] - low
        if slots[at] >= 0:
            return i
        slots[at] = i
    return count


def order_groups(count: int, groups: int, ids: Int64s, starts: Int64s, order: Int64s) -> int:
    """Put the items of each group side by side, in their order: those of group g from ``starts[g]`` on.

    ``starts`` has two places more than there are groups, all 0.
    """
    for i in range(count):
        starts[ids[i] + 2] += 1
    for group in range(2, groups + 2):
        starts[group] += starts[group - 1]
    for i in range(count):
        at = starts[ids[i] + 1]
        order[at] = i
        starts[ids[i] + 1] = at + 1
    return count
