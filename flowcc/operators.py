"""What flowcc adds to Python's own functions over collections, with its plain meaning on lists.

Called by CPython these compute; in a compiled flow the compiler reads their names, and stages compute the same on
batches as they arrive. `tick`, `sample` and `feedback` belong to live flows and are not here.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import Any, Generic, TypeVar, overload

from flowcc.event_time import OpenSessions, OpenWindows, Session, Window

__all__ = [
    "Closings",
    "OpenSessions",
    "OpenWindows",
    "Session",
    "Timed",
    "Window",
    "dict_of",
    "fixpoint",
    "group",
    "merge",
    "scan",
    "sessions",
    "trust",
    "unordered",
    "windows",
]  # fmt: skip

T = TypeVar("T")
K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
S = TypeVar("S")
O = TypeVar("O")  # noqa: E741  # what a step gives out


class Closings(dict[K, V], Generic[K, V]):
    """Entries in the order they were closed. A key may have closed several times: looking it up gives the last.

    Iterating, ``len``, ``items``, ``keys`` and ``values`` tell of every closing.
    """

    def __init__(self, entries: Iterable[tuple[K, V]] = ()) -> None:
        self.entries = list(entries)
        super().__init__(self.entries)

    def __iter__(self) -> Iterator[K]:
        return iter([key for key, _ in self.entries])

    def __len__(self) -> int:
        return len(self.entries)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Closings):
            return self.entries == other.entries
        return len(self.entries) == dict.__len__(self) and dict.__eq__(self, other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = None  # as of every dict

    def __repr__(self) -> str:
        return f"Closings({self.entries!r})"

    def items(self) -> list[tuple[K, V]]:  # type: ignore[override]  # a dict's view cannot hold a key twice
        """Return (key, items) for every closing."""
        return list(self.entries)

    def keys(self) -> list[K]:  # type: ignore[override]  # as `items`
        """Return the key of every closing."""
        return [key for key, _ in self.entries]

    def values(self) -> list[V]:  # type: ignore[override]  # as `items`
        """Return the items of every closing."""
        return [value for _, value in self.entries]


def dict_of(entries: list[tuple[K, V]]) -> dict[K, V]:
    """Return entries as a dict; as `Closings` where a key comes more than once."""
    found = dict(entries)
    return found if len(found) == len(entries) else Closings(entries)


class Timed(dict[K, V], Generic[K, V, T]):
    """(window, key) → items in the order the windows closed; ``late`` holds the items that came after theirs had."""

    def __init__(self) -> None:
        super().__init__()
        self.late: list[T] = []


@overload
def group(
    xs: Iterable[tuple[K, V]], by: None = None, until: Callable[[list[V]], object] | None = None
) -> dict[K, list[V]]: ...
@overload
def group(
    xs: Iterable[T], by: Callable[[T], K], until: Callable[[list[T]], object] | None = None
) -> dict[K, list[T]]: ...
def group(
    xs: Iterable[Any], by: Callable[[Any], Any] | None = None, until: Callable[[list[Any]], object] | None = None
) -> dict[Any, list[Any]]:
    """Return key → items in order of first appearance; without ``by``, of (key, value) pairs, key → values.

    With ``until`` a key is closed, and given, as soon as ``until(its items)`` holds, and then begins anew; what never
    closes is not given. Where a key closes more than once the result is `Closings`. Raises TypeError for keys that
    cannot be hashed.
    """
    held: dict[Any, list[Any]] = {}
    closed = []
    for item in xs:
        key, value = item if by is None else (by(item), item)
        items = held.setdefault(key, [])
        items.append(value)
        if until is not None and until(items):
            closed.append((key, held.pop(key)))
    return held if until is None else dict_of(closed)


def scan(
    step: Callable[[S, T], tuple[S, O]], xs: Iterable[T], init: S, by: Callable[[T], Hashable] | None = None
) -> list[O]:
    """Return ``out`` of ``state, out = step(state, x)`` for each item in order; the state is ``init`` at first.

    With ``by`` there is one state for each key. A step returns the new state, and leaves the old one as it was.
    """
    states: dict[Hashable, S] = {}
    given = []
    for x in xs:
        key = None if by is None else by(x)
        states[key], out = step(states.get(key, init), x)
        given.append(out)
    return given


@overload
def windows(
    xs: Iterable[T], length: Any, time: Callable[[T], Any], every: Any = None, by: None = None, late: Any = 0
) -> Timed[tuple[Window, None], list[T], T]: ...
@overload
def windows(
    xs: Iterable[T], length: Any, time: Callable[[T], Any], every: Any = None, *, by: Callable[[T], K], late: Any = 0
) -> Timed[tuple[Window, K], list[T], T]: ...
def windows(
    xs: Iterable[Any],
    length: Any,
    time: Callable[[Any], Any],
    every: Any = None,
    by: Callable[[Any], Any] | None = None,
    late: Any = 0,
) -> Timed[Any, Any, Any]:
    """Return (window, key) → items, over windows of event time that start at multiples of ``every`` (or ``length``).

    ``length``, ``every`` and ``late`` have the unit of ``time(item)``; integers stay integers. The watermark is the
    largest time seen less ``late``. A window is given when the watermark reaches its end, those left at the end of
    ``xs``; in order of their ends, then of first appearance. An item whose windows have all been given is in ``late``
    of the result. Without ``by`` the key is None. Raises ValueError for a length or step that is not more than 0.
    """
    return _timed(xs, OpenWindows(length, every, late), time, by)


@overload
def sessions(
    xs: Iterable[T], gap: Any, time: Callable[[T], Any], by: None = None, late: Any = 0
) -> Timed[tuple[Session, None], list[T], T]: ...
@overload
def sessions(
    xs: Iterable[T], gap: Any, time: Callable[[T], Any], by: Callable[[T], K], late: Any = 0
) -> Timed[tuple[Session, K], list[T], T]: ...
def sessions(
    xs: Iterable[Any], gap: Any, time: Callable[[Any], Any], by: Callable[[Any], Any] | None = None, late: Any = 0
) -> Timed[Any, Any, Any]:
    """Return (session, key) → items, where a session of a key goes on until ``gap`` has passed without an item.

    Watermark, order and ``late`` are those of `windows`; a session ends ``gap`` after its last item. An item that
    falls between two open sessions within ``gap`` of both makes them one, its items in order of arrival.
    """
    return _timed(xs, OpenSessions(gap, late), time, by)


def _timed(
    xs: Iterable[Any], opened: OpenWindows | OpenSessions, time: Callable[[Any], Any], by: Callable[[Any], Any] | None
) -> Timed[Any, Any, Any]:
    result: Timed[Any, Any, Any] = Timed()
    for x in xs:
        in_time, closed = opened.add(x, time(x), None if by is None else by(x))
        result.update(closed)
        if not in_time:
            result.late.append(x)
    result.update(opened.close())
    return result


def fixpoint(step: Callable[[V], V], start: V) -> V:
    """Return the first of ``start``, ``step(start)``, ``step(step(start))``, … that ``step`` leaves equal to itself."""
    held = start
    while (after := step(held)) != held:
        held = after
    return held


def merge(*streams: Iterable[T]) -> list[T]:
    """Return the items of all streams, in any order. Plain Python: one stream after the other."""
    return [item for stream in streams for item in stream]


def unordered(xs: V) -> V:
    """Forget the order of ``xs``. Plain Python: ``xs``."""
    return xs


def trust(xs: V, *, ordered: bool = False, once: bool = False, because: str) -> V:
    """Claim what cannot be inferred of ``xs``: that it is in order, that each item comes once. Plain Python: ``xs``.

    ``because`` says why it holds; `check` lists it.
    """
    return xs
