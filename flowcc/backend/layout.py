"""Where the nodes of a graph are drawn: rows by distance from the start, one lane a place.

A small form of layered drawing (Sugiyama, Tagawa and Toda, 1981): longest-path rows, bends where an edge passes a
row, and a few sweeps that order each row of a lane by the middle of its neighbours.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

SWEEPS = 8


@dataclass(frozen=True, slots=True)
class Layout:
    """For each node and bend its row and where in its lane it is; for each edge the bends that it passes."""

    rows: Mapping[str, int]
    cells: Mapping[tuple[int, str], Sequence[str]]  # (row, lane) → nodes and bends from left to right
    bends: Sequence[Sequence[str]]


def lay_out(lanes: Mapping[str, str], edges: Sequence[tuple[str, str]]) -> Layout:
    """Place nodes (each with its lane, in an order in which edges point onwards) and the edges between them."""
    rows = _rows(lanes, edges)
    where = dict(lanes)
    bends: list[list[str]] = []
    chains: list[list[str]] = []
    for source, target in edges:
        lane = lanes[target]
        passed = [f"{source}:{lane}:{row}" for row in range(rows[source] + 1, rows[target])]  # shared by a wire's edges
        where.update(dict.fromkeys(passed, lane))
        rows |= {bend: rows[source] + 1 + step for step, bend in enumerate(passed)}
        bends.append(passed)
        chains.append([source, *passed, target])
    return Layout(rows, _ordered(rows, where, chains), bends)


def _rows(nodes: Mapping[str, str], edges: Sequence[tuple[str, str]]) -> dict[str, int]:
    """Return the length of the longest way to each node; what nothing leads to stands just above its first reader."""
    before: dict[str, list[str]] = {node: [] for node in nodes}
    after: dict[str, list[str]] = {node: [] for node in nodes}
    for source, target in edges:
        before[target].append(source)
        after[source].append(target)
    rows: dict[str, int] = {}
    waiting = list(nodes)
    while waiting:
        ready = [node for node in waiting if all(each in rows for each in before[node])]
        assert ready, "a graph of a flow has no cycle"
        rows |= {node: max((rows[each] + 1 for each in before[node]), default=0) for node in ready}
        waiting = [node for node in waiting if node not in rows]
    first_reader = {node: min((rows[each] for each in after[node]), default=1) for node in nodes}
    return {node: row if before[node] else max(first_reader[node] - 1, 0) for node, row in rows.items()}


def _ordered(rows: Mapping[str, int], lanes: Mapping[str, str], chains: Sequence[Sequence[str]]
             ) -> dict[tuple[int, str], list[str]]:  # fmt: skip
    cells: dict[tuple[int, str], list[str]] = {}
    for point, row in rows.items():
        cells.setdefault((row, lanes[point]), []).append(point)
    neighbours: dict[str, list[str]] = {point: [] for point in rows}
    for first, second in dict.fromkeys(pair for chain in chains for pair in pairwise(chain)):
        neighbours[first].append(second)
        neighbours[second].append(first)
    columns = {lane: number for number, lane in enumerate(dict.fromkeys(lanes.values()))}
    for _ in range(SWEEPS):
        middles = {
            point: columns[lane] + (number + 0.5) / len(points)
            for (_, lane), points in cells.items()
            for number, point in enumerate(points)
        }
        for cell in cells.values():
            cell.sort(key=lambda point: _middle([middles[each] for each in neighbours[point]], middles[point]))
    return cells


def _middle(positions: Sequence[float], alone: float) -> float:
    return sum(positions) / len(positions) if positions else alone
