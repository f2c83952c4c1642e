"""Columns are put in order as Python does it: stable, zeros of either sign told apart, nan and None left to Python."""

from __future__ import annotations

from dataclasses import dataclass
from heapq import nlargest, nsmallest
from operator import attrgetter, itemgetter
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flowcc.backend.kernels.hot import Hot
from flowcc.runtime.columnar.order import sorting
from flowcc.runtime.columnar.order.ranking import NEEDED, ranks_of
from flowcc.runtime.columns import Columns, columns_of
from flowcc.runtime.schema import FLOAT64
from flowcc.runtime.stage import Stage
from tests.columnar.over_columns import EDGE_TEXTS, InColumns, agree, cuts, floats, ints, odd, run, texts
from tests.runtime.drive import outcome


class Row(NamedTuple):
    a: Any
    b: Any


class Backwards(NamedTuple):
    a: int
    b: int

    def __lt__(self, other: Any) -> bool:
        return bool(self.a > other.a)


@dataclass(frozen=True, order=True)
class Ordered:
    a: int
    b: int


def negated(row: Any) -> Any:
    return (-row.a, row.b)


def divided(row: Any) -> Any:
    return 10 // row.a


def by_name(row: Any) -> Any:
    return "many" if row.a > 0 else "few"


ORDERS: dict[str, Any] = {
    "sorted": lambda xs, **given: sorted(xs, **given),
    "nlargest": lambda xs, n, **given: nlargest(n, xs, **given),
    "nsmallest": lambda xs, n, **given: nsmallest(n, xs, **given),
}
WAYS: list[tuple[str, dict[str, Any]]] = [
    ("sorted", {}),
    ("sorted", {"reverse": True}),
    ("nlargest", {"n": 3}),
    ("nsmallest", {"n": 3}),
    ("nsmallest", {"n": -1}),
    ("nlargest", {"n": 0}),
]
KEYS: list[Any] = [
    lambda row: row.a,
    lambda row: row,
    itemgetter(1),
    itemgetter(-1),
    itemgetter(0, 1),
    attrgetter("b"),
    lambda row: -row.b,
    negated,
    divided,
    lambda row: (row.b, row.a),
    by_name,
]
long = st.builds("{}{}".format, st.sampled_from(["", "a" * 8, "b" * 16, "c" * 40, "ä" * 7]), texts)
values = st.sampled_from([ints, floats, long, st.booleans(), st.integers(-2, 2), st.sampled_from([0.0, -0.0, 1.0])])


def ordered(function: str, arguments: dict[str, Any]) -> Any:
    def wire(stage: Stage) -> None:
        stage.result(stage.sort(function, stage.source("xs", at=1), at=2, **arguments), at=3)

    return wire


def as_python(function: str, arguments: dict[str, Any], items: list[Any], sizes: list[int], lists: int = 0) -> None:
    expected = outcome(ORDERS[function], items, **arguments)
    source, wire = InColumns(items, sizes, lists), ordered(function, arguments)
    for jit in (Hot("always"), Hot("auto")):
        assert outcome(run, wire, {"xs": source}, jit) == expected


@pytest.mark.parametrize(("function", "arguments"), WAYS)
@given(data=st.data(), others=st.lists(odd, max_size=1), sizes=cuts, lists=st.integers(0, 3))
@settings(deadline=None, max_examples=60)
def test_order(function: str, arguments: Any, data: st.DataObject, others: Any, sizes: list[int], lists: int) -> None:
    items = data.draw(st.lists(data.draw(values)))
    as_python(function, arguments, [*items, *others, *items], sizes, lists)


