"""Event time: windows and sessions that are open, and when each closes.

The watermark is the largest time seen less ``late``: what is older is not expected any more. A window closes, and is
given once, when the watermark reaches its end. (The Dataflow Model, Akidau et al., VLDB 2015, without retractions.)
`operators` gives the plain meaning from this, and stages run it item by item.
"""

from __future__ import annotations

from collections.abc import Iterable
from heapq import heappop, heappush
from itertools import count
from math import floor
from typing import Any, NamedTuple, TypeAlias


class Window(NamedTuple):
    """A stretch of event time: from ``start`` up to, not including, ``end``."""

    start: Any
    end: Any


class Session(NamedTuple):
    """A stretch of event time without a gap: from the first item's time to the last one's plus the gap."""

    start: Any
    end: Any


NUMBERS = (int, float)
Entry: TypeAlias = tuple[tuple[Any, Any], list[Any]]


def windows_at(time: Any, length: Any, every: Any) -> list[Window]:
    """Return the windows of ``length`` that hold ``time``, first start first; one starts at each multiple of ``every``.

    Integers stay integers. Tumbling windows (``length == every``) meet exactly, also in floats: one ends at the number
    at which the next one starts. Between windows that leave gaps (``every > length``) there may be none.
    """
    number = _number_at(time, every)
    if length == every:
        return [window_of(number, length, every)]
    found = []
    while (window := window_of(number, length, every)).end > time:
        found.append(window)
        number -= 1
    return found[::-1]


def window_of(number: int, length: Any, every: Any) -> Window:
    """Return the window that starts at the ``number``-th multiple of ``every``."""
    start = number * every
    return Window(start, (number + 1) * every if length == every else start + length)


def _number_at(time: Any, every: Any) -> int:
    """Return the largest n for which ``n * every <= time``, where a division alone may round past it."""
    if isinstance(every, int) and isinstance(time, NUMBERS):
        return floor(time) // every
    number: int = floor(time / every)
    while number * every > time:
        number -= 1
    while (number + 1) * every <= time:
        number += 1
    return number


class OpenWindows:
    """Windows that have begun and not closed, with the items of each window and key."""

    __slots__ = ("_heap", "_held", "_numbers", "every", "late", "length", "watermark")

    def __init__(self, length: Any, every: Any = None, late: Any = 0) -> None:
        self.length = _positive("length", length)
        self.every = length if every is None else _positive("every", every)
        self.late = _not_negative("late", late)
        self._held: dict[tuple[Window, Any], list[Any]] = {}
        self._heap: list[tuple[Any, int, tuple[Window, Any]]] = []  # by end, then by first appearance
        self._numbers = count()
        self.watermark: Any = None

    def add(self, item: Any, time: Any, key: Any) -> tuple[bool, list[Entry]]:
        """Return whether ``item`` came before all its windows had closed, and what closes now."""
        windows = windows_at(time, self.length, self.every)
        watermark = self.watermark
        if watermark is None or time - self.late > watermark:
            self.watermark = watermark = time - self.late
        in_time = True
        for window in windows:
            in_time = window.end > watermark  # of the last one, which closes last
            if in_time:
                self._put((window, key), [item])
        if self._heap and self._heap[0][0] <= watermark:
            return in_time, self._pop_until(watermark)
        return in_time, []

    def close(self) -> list[Entry]:
        """Return everything open, in order of window end, then of first appearance."""
        return [(key, self._held.pop(key)) for _, _, key in _drain(self._heap)]

    def add_all(self, entries: Iterable[Entry], watermark: Any) -> list[Entry]:
        """Put items that came in time into their windows, in order of first appearance; return what closes with them.

        That is what adding one item after the other does: a window that closed on the way has got all its items.
        """
        for key, items in entries:
            self._put(key, items)
        self.watermark = watermark
        return self._pop_until(watermark)

    def _put(self, key: Any, items: list[Any]) -> None:
        held = self._held.get(key)
        if held is not None:
            held += items
            return
        self._held[key] = items
        heappush(self._heap, (key[0].end, next(self._numbers), key))

    def _pop_until(self, watermark: Any) -> list[Entry]:
        found = []
        while self._heap and self._heap[0][0] <= watermark:
            key = heappop(self._heap)[2]
            found.append((key, self._held.pop(key)))
        return found


