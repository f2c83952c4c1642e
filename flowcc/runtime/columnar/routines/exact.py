"""The loop that adds floats exactly, which Numba compiles as C (see `numbering`).

A group's sum is three floats of which none is lost when the next value comes: each addition's rounding error is added
to the next float. What even the third one cannot hold is given away, to be added by who holds it.
"""

from __future__ import annotations

from flowcc.runtime.columnar.routines.numbering import Float64s, Int64s

STATE = 6  # floats a group: three of the sum, how many items, the sum of what is not finite, and of the infinite ones


def add_exactly(
    count: int, ids: Int64s, values: Float64s, held: Float64s, left_of: Int64s, left: Float64s
) -> int:  # fmt: skip
    """Add to each group; return how many rounding errors were left over. Values are below 2 ** 970, or not finite."""
    lost = 0
    for i in range(count):
        at = ids[i] * STATE
        x = values[i]
        held[at + 3] += 1.0
        if x - x != 0.0:
            held[at + 4] += x
            if x == x:
                held[at + 5] += x
            continue
        for part in range(3):
            y = held[at + part]
            total = x + y
            of_y = total - x
            held[at + part] = total
            x = (x - (total - of_y)) + (y - of_y)
            if x == 0.0:
                break
        if x != 0.0:
            left_of[lost] = ids[i]
            left[lost] = x
            lost += 1
    return lost
