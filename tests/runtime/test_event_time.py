"""Windows and sessions: the plain operators against their definition, and stages against the plain operators."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowcc.operators import Session, Timed, Window, sessions, windows
from flowcc.runtime.local import run_here
from flowcc.runtime.stage import Stage
from tests.runtime.drive import Pieces, cuts, outcome

Click = tuple[float, str]
TIMES = st.one_of(st.integers(-20, 40), st.integers(-80, 160).map(lambda n: n / 4))
CLICKS = st.lists(st.tuples(TIMES, st.sampled_from("ab")), max_size=14)
LENGTHS = st.sampled_from([1, 3, 5, 7.5, 10])
LATE = st.sampled_from([0, 2, 7.5, 100])


def time_of(click: Click) -> float:
    return click[0]


def page_of(click: Click) -> str:
    return click[1]


def watermarks(clicks: list[Click], late: float) -> list[float]:
    """The watermark after each click."""
    return [max(time for time, _ in clicks[: number + 1]) - late for number in range(len(clicks))]


def closing_order(entries: dict[Any, list[tuple[int, Click]]], marks: list[float]) -> list[Any]:
    """Order entries by when they close, then by end, then by the first item."""

    def place(key: Any) -> tuple[int, float, int]:
        closed = [number for number, mark in enumerate(marks) if mark >= key[0].end]
        return (closed[0] if closed else len(marks), key[0].end, entries[key][0][0])

    return [(key, [click for _, click in entries[key]]) for key in sorted(entries, key=place)]


def windows_defined(clicks: list[Click], length: float, every: float, late: float) -> tuple[list[Any], list[Click]]:
    marks = watermarks(clicks, late)
    held: dict[Any, list[tuple[int, Click]]] = {}
    too_late = []
    for number, (time, page) in enumerate(clicks):
        starts = [n * every for n in range(-200, 200) if n * every <= time < n * every + length]
        still_open = [start for start in starts if start + length > marks[number]]
        for start in still_open:
            held.setdefault((Window(start, start + length), page), []).append((number, (time, page)))
        if starts and not still_open:
            too_late.append((time, page))
    return closing_order(held, marks), too_late


@given(CLICKS, LENGTHS, LENGTHS | st.none(), LATE)
def test_windows_as_defined(clicks: list[Click], length: float, every: float | None, late: float) -> None:
    result = windows(clicks, length, time_of, every, by=page_of, late=late)
    assert (list(result.items()), result.late) == windows_defined(clicks, length, every or length, late)


def sessions_defined(clicks: list[Click], gap: float, late: float) -> tuple[list[Any], list[Click]]:
    """Kept as the set of all items in time; sessions are what is left of them when split at gaps."""
    marks = watermarks(clicks, late)
    kept: list[tuple[int, Click]] = []
    closed: list[tuple[Any, list[Click]]] = []
    too_late = []

    def close(mark: float | None) -> None:
        due = [
            ((Session(run[0][1][0], run[-1][1][0] + gap), page), sorted(run))
            for page in "ab"
            for run in runs([entry for entry in kept if entry[1][1] == page], gap)
            if mark is None or run[-1][1][0] + gap <= mark
        ]
        for key, run in sorted(due, key=lambda pair: (pair[0][0].end, pair[1][0][0])):
            closed.append((key, [click for _, click in run]))
            for entry in run:
                kept.remove(entry)

    for number, (time, page) in enumerate(clicks):
        joins = any(abs(other - time) < gap for _, (other, name) in kept if name == page)
        if joins or time + gap > marks[number]:
            kept.append((number, (time, page)))
        else:
            too_late.append((time, page))
        close(marks[number])
    close(None)
    return closed, too_late


def runs(entries: list[tuple[int, Click]], gap: float) -> list[list[tuple[int, Click]]]:
    found: list[list[tuple[int, Click]]] = []
    for entry in sorted(entries, key=lambda entry: entry[1][0]):
        if found and entry[1][0] - found[-1][-1][1][0] < gap:
            found[-1].append(entry)
        else:
            found.append([entry])
    return found


@given(CLICKS, LENGTHS, LATE)
def test_sessions_as_defined(clicks: list[Click], gap: float, late: float) -> None:
    result = sessions(clicks, gap, time_of, by=page_of, late=late)
    assert (list(result.items()), result.late) == sessions_defined(clicks, gap, late)


@given(CLICKS, cuts, LENGTHS, LATE, st.booleans())
def test_stages_give_the_same(clicks: list[Click], sizes: list[int], length: float, late: float, keyed: bool) -> None:
    by: Callable[[Click], str] | None = page_of if keyed else None

    def wire(stage: Stage) -> None:
        xs = stage.source("xs", at=1)
        for name, size in (("windows", "length"), ("sessions", "gap")):
            arguments: dict[str, Any] = {size: length, "time": time_of, "by": by, "late": late}
            stage.result(stage.window(name, xs, at=2, **arguments), at=3, many=True)
            stage.result(stage.window(f"{name}.late", xs, at=2, **arguments), at=3, many=True)

    got = run_here(wire, {"xs": Pieces(clicks, sizes)}, flow="f", filename="f.py")
    plain: list[Timed[Any, Any, Any]]
    plain = [windows(clicks, length, time_of, by=by, late=late), sessions(clicks, length, time_of, by=by, late=late)]  # type: ignore[arg-type]
    assert [list(part) if isinstance(part, list) else list(part.items()) for part in got] == [
        part for result in plain for part in (list(result.items()), result.late)
    ]


@given(st.floats(-1e9, 1e9), st.sampled_from([0.1, 0.3, 1 / 3, 60.0, 1e-3]))
def test_tumbling_windows_hold_their_items_and_meet(time: float, length: float) -> None:
    (((window, _), held),) = windows([time], length, lambda t: t).items()
    assert held == [time]
    assert window.start <= time < window.end
    number = round(window.start / length)
    assert (window.start, window.end) == (number * length, (number + 1) * length)


def test_integers_stay_integers_however_large() -> None:
    (((window, key), _),) = windows([10**18 + 7], 10, lambda t: t).items()
    assert repr((window, key)) == "(Window(start=1000000000000000000, end=1000000000000000010), None)"


def test_an_item_between_windows_is_in_none_and_not_late() -> None:
    result = windows([7, 12], 5, lambda t: t, every=10)
    assert (dict(result), result.late) == ({(Window(10, 15), None): [12]}, [])


def test_a_late_item_may_bridge_two_sessions() -> None:
    result = sessions([0, 18, 9], 10, lambda t: t, late=10)
    assert list(result.items()) == [((Session(0, 28), None), [0, 18, 9])]


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: windows([], 0, time_of), "ValueError: length must be more than 0, not 0"),
        (lambda: windows([], 1, time_of, every=-1), "ValueError: every must be more than 0, not -1"),
        (lambda: sessions([], float("nan"), time_of), "ValueError: gap must be more than 0, not nan"),
        (lambda: sessions([], 1, time_of, late=-1), "ValueError: late must not be negative, as -1 is"),
        (lambda: sessions([(float("nan"), "a")], 1, time_of), "ValueError: nan is no time"),
        (lambda: windows([(float("nan"), "a")], 1.0, time_of), "ValueError: cannot convert float NaN to integer"),
    ],
)
def test_what_is_no_length_and_no_time(call: Callable[[], object], said: str) -> None:
    assert outcome(call) == said
