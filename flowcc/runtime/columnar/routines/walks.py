"""The loops of a walk over a graph, which Numba compiles as C (see `numbering`).

The nodes that follow on node ``n`` are ``to[starts[n]]`` up to ``to[starts[n + 1]]``.
"""

from __future__ import annotations

from flowcc.runtime.columnar.routines.numbering import Bytes, Int32s, Int64s


def lay_out(count: int, nodes: int, sources: Int64s, targets: Int64s, starts: Int64s, to: Int32s) -> int:
    """Sort pairs by their source; ``starts`` has a place more than there are nodes, all 0."""
    for i in range(count):
        starts[sources[i]] += 1
    end = 0
    for node in range(nodes + 1):
        end += starts[node]
        starts[node] = end
    for i in range(count):
        at = starts[sources[i]] - 1
        starts[sources[i]] = at
        to[at] = targets[i]
    return count


def reach(count: int, queue: Int64s, seen: Bytes, starts: Int64s, to: Int32s) -> int:
    """Put every node that can be reached behind the first nodes of a queue, once; return how many there are."""
    at = 0
    while at < count:
        node = queue[at]
        at += 1
        for place in range(starts[node], starts[node + 1]):
            found = to[place]
            if seen[found] == 0:
                seen[found] = 1
                queue[count] = found
                count += 1
    return count
