"""Joins over columns give what the comprehension gives, wherever it is cut, whatever it asks, also when it raises."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flowcc import flow
from tests.columnar.over_columns import InColumns, cuts, ints, odd, texts
from tests.runtime.drive import outcome


class Sale(NamedTuple):
    article: int
    amount: int


class Price(NamedTuple):
    article: int
    price: int


@flow(jit="always")
def turnover(sales: list[Sale], prices: list[Price]) -> list[int]:
    return [s.amount * p.price for s in sales for p in prices if s.article == p.article]


@flow(jit="always")
def names(left: list[tuple[str, int]], right: list[tuple[str, str]]) -> list[tuple[int, str]]:
    return [(n, other) for name, n in left if n > -2 for key, other in right if name == key if n < 9 or other]


@flow(jit="always")
def shares(left: list[tuple[int, int]], right: list[tuple[int, int]]) -> list[int]:
    return [a[1] // b[1] for a in left for b in right if a[0] == b[0]]


@flow(jit="always")
def whole(left: list[int], right: list[int]) -> list[tuple[int, int]]:
    return [(a, b) for a in left for b in right if b == a]


@flow(jit="always")
def selected(left: list[int], right: list[int], most: list[int]) -> list[int]:
    top = max(most)
    return [a + b + top for a in left if a < top for b in right if b == a]


class Item(NamedTuple):
    k: int
    n: int
    f: float
    b: bool
    t: str


class Gap(NamedTuple):
    k: int | None
    t: str | None


@flow(jit="always")
def semi(xs: list[Item], ys: list[Item]) -> list[Item]:
    return [a for a in xs if any(a.k == b.k for b in ys)]


@flow(jit="always")
def anti(xs: list[Item], ys: list[Item]) -> list[int]:
    return [a.n for a in xs if a.n != 1 and not any(b.k == a.k and b.n // a.n for b in ys)]


@flow(jit="always")
def anti_all(xs: list[Item], ys: list[Item]) -> list[int]:
    return [a.n for a in xs if all(a.t != b.t or b.n > 1 for b in ys)]


@flow(jit="always")
def counted(xs: list[Item], ys: list[Item]) -> list[tuple[int, int, int]]:
    return [(a.k, len([b for b in ys if b.k == a.k]), sum(b.n * a.n for b in ys if b.k == a.k and b.b)) for a in xs]


@flow(jit="always")
def by_float(xs: list[Item], ys: list[Item]) -> list[tuple[float, float]]:
    return [(a.f, b.f) for a in xs for b in ys if a.f == b.f]


@flow(jit="always")
def int_by_float(xs: list[Item], ys: list[Item]) -> list[tuple[int, float]]:
    return [(a.k, b.f) for a in xs for b in ys if a.k == b.f]


@flow(jit="always")
def float_by_int(xs: list[Item], ys: list[Item]) -> list[tuple[float, int]]:
    return [(a.f, b.k) for a in xs for b in ys if b.k == a.f]


@flow(jit="always")
def bool_by_int(xs: list[Item], ys: list[Item]) -> list[tuple[bool, int]]:
    return [(a.b, b.k) for a in xs for b in ys if a.b == b.k]


@flow(jit="always")
def int_by_bool(xs: list[Item], ys: list[Item]) -> list[tuple[int, bool]]:
    return [(a.n, b.b) for a in xs for b in ys if b.b == a.n]


@flow(jit="always")
def by_two(xs: list[Item], ys: list[Item]) -> list[tuple[int, int]]:
    return [(a.n, b.k) for a in xs for b in ys if a.t == b.t and b.k == a.n if b.n < 3]


@flow(jit="always")
def by_tuple(xs: list[Item], ys: list[Item]) -> list[tuple[int, str]]:
    return [(a.k, b.t) for a in xs for b in ys if (a.t, a.b) == (b.t, b.n)]


@flow(jit="always")
def by_two_with_float(xs: list[Item], ys: list[Item]) -> list[int]:
    return [a.n + b.n for a in xs for b in ys if a.f == b.f and a.b == b.b]


@flow(jit="always")
def by_some(xs: list[Gap], ys: list[Gap]) -> list[tuple[str | None, str | None]]:
    return [(a.t, b.t) for a in xs for b in ys if a.k == b.k]


@flow(jit="always")
def by_some_text(xs: list[Gap], ys: list[Gap]) -> list[int]:
    return [1 if a.k is None or b.k is None else a.k // b.k for a in xs for b in ys if a.t == b.t and a.k == b.k]


@flow(jit="always")
def by_lost(xs: list[Item], ys: list[Gap]) -> list[tuple[int, str | None]]:
    return [(a.n, b.t) for a in xs for b in ys if a.k == b.k]


@flow(jit="always")
def taken_apart(xs: list[tuple[int, int]], ys: list[tuple[int, str]]) -> list[tuple[int, str]]:
    return [(n, t) for k, n in xs for j, t in ys if j == k]


@flow(jit="always")
def with_itself(xs: list[Item], ys: list[Item]) -> list[tuple[int, int, int]]:
    return [(a.k, b.n, c.n) for a in xs for b in xs if a.k == b.k and a.n < b.n for c in ys if c.t == b.t]


@flow(jit="always")
def shared(xs: list[Item], ys: list[Item]) -> tuple[list[Item], list[Item], int]:
    top = max([x.n for x in xs])
    some = [a for a in xs if any(b.k == a.k and b.n < a.n for b in ys)]
    return some, [a for a in some if all(a.t != b.t for b in ys)], sum(top for a in xs for b in ys if b.k + top == a.k)


@flow(jit="always")
def total(xs: list[Item], ys: list[Item]) -> int:
    return sum(a.n * b.n for a in xs for b in ys if a.k == b.k)


OF_ITEMS = [
    semi, anti, anti_all, counted, by_float, int_by_float, float_by_int, bool_by_int, int_by_bool, by_two, by_tuple,
    by_two_with_float, with_itself, total,
]  # fmt: skip
OF_GAPS = [by_some, by_some_text]


def agree(made: Any, *sides: InColumns) -> None:
    assert outcome(made, *sides) == outcome(made.plain, *(side.items for side in sides))


def ran(made: Any) -> list[object]:
    """What runs the kernels of a flow that has been called."""
    return [runner.describe()["runs"] for runner in made._signature._jit.runners.values()]


few = st.integers(0, 3)
keys = st.one_of(few, ints)


@given(data=st.data(), sizes=cuts, lists=st.integers(0, 3))
@settings(deadline=None, max_examples=80)
def test_joins(data: st.DataObject, sizes: list[int], lists: int) -> None:
    def side(item: Any) -> InColumns:
        return InColumns(data.draw(st.lists(item)), sizes, lists)

    agree(turnover, side(st.builds(Sale, keys, ints)), side(st.builds(Price, keys, keys)))
    words = st.sampled_from(["", "a", "ä", "abc"])
    agree(names, side(st.tuples(words, keys)), side(st.tuples(words, texts)))
    agree(shares, side(st.tuples(few, few)), side(st.tuples(few, few)))
    agree(whole, side(keys), side(keys))
    agree(selected, side(few), side(keys), InColumns(data.draw(st.lists(few, min_size=1)), sizes))


@given(left=st.lists(st.tuples(few, few)), right=st.lists(st.tuples(few, few)), others=st.lists(odd), sizes=cuts)
@settings(deadline=None, max_examples=40)
def test_other_items_are_joined_in_python(left: Any, right: Any, others: list[Any], sizes: list[int]) -> None:
    mixed = [*left, *((other, 1) for other in others if not isinstance(other, str)), *left]
    agree(shares, InColumns(mixed, sizes), InColumns(right, sizes))
    agree(shares, InColumns(left, sizes), InColumns([*right, *((other, 2) for other in others)], sizes))


def test_a_large_join_runs_compiled() -> None:
    sales = [Sale(n * 7 % 1000, n) for n in range(20_000)]
    prices = [Price(n % 900, n) for n in range(1_000)]
    agree(turnover, InColumns(sales, [9_000]), InColumns(prices, [9_000]))
    assert ran(turnover) == ["numba"]


@pytest.mark.parametrize("empty", [False, True])
def test_a_key_that_nothing_is_compared_with_may_fail(empty: bool) -> None:
    lost, found = [(0, 1, 2), (1,)], [] if empty else [(1, "a"), (2, "b")]
    agree(shares, InColumns([lost], [1]), InColumns(found, [1]))
    agree(taken_apart, InColumns(lost, [1]), InColumns(found, [1]))
    agree(taken_apart, InColumns(found, [1]), InColumns(lost, [1]))


def test_look_ups_are_shared() -> None:
    xs = [Item(n % 50, n % 3 + 2, n / 2, n % 2 == 0, str(n % 40)) for n in range(300)]
    agree(shared, InColumns(xs, [100]), InColumns(xs[::7], [100]))
    assert set(ran(shared)) == {"numba"}


few_floats = st.sampled_from([0.0, -0.0, 1.0, 2.0, 0.5, 1e300, 2.0**63, float("inf")])
few_texts = st.sampled_from(["", "a", "ä", "abc"])
items = st.builds(Item, few | ints, few, few_floats, st.booleans(), few_texts)
gaps = st.builds(Gap, st.none() | few, st.none() | few_texts)


@pytest.mark.parametrize("made", OF_ITEMS, ids=lambda made: made.__name__)
@given(xs=st.lists(items), ys=st.lists(items), sizes=cuts, lists=st.integers(0, 3))
@settings(deadline=None, max_examples=20)
def test_kinds_of_joins_and_of_keys(made: Any, xs: list[Item], ys: list[Item], sizes: list[int], lists: int) -> None:
    agree(made, InColumns(xs, sizes, lists), InColumns(ys, sizes, lists))


@pytest.mark.parametrize("made", OF_GAPS, ids=lambda made: made.__name__)
@given(xs=st.lists(gaps), ys=st.lists(gaps), sizes=cuts)
@settings(deadline=None, max_examples=20)
def test_none_equals_none(made: Any, xs: list[Gap], ys: list[Gap], sizes: list[int]) -> None:
    agree(made, InColumns(xs, sizes), InColumns(ys, sizes))


@pytest.mark.parametrize(
    "made",
    [*OF_ITEMS, *OF_GAPS, by_lost, taken_apart],
    ids=lambda made: made.__name__,
)
@pytest.mark.parametrize("repeated", [False, True])
def test_every_kind_runs_compiled(made: Any, repeated: bool) -> None:
    xs = [Item(n % 50, n % 3 + 2, n / 2, n % 2 == 0, str(n % 40)) for n in range(300)]
    ys = [Item(n % 30, n % 2, n / 4, n % 3 == 0, str(n)) for n in range(90 if repeated else 20)]
    if made in OF_GAPS:
        gaps = [[Gap(x.k or None, x.t if x.b else None) for x in side] for side in (xs, ys)]
        agree(made, *(InColumns(side, [100]) for side in gaps))
    elif made is by_lost:
        agree(made, InColumns(xs, [100]), InColumns([Gap(y.k or None, y.t) for y in ys], [100]))
    elif made is taken_apart:
        agree(made, InColumns([x[:2] for x in xs], [100]), InColumns([(y.k, y.t) for y in ys], [100]))
    else:
        agree(made, InColumns(xs, [100]), InColumns(ys, [100]))
    assert set(ran(made)) == {"numba"}
