"""Dicts, Counters and sets that stay columns between operators are the plain function's wherever they are read."""

from __future__ import annotations

from collections import Counter
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flowcc import Batch, flow, group
from flowcc.runtime.columnar.groups.held import Held
from flowcc.runtime.stage import Stage
from tests.columnar.over_columns import EDGE_FLOATS, InColumns, agree, cuts, floats, ints, odd, run, texts
from tests.runtime.drive import outcome

keys = st.sampled_from([ints, texts, st.integers(-3, 3)])
values = st.sampled_from([ints, floats, texts, st.booleans(), st.one_of(st.none(), ints), st.tuples(ints, texts)])


def made_dict(stage: Stage) -> None:
    stage.result(stage.fold("dict", stage.source("xs", at=1), at=2), at=3)


def parts(stage: Stage) -> None:
    held = stage.fold("dict", stage.source("xs", at=1), at=2)
    stage.result(
        held, *(stage.entries(part, held, at=3) for part in ("iter", "keys", "values", "items")), many=True, at=4
    )


def ordered_set(stage: Stage) -> None:
    held = stage.fold("set", stage.source("xs", at=1), at=2)
    stage.result(held, stage.entries("iter", held, at=3), many=True, at=4)


@given(data=st.data(), sizes=cuts, lists=st.integers(0, 3))
@settings(deadline=None, max_examples=60)
@pytest.mark.parametrize("wire", [made_dict, parts])
def test_dicts(wire: Any, data: st.DataObject, sizes: list[int], lists: int) -> None:
    pairs = data.draw(st.lists(st.tuples(data.draw(keys), data.draw(values)), max_size=20))
    agree(wire, {"xs": InColumns(pairs, sizes, lists)})


@given(data=st.data(), others=st.lists(st.one_of(odd, st.tuples(odd, odd)), min_size=1), sizes=cuts)
@settings(deadline=None, max_examples=40)
def test_what_is_no_pair_of_columns_hands_over(data: st.DataObject, others: list[Any], sizes: list[int]) -> None:
    pairs = st.lists(st.tuples(data.draw(keys), data.draw(values)), max_size=8)
    agree(made_dict, {"xs": InColumns([*data.draw(pairs), *others, *data.draw(pairs)], sizes)})


@given(data=st.data(), sizes=cuts)
@settings(deadline=None, max_examples=60)
def test_a_set_is_gone_over_in_its_own_order(data: st.DataObject, sizes: list[int]) -> None:
    agree(ordered_set, {"xs": InColumns(data.draw(st.lists(data.draw(keys))), sizes)})


def test_a_large_set_is_gone_over_in_its_own_order() -> None:
    items = np.random.default_rng(1).integers(-(2**62), 2**62, 30_000).tolist()
    assert "numba" in agree(ordered_set, {"xs": InColumns(items, [4096])})


class Edge(NamedTuple):
    source: int
    target: int


@flow(jit="always")
def ranks(edges: Batch[Edge], rounds: int = 3) -> dict[int, float]:
    links = Counter(source for source, _ in edges)
    pages = {page for edge in edges for page in edge}
    rank = {page: 1.0 for page in pages}  # noqa: C420 (a comprehension is an operator)
    for _ in range(rounds):
        shares = [(target, rank[source] / links[source]) for source, target in edges]
        received = {page: sum(parts) for page, parts in group(shares).items()}
        rank = {page: 0.15 + 0.85 * received.get(page, 0.0) for page in pages}
    return rank


def in_columns(items: list[Any], sizes: list[int]) -> Any:
    return InColumns(items, sizes)


@given(pairs=st.lists(st.builds(Edge, st.integers(0, 9), st.one_of(st.integers(0, 9), ints))), sizes=cuts)
@settings(deadline=None, max_examples=40)
def test_ranks(pairs: list[Edge], sizes: list[int]) -> None:
    given, plain = ranks(in_columns(pairs, sizes)), ranks.plain(pairs)
    assert given == plain
    assert list(given.items()) == list(plain.items())
    assert ranks(pairs) == plain