class _Stay:
    """One open session of one key: when it began, when it would end, and its items with their numbers of arrival."""

    __slots__ = ("end", "first", "items", "key", "start")

    def __init__(self, start: Any, end: Any, key: Any, items: list[tuple[int, Any]]) -> None:
        self.start, self.end, self.key = start, end, key
        self.first = items[0][0]
        self.items = items

    def entry(self) -> Entry:
        """Return the session as it is given."""
        return (Session(self.start, self.end), self.key), [item for _, item in self.items]

    def absorb(self, other: _Stay) -> None:
        """Become the session that holds both; items in order of arrival."""
        self.start, self.end = min(self.start, other.start), max(self.end, other.end)
        if other.items[0][0] > self.items[-1][0]:
            self.items += other.items
        else:
            self.items = sorted(self.items + other.items, key=lambda pair: pair[0])
        self.first = self.items[0][0]


class OpenSessions:
    """Sessions that have begun and not closed. An item keeps its own open for ``gap``; those that overlap are one."""

    __slots__ = ("_arrivals", "_heap", "_open", "gap", "late", "watermark")

    def __init__(self, gap: Any, late: Any = 0) -> None:
        self.gap = _positive("gap", gap)
        self.late = _not_negative("late", late)
        self._open: dict[Any, list[_Stay]] = {}
        # By an end that may have moved on since and is then put right when met, one tuple a session.
        self._heap: list[tuple[Any, int, _Stay]] = []
        self._arrivals = count()
        self.watermark: Any = None

    def add(self, item: Any, time: Any, key: Any) -> tuple[bool, list[Entry]]:
        """Return whether ``item`` came before its session had closed, and what closes now."""
        reached, end = time - self.late, time + self.gap
        if reached != reached:
            raise ValueError(f"{time!r} is no time")
        watermark = self.watermark
        if watermark is None or reached > watermark:
            self.watermark = watermark = reached
        new = _Stay(time, end, key, [(next(self._arrivals), item)])
        stays = self._open.get(key, [])
        met = [stay for stay in stays if stay.start < end and time < stay.end]
        in_time = bool(met) or end > watermark
        if in_time:
            self._join(new, met)
        if self._heap and self._heap[0][0] <= watermark:
            return in_time, self._pop_until(watermark)
        return in_time, []

    def add_all(self, entries: Iterable[Entry], total: int, watermark: Any) -> list[Entry]:
        """Add ``total`` items that came in order of time, put together to stretches already; return what closes.

        Each entry has its items with their numbers among all of these, and they come in order of first appearance.
        """
        first = next(self._arrivals)
        self._arrivals = count(first + total)
        for ((start, end), key), items in entries:
            new = _Stay(start, end, key, [(first + number, item) for number, item in items])
            stays = self._open.get(key, [])
            self._join(new, [stay for stay in stays if stay.start < end and start < stay.end])
        self.watermark = watermark
        return self._pop_until(watermark)

    def close(self) -> list[Entry]:
        """Return everything open, in order of end, then of first appearance."""
        last = sorted(
            (stay for stays in self._open.values() for stay in stays), key=lambda stay: (stay.end, stay.first)
        )
        self._open.clear()
        self._heap.clear()
        return [stay.entry() for stay in last]

    def _join(self, new: _Stay, met: list[_Stay]) -> None:
        if not met:
            self._open.setdefault(new.key, []).append(new)
            heappush(self._heap, (new.end, new.first, new))
            return
        kept, *others = met
        for other in (*others, new):
            kept.absorb(other)
        for other in others:
            self._open[new.key].remove(other)

    def _pop_until(self, watermark: Any) -> list[Entry]:
        """Take the sessions that end by now off the heap; one that was absorbed is not among the open ones any more."""
        due: list[_Stay] = []
        while self._heap and self._heap[0][0] <= watermark:
            stay = heappop(self._heap)[2]
            stays = self._open.get(stay.key, [])
            if stay not in stays:
                continue
            if stay.end > watermark:
                heappush(self._heap, (stay.end, stay.first, stay))
                continue
            due.append(stay)
            stays.remove(stay)
            if not stays:
                del self._open[stay.key]
        return [stay.entry() for stay in sorted(due, key=lambda stay: (stay.end, stay.first))]


def _drain(heap: list[Any]) -> list[Any]:
    drained = sorted(heap, key=lambda entry: entry[:2])
    heap.clear()
    return drained


def _positive(name: str, value: Any) -> Any:
    if not value > 0:
        raise ValueError(f"{name} must be more than 0, not {value!r}")
    return value


def _not_negative(name: str, value: Any) -> Any:
    if not value >= 0:
        raise ValueError(f"{name} must not be negative, as {value!r} is")
    return value