@pytest.mark.parametrize(("function", "arguments"), WAYS)
@given(data=st.data(), optional=st.booleans(), sizes=cuts, lists=st.integers(0, 3))
@settings(deadline=None, max_examples=60)
def test_order_of_rows(
    function: str, arguments: Any, data: st.DataObject, optional: bool, sizes: list[int], lists: int
) -> None:
    leaf = data.draw(values)
    row = data.draw(st.sampled_from([Row, Backwards, Ordered, lambda a, b: (a, b)]))
    other = st.one_of(st.none(), leaf) if optional else leaf
    rows = data.draw(st.lists(st.builds(row, st.integers(-2, 2), other)))
    as_python(function, arguments, rows, sizes, lists)


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize(("function", "arguments"), WAYS)
@given(data=st.data(), sizes=cuts, lists=st.integers(0, 3))
@settings(deadline=None, max_examples=12)
def test_order_by_key(
    function: str, arguments: Any, key: Any, data: st.DataObject, sizes: list[int], lists: int
) -> None:
    rows = data.draw(st.lists(st.builds(Row, st.integers(-2, 2), data.draw(values))))
    expected = outcome(ORDERS[function], rows, key=key, **arguments)
    given = outcome(
        run, ordered(function, {**arguments, "key": key}), {"xs": InColumns(rows, sizes, lists)}, Hot("always")
    )
    assert given == expected


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("function", ["min", "max"])
@given(data=st.data(), others=st.lists(odd, max_size=1), sizes=cuts, lists=st.integers(0, 3))
@settings(deadline=None, max_examples=25)
def test_extremes_by_key(
    function: str, key: Any, data: st.DataObject, others: Any, sizes: list[int], lists: int
) -> None:
    def wire(stage: Stage) -> None:
        stage.result(stage.fold(function, stage.source("xs", at=1), at=2, key=key), at=3)

    rows = data.draw(st.lists(st.builds(Row, st.integers(-2, 2), data.draw(values))))
    items = [*rows, *(Row(0, other) for other in others), *rows]
    expected = outcome({"min": min, "max": max}[function], items, key=key)
    assert outcome(run, wire, {"xs": InColumns(items, sizes, lists)}, Hot("always")) == expected


@pytest.mark.parametrize(("function", "arguments"), WAYS)
@pytest.mark.parametrize("items", [[1.0, float("nan"), 0.5, 2.0], [0.0, -0.0] * 50])
def test_floats_that_compare_oddly(function: str, arguments: Any, items: list[float]) -> None:
    class Arrays:
        def batches(self, share: int, shares: int) -> Any:
            return (Columns(FLOAT64, (np.array(part),), len(part)) for part in (items, items[::-1]))

    agree(ordered(function, arguments), {"xs": Arrays()})


def test_of_many_only_the_best_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sorting, "PENDING", 20)
    for function, arguments in WAYS:
        for key in (None, lambda n: n % 10, lambda n: -n):
            items = [n * 7919 % 1009 for n in range(500)]
            assert agree(ordered(function, {**arguments, "key": key}), {"xs": InColumns(items, [9])}) == "['numpy']"
        items = [*range(50), float("nan"), *range(50)]
        as_python(function, arguments, items, [9])


@pytest.mark.parametrize("kind", ["ints", "wide", "floats", "texts", "long", "pairs"])
def test_many(kind: str) -> None:
    random = np.random.default_rng(5)
    numbers = random.integers(-(2**63), 2**63 - 1, 5000).tolist()
    items = {
        "ints": [n % 100 for n in numbers],
        "wide": numbers,
        "floats": [n / 7 for n in numbers],
        "texts": [str(n % 1000) + "ä" * (n % 3) for n in numbers],
        "long": ["x" * (n % 5 * 9) + EDGE_TEXTS[n % len(EDGE_TEXTS)] for n in numbers],
        "pairs": [(n % 7 - 3, str(n % 50), n) for n in numbers],
    }[kind]
    for function, arguments in WAYS:
        as_python(function, arguments, items, [2000])


@given(items=st.lists(long), start=st.integers(0, 3))
@settings(deadline=None)
def test_ranks(items: list[str], start: int) -> None:
    columns = columns_of(["", "zz", "ä", *items])
    assert columns is not None
    library = dict(zip(NEEDED, Hot("always").routines(NEEDED, 0.0) or (), strict=True))
    kept = columns[start:].rows()
    assert ranks_of(columns[start:], library).tolist() == [sum(other < item for other in kept) for item in kept]