def test_no_round_makes_a_dict(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[type] = []
    collection = Held._collection
    monkeypatch.setattr(Held, "_collection", lambda held: made.append(held.kind) or collection(held))
    pairs = [Edge(n * 7 % 1000, n * n % 1000) for n in range(20_000)]
    ranks(in_columns(pairs, [8192]))
    made.clear()
    assert ranks(in_columns(pairs, [8192])) == ranks.plain(pairs)
    assert made == [set, dict]  # the pages in the order of their set, and the result


class Order(NamedTuple):
    item: str
    amount: int


@given(
    pairs=st.lists(st.builds(Edge, st.integers(0, 9), st.integers(0, 9)), min_size=300, max_size=700), data=st.data()
)
@settings(deadline=None, max_examples=15)
def test_a_list_that_several_read_is_made_columns_once(pairs: list[Edge], data: st.DataObject) -> None:
    others = data.draw(st.lists(st.sampled_from([(3, 4), Edge(True, 2), Edge(1, 2**70)]), max_size=1))
    items = [*pairs, *others, *pairs]  # type: ignore[list-item]
    assert repr(ranks(items)) == repr(ranks.plain(items))


@flow(jit="always")
def known(orders: Batch[Order], others: Batch[Order]) -> Batch[Order]:
    seen = {other.item for other in others}
    return [order for order in orders if order.item in seen]


@flow(jit="always")
def unknown(orders: Batch[Order], others: Batch[Order]) -> Batch[tuple[str, int]]:
    items = [other.item for other in others]
    return [(order.item, -order.amount) for order in orders if order.item not in items]


@flow(jit="always")
def among(orders: Batch[Order], others: Batch[Order]) -> Batch[Order]:
    return [order for order in orders if order.item in {other.item for other in others if other.amount > 0}]


@flow(jit="always")
def outside(orders: Batch[Order], others: Batch[Order]) -> Batch[int]:
    return [order.amount for order in orders if order.amount not in [10 // other.amount for other in others]]


@flow(jit="always")
def priced(orders: Batch[Order], prices: Batch[Order]) -> Batch[int]:
    price = {p.item: p.amount for p in prices}
    return [order.amount * price[order.item] for order in orders]


@flow(jit="always")
def counted(orders: Batch[Order], others: Batch[Order]) -> tuple[Counter[str], list[int], int]:
    counts = Counter(other.item for other in others)
    return counts, [counts[order.item] + order.amount for order in orders], len(counts)


@flow(jit="always")
def at_places(orders: Batch[Order], others: Batch[Order]) -> Batch[tuple[str, int, int]]:
    return [(others[order.amount].item, others[-1].amount, len(others)) for order in orders if order.amount < 5]


LOOK_UPS = [known, unknown, among, outside, priced, counted]
orders = st.lists(st.builds(Order, texts, st.integers(-5, 5)), max_size=12)


@pytest.mark.parametrize("made", LOOK_UPS)
@given(left=orders, right=orders, sizes=cuts, lists=st.integers(0, 2))
@settings(deadline=None, max_examples=40)
def test_look_ups_between_collections(
    made: Any, left: list[Order], right: list[Order], sizes: list[int], lists: int
) -> None:
    expected = outcome(made.plain, left, right)
    assert outcome(made, InColumns(left, sizes, lists), InColumns(right, sizes, lists)) == expected
    assert outcome(made, left, right) == expected


@pytest.mark.parametrize("made", LOOK_UPS)
def test_look_ups_run_compiled(made: Any) -> None:
    right = [Order(f"k{n}", n) for n in range(1, 501)]
    left = [Order(f"k{1 + n * 7 % (500 if made is priced else 700)}", n) for n in range(5000)]
    fresh = flow(made.plain, jit="always")
    assert fresh(InColumns(left, [1024]), InColumns(right, [128])) == made.plain(left, right)
    rows = [row for row in fresh.explain().operators() if row["operator"] == "Each"]
    assert [(row["runs"], row["detail"][0]["items_in_python"]) for row in rows] == [("numba", 0)] * len(rows)


def test_a_failing_look_up_is_skipped() -> None:
    skipping = flow(priced.plain, on_error="skip", jit="always")
    left = [Order("a", 1), Order("b", 2), Order("a", 3)]
    assert skipping(InColumns(left, [3]), InColumns([Order("a", 10)], [1])) == [10, 30]


def test_edge_values_stay_as_they_are() -> None:
    pairs = [(n, value) for n, value in enumerate(EDGE_FLOATS)]
    assert run(made_dict, {"xs": InColumns(pairs, [3])}, None) == dict(pairs)
    agree(made_dict, {"xs": InColumns(pairs, [3])})


@given(left=orders, right=orders, sizes=cuts)
@settings(deadline=None, max_examples=40)
def test_items_by_their_places(left: list[Order], right: list[Order], sizes: list[int]) -> None:
    expected = outcome(at_places.plain, left, right)
    assert outcome(at_places, InColumns(left, sizes), InColumns(right, sizes)) == expected
    assert outcome(at_places, left, right) == expected


def test_items_by_their_places_run_compiled() -> None:
    left, right = [Order("a", n % 200 - 100) for n in range(3000)], [Order(f"b{n}", n) for n in range(100)]
    fresh = flow(at_places.plain, jit="always")
    assert fresh(InColumns(left, [1024]), InColumns(right, [32])) == at_places.plain(left, right)
    (row,) = [row for row in fresh.explain().operators() if row["operator"] == "Each"]
    assert (row["runs"], row["detail"][0]["items_in_python"]) == ("numba", 0)
