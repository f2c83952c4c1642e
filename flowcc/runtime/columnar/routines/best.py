"""The loops that find which item, or which text, of each group is the best; Numba compiles them as C (see `numbering`).

What is best of a group says ``seen``; ``at`` is the number of the item, counted from ``base`` on. Texts are numbered:
the n-th lies in the arena from ``ends[n]`` to ``ends[n + 1]``, and ``best`` is its number plus one, 0 for none.
"""

from __future__ import annotations

from flowcc.runtime.columnar.routines.numbering import Bytes, Float64s, Int64s


def least_ints_at(count: int, base: int, ids: Int64s, keys: Int64s, best: Int64s, seen: Bytes, at: Int64s) -> int:
    """Find the first item of the least integer of each group."""
    for i in range(count):
        group = ids[i]
        if seen[group] == 0 or keys[i] < best[group]:
            best[group] = keys[i]
            seen[group] = 1
            at[group] = base + i
    return count


def most_ints_at(count: int, base: int, ids: Int64s, keys: Int64s, best: Int64s, seen: Bytes, at: Int64s) -> int:
    """Find the first item of the greatest integer of each group."""
    for i in range(count):
        group = ids[i]
        if seen[group] == 0 or keys[i] > best[group]:
            best[group] = keys[i]
            seen[group] = 1
            at[group] = base + i
    return count


def least_floats_at(count: int, base: int, ids: Int64s, keys: Float64s, best: Float64s, seen: Bytes, at: Int64s) -> int:
    """Find the first item of each group that no later one is less than."""
    for i in range(count):
        group = ids[i]
        if seen[group] == 0 or keys[i] < best[group]:
            best[group] = keys[i]
            seen[group] = 1
            at[group] = base + i
    return count


def most_floats_at(count: int, base: int, ids: Int64s, keys: Float64s, best: Float64s, seen: Bytes, at: Int64s) -> int:
    """Find the first item of each group that no later one is greater than."""
    for i in range(count):
        group = ids[i]
        if seen[group] == 0 or keys[i] > best[group]:
            best[group] = keys[i]
            seen[group] = 1
            at[group] = base + i
    return count


def is_less(arena: Bytes, start: int, stop: int, begin: int, end: int) -> bool:
    """Tell whether the first text is less than the second: UTF-8 is in the order of characters."""
    length = min(stop - start, end - begin)
    for i in range(length):
        if arena[start + i] != arena[begin + i]:
            return bool(arena[start + i] < arena[begin + i])
    return stop - start < end - begin


def least_texts(count: int, ids: Int64s, texts: Int64s, ends: Int64s, arena: Bytes, best: Int64s) -> int:
    """Find the least text of each group."""
    for i in range(count):
        text, held = texts[i], best[ids[i]] - 1
        if held < 0 or is_less(arena, ends[text], ends[text + 1], ends[held], ends[held + 1]):
            best[ids[i]] = text + 1
    return count


def most_texts(count: int, ids: Int64s, texts: Int64s, ends: Int64s, arena: Bytes, best: Int64s) -> int:
    """Find the greatest text of each group."""
    for i in range(count):
        text, held = texts[i], best[ids[i]] - 1
        if held < 0 or is_less(arena, ends[held], ends[held + 1], ends[text], ends[text + 1]):
            best[ids[i]] = text + 1
    return count
