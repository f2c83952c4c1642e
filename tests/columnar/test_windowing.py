"""Windows and sessions of columns are those that Python makes item by item: late items, order of closing and all."""

from __future__ import annotations

from operator import itemgetter
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flowcc.backend.kernels.hot import Hot
from flowcc.operators import sessions, windows
from flowcc.runtime.stage import Stage
from tests.columnar.over_columns import InColumns, cuts, ints, odd, run
from tests.runtime.drive import outcome


class Click(NamedTuple):
    at: Any
    page: Any


TIMES = {
    "near": st.integers(-20, 40),
    "quarters": st.integers(-80, 160).map(lambda n: n / 4),
    "tenths": st.integers(-80, 160).map(lambda n: n / 10),
    "far": ints,
    "odd": st.sampled_from([0.0, -0.0, float("inf"), float("nan"), 1e15, 5e-324]),
}
PAGES = st.sampled_from(
    [st.sampled_from(["a", "b", "ä"]), st.integers(0, 2), st.sampled_from([0.0, -0.0, 1.0]), st.none()]
)
LENGTHS = st.sampled_from([1, 3, 5, 7.5, 0.1, 10, 2**61])
LATE = st.sampled_from([0, 2, 7.5, 100])
BY: list[Any] = [None, lambda click: click.page, lambda click: (click.page, 1), itemgetter(1)]


def time_of(click: Click) -> Any:
    return click.at


def agree(function: str, given_: dict[str, Any], clicks: list[Any], sizes: list[int], lists: int) -> Any:
    def wire(stage: Stage) -> None:
        xs = stage.source("xs", at=1)
        closed = stage.window(function, xs, at=2, time=time_of, **given_)
        late = stage.window(f"{function}.late", xs, at=3, time=time_of, **given_)
        stage.result(closed, late, many=True, at=5)

    def plain(items: list[Any]) -> Any:
        named = {"by": given_.get("by"), "late": given_["late"]}
        if function == "windows":
            made = windows(items, given_["length"], time_of, given_["every"], **named)
        else:
            made = sessions(items, given_["gap"], time_of, **named)
        return dict(made), made.late

    jit = Hot("always")
    assert outcome(run, wire, {"xs": InColumns(clicks, sizes, lists)}, jit) == outcome(plain, clicks)
    return jit


def listed(clicks: list[Any], data: st.DataObject) -> list[Any]:
    """Clicks in order of time, or nearly, or not at all."""
    order = data.draw(st.sampled_from([0, 1, 30]))
    return sorted(clicks, key=lambda click: click.at + (hash(click.at) % 7) * order) if order < 30 else clicks


@pytest.mark.parametrize("by", BY)
@given(
    data=st.data(), kind=st.sampled_from(sorted(TIMES)), length=LENGTHS, every=LENGTHS | st.none(), late=LATE,
    sizes=cuts, lists=st.integers(0, 3),
)  # fmt: skip
@settings(deadline=None, max_examples=60)
def test_windows(
    by: Any, data: st.DataObject, kind: str, length: Any, every: Any, late: Any, sizes: list[int], lists: int
) -> None:
    clicks = data.draw(st.lists(st.builds(Click, TIMES[kind], data.draw(PAGES)), max_size=20))
    if every is not None and length / every > 100:
        every = length  # there would be very many windows
    given_ = {"length": length, "every": every, "late": late} | ({} if by is None else {"by": by})
    agree("windows", given_, clicks if kind == "odd" else listed(clicks, data), sizes, lists)


@pytest.mark.parametrize("by", BY)
@given(data=st.data(), kind=st.sampled_from(sorted(TIMES)), gap=LENGTHS, late=LATE, sizes=cuts, lists=st.integers(0, 3))
@settings(deadline=None, max_examples=60)
def test_sessions(by: Any, data: st.DataObject, kind: str, gap: Any, late: Any, sizes: list[int], lists: int) -> None:
    clicks = data.draw(st.lists(st.builds(Click, TIMES[kind], data.draw(PAGES)), max_size=20))
    given_ = {"gap": gap, "late": late} | ({} if by is None else {"by": by})
    agree("sessions", given_, clicks if kind == "odd" else listed(clicks, data), sizes, lists)


@given(
    clicks=st.lists(st.builds(Click, TIMES["near"], st.integers(0, 1))), others=st.lists(odd, min_size=1), sizes=cuts
)
@settings(deadline=None, max_examples=40)
def test_other_items_in_between(clicks: list[Any], others: list[Any], sizes: list[int]) -> None:
    mixed = [*clicks, *(Click(other, 0) for other in others if other == other), *clicks]
    agree("windows", {"length": 5, "every": None, "late": 1}, mixed, sizes, 0)
    agree("sessions", {"gap": 5, "late": 1}, mixed, sizes, 0)


@pytest.mark.parametrize("function", ["windows", "sessions"])
def test_many_run_over_columns(function: str) -> None:
    random = np.random.default_rng(2)
    clicks = [Click(n // 20, f"page {m}") for n, m in enumerate(random.integers(0, 30, 5000).tolist())]
    given_ = {"length": 10, "every": 4} if function == "windows" else {"gap": 3}
    jit = agree(function, {**given_, "late": 0, "by": lambda click: click.page}, clicks, [2000], 0)
    assert {note["runs"] for note in jit.notes.values()} == {"numba"}
