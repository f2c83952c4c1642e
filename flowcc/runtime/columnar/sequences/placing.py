"""Which items of a batch are in which windows, and which windows are the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from flowcc.event_time import OpenSessions, OpenWindows
from flowcc.runtime.columnar.order.ordering import Codes, order_of
from flowcc.runtime.columns import Buffer, Columns
from flowcc.runtime.schema import FLOAT64, INT64, Scalar

LARGEST = {INT64: 1 << 60, FLOAT64: 1 << 50}  # times up to which NumPy and Python get the same numbers
WINDOWS_AT_MOST = 64  # that an item is in
ROUNDINGS = 2  # by which a quotient may be off, one at a time
Places = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]


def are_exact(times: Columns, opened: OpenWindows | OpenSessions) -> bool:
    """Whether times, and what is added to them, are whole numbers, or floats in which all whole numbers are exact."""
    largest = LARGEST.get(times.schema) if isinstance(times.schema, Scalar) else None
    if largest is None or not len(times):
        return False
    values = times.buffers[0]
    if not (values.max() <= largest and values.min() >= -largest):  # nan is neither
        return False
    lengths = (opened.length, opened.every) if isinstance(opened, OpenWindows) else (opened.gap,)
    kinds = (int,) if times.schema == INT64 else (int, float)
    told = [*lengths, opened.late, *([] if opened.watermark is None else [opened.watermark])]
    return all(type(value) in kinds and abs(value) <= largest for value in told)


def places_of(times: Buffer, opened: OpenWindows) -> Places | None:
    """Return items and the numbers of windows that they are in, item by item, and which items are late.

    Of an item's windows the first one comes first. None where there are too many, or quotients that do not settle.
    """
    length, every = opened.length, opened.every
    number = _numbers(times, every)
    if number is None:
        return None
    watermarks = np.maximum.accumulate(times) - opened.late
    if opened.watermark is not None:
        watermarks = np.maximum(watermarks, opened.watermark)
    rounds: list[tuple[Buffer, Buffer, Buffer]] = []
    while len(rounds) <= WINDOWS_AT_MOST:
        ends = (number + 1) * every if length == every else number * every + length
        holds = ends > times
        if not holds.any():
            break
        rounds.append((number, holds, ends > watermarks))
        if length == every:
            break
        number = number - 1
    else:
        return None
    return _flattened(rounds, len(times))


def _numbers(times: Buffer, every: Any) -> Buffer | None:
    """Return for each time the largest n for which ``n * every`` is not more, as whole numbers or floats."""
    if times.dtype == np.int64:
        whole: Buffer = times // every
        return whole
    number: Buffer = np.floor(times / every)
    if np.abs(number).max() > LARGEST[FLOAT64]:
        return None
    for _ in range(ROUNDINGS):
        number = number - (number * every > times)
        number = number + ((number + 1) * every <= times)
    settled = (number * every <= times) & ((number + 1) * every > times)
    return number if settled.all() else None


def _flattened(rounds: Sequence[tuple[Buffer, Buffer, Buffer]], items: int) -> Places:
    """Put together what the rounds found, last windows first, item by item, first windows first."""
    if not rounds:
        none = np.zeros(0, np.int64)
        return none, none, np.zeros(items, np.bool_)
    _, held, open_ = rounds[0]
    late: NDArray[np.bool_] = held & ~open_
    among = np.stack([(holds & in_time) for _, holds, in_time in reversed(rounds)], axis=1)
    numbers = np.stack([number for number, _, _ in reversed(rounds)], axis=1)
    return np.nonzero(among)[0], numbers[among].astype(np.int64), late


class Groups:
    """Items of the same codes, in order of first appearance; ``splits`` tells where items in order part even so."""

    def __init__(self, codes: Sequence[Codes], splits: Callable[[Any], Any] | None = None) -> None:
        self.order = order_of(codes)
        parts = [code[self.order] for code in codes]
        differs = np.logical_or.reduce([part[1:] != part[:-1] for part in parts])
        if splits is not None:
            differs = differs | splits(self.order)
        starts = np.flatnonzero(np.concatenate([[True], differs]))
        stops = np.append(starts[1:], len(self.order))
        turn = np.argsort(self.order[starts])
        self._starts, self._stops = starts[turn], stops[turn]

    def slices(self) -> Iterator[slice]:
        """Yield where each group is among the items in order."""
        return map(slice, self._starts.tolist(), self._stops.tolist())

    def sizes(self) -> NDArray[np.int64]:
        """Return how many items each group has."""
        sizes: NDArray[np.int64] = self._stops - self._starts
        return sizes

    def in_turn(self) -> NDArray[np.int64]:
        """Return the places of items, group by group."""
        sizes = self.sizes()
        within = np.arange(len(self.order)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        places: NDArray[np.int64] = self.order[np.repeat(self._starts, sizes) + within]
        return places

    def first_of(self, values: Buffer) -> list[Any]:
        """Return the value of the first item of each group."""
        found: list[Any] = values[self.order[self._starts]].tolist()
        return found

    def last_of(self, values: Buffer) -> list[Any]:
        """Return the value of the last item of each group."""
        found: list[Any] = values[self.order[self._stops - 1]].tolist()
        return found

    def firsts(self, at: NDArray[np.int64], keys: Columns | None) -> list[Any]:
        """Return the key of the first item of each group, which are the items ``at`` their places."""
        places = at[self.order[self._starts]]
        return [None] * len(places) if keys is None else keys.take(places).rows()
