"""The loop that puts items in order of their groups, which Numba compiles as C (see `numbering`)."""

from __future__ import annotations

from flowcc.runtime.columnar.routines.numbering import Int64s


def order_items(count: int, groups: int, ids: Int64s, starts: Int64s, order: Int64s) -> int:
    """Order items by group, and as they came within; ``starts`` has a place more than there are groups, all 0.

    The items of group ``g`` are then ``order[starts[g - 1]:starts[g]]``, those of the first from 0 on.
    """
    for i in range(count):
        starts[ids[i] + 1] += 1
    for group in range(groups):
        starts[group + 1] += starts[group]
    for i in range(count):
        place = starts[ids[i]]
        starts[ids[i]] = place + 1
        order[place] = i
    return count
