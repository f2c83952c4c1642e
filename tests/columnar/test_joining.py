"""Joins over columns give what the comprehension gives, wherever it is cut, whatever it asks, also when it raises."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flowcc import flow
from flowcc.runtime.columnar.joining import field_of
from flowcc.runtime.columns import columns_of
from flowcc.runtime.schema import schema_of_annotation
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


def agree(made: Any, *sides: InColumns) -> None:
    assert outcome(made, *sides) == outcome(made.plain, *(side.items for side in sides))


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
    notes = turnover._signature._jit.notes.values()
    assert [note["runs"] for note in notes if note["operator"] == "join"] == ["numba"]


@pytest.mark.parametrize(
    ("key", "field"),
    [
        (lambda sale: sale.amount, 1),
        (lambda sale: sale[0], 0),
        (lambda sale: sale, -1),
        (lambda sale: sale[2], None),
        (lambda sale: sale.amount + 1, None),
        (lambda sale: sale.count, None),
        (len, None),
    ],
)
def test_a_key_that_is_a_field_is_told_by_its_code(key: Any, field: int | None) -> None:
    schema = schema_of_annotation(Sale)
    assert schema is not None
    assert columns_of([Sale(1, 2)], schema) is not None
    assert field_of(key, schema) == field
