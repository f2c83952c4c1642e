"""A far larger right side is made smaller by what the left asks for, and the result stays what it was."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flowcc import flow
from flowcc.runtime.operators import build_side
from flowcc.runtime.operators.build_side import asked_for, keys_asked
from flowcc.runtime.operators.by_key import ByKey
from tests.columnar.over_columns import InColumns, cuts, odd
from tests.columnar.test_joining import Item, anti, by_some, by_tuple, by_two, gaps, items, semi, with_itself
from tests.runtime.drive import outcome


@flow
def plainly(xs: list[Any], ys: list[Any]) -> list[Any]:
    return [(a, b) for a in xs if a for b in ys if b[0] == a]


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build_side, "LARGE", 2)
    monkeypatch.setattr(build_side, "FEWER", 1)


@pytest.mark.parametrize("made", [semi, anti, by_two, by_tuple, with_itself], ids=lambda made: made.__name__)
@given(xs=st.lists(items, max_size=3), ys=st.lists(items, min_size=3), sizes=cuts, lists=st.integers(0, 3))
@settings(deadline=None, max_examples=20)
def test_joins_with_few(made: Any, xs: list[Item], ys: list[Item], sizes: list[int], lists: int) -> None:
    sides = InColumns(xs, sizes, lists), InColumns(ys, sizes, lists)
    assert outcome(made, *sides) == outcome(made.plain, xs, ys)


@given(xs=st.lists(gaps, max_size=3), ys=st.lists(gaps, min_size=3), sizes=cuts)
@settings(deadline=None, max_examples=20)
def test_none_is_asked_for(xs: list[Any], ys: list[Any], sizes: list[int]) -> None:
    assert outcome(by_some, InColumns(xs, sizes), InColumns(ys, sizes)) == outcome(by_some.plain, xs, ys)


keys = st.one_of(odd, st.integers(0, 2), st.just([1]), st.just(True))


@given(xs=st.lists(keys, max_size=3), ys=st.lists(st.tuples(keys, st.integers()) | st.just(()), min_size=3))
@settings(deadline=None)
def test_keys_of_any_kind(xs: list[Any], ys: list[Any]) -> None:
    assert outcome(plainly, xs, ys) == outcome(plainly.plain, xs, ys)


def kernel(items: list[int], ys_with: Any, top: int) -> list[int]:
    return [a + b for a in items for b in ys_with(a % 3) if b % 3 == a % 3 if b < top]


def of_more(items: list[int], ys_with: Any) -> list[int]:
    return [a for a in items for c in range(a) for b in ys_with(a + c) if b == a + c]


def bound_again(items: list[int], ys_with: Any) -> list[int]:
    return [a for a in items for a in range(a) for b in ys_with(a) if b == a]


def test_only_what_the_left_asks_for_goes_into_the_table() -> None:
    side = ByKey([list(range(60))], lambda b: b % 3, None)
    kept, top = asked_for(kernel, [side, 50], [[1, 4], [7]])
    assert (kept.count, top) == (20, 50)
    assert kernel([1, 4, 7], kept.value, 50) == kernel([1, 4, 7], side.value, 50)
    assert asked_for(kernel, [side, 50], [list(range(100))]) == [side, 50]


@pytest.mark.parametrize("other", [of_more, bound_again, len, lambda items, ys: [x for x in items for y in ys(x)]])
def test_keys_that_depend_on_more_than_the_item(other: Any) -> None:
    assert keys_asked(other, 1) is None
