"""Calls on a few items are the plain function's, and no one can tell but by the clock."""

from __future__ import annotations

import statistics
import time
from collections import Counter
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pytest

from flowcc import Batch, Cluster, Process, few, flow, gather, scatter
from flowcc.few import NOT_FEW, Few
from flowcc.runtime.sequence import ColumnSequence


class Sale(NamedTuple):
    key: int
    amount: int


class Home(Process):
    """One."""


class Workers(Cluster):
    """Several."""


CALLS: list[str] = []
"""The plain functions whose answer was the flow's."""


@pytest.fixture(autouse=True)
def _few(monkeypatch: pytest.MonkeyPatch) -> None:
    answer = Few.answer

    def noting(self: Few, plain: Any, *args: Any) -> Any:
        given = answer(self, plain, *args)
        if given is not NOT_FEW:
            CALLS.append(plain.__name__)
        return given

    monkeypatch.setattr(few, "FEW", 256)
    monkeypatch.setattr(few, "FEWER", 32)
    monkeypatch.setattr(Few, "answer", noting)
    CALLS.clear()


def fresh(function: Any, **options: Any) -> Any:
    """Return a flow of its own, compiled under these limits."""
    return flow(**options)(function) if options else flow(function)


def doubled(xs: Batch[int]) -> Batch[int]:
    return [x * 2 for x in xs]


def inverses(xs: Batch[int]) -> list[float]:
    return [1 / x for x in xs]


def paired(xs: Batch[int], ys: Batch[int]) -> list[int]:
    return [x for x in xs for y in ys if x == y]


def counted(sales: Batch[Sale]) -> dict[int, int]:
    mine = scatter([sale.key for sale in sales], Workers, by=lambda key: key)
    return gather(Counter(mine), Home)


def with_values(xs: Batch[int], least: int = 3) -> tuple[Batch[int], int]:
    return [x for x in xs if x > least], len(xs)


def spread(xs: Batch[int]) -> Batch[tuple[int, int]]:
    return enumerate(xs)


def has_small(xs: Batch[int]) -> bool:
    return any(1 / x < 0.5 for x in xs)


def has_small_in_list(xs: Batch[int]) -> bool:
    return any([1 / x < 0.5 for x in xs])  # noqa: C419 (a list is made first, whatever its items are)


def test_a_few_items_and_many() -> None:
    made = fresh(doubled)
    assert made([1, 2]) == [2, 4]
    assert CALLS == ["doubled"]
    assert made(list(range(1000))) == list(range(0, 2000, 2))
    assert CALLS == ["doubled"]
    assert str(made.explain()).endswith("\ncalls that the plain function took, being the quicker one: 1")


def test_arrays_come_back_as_arrays_also_when_empty() -> None:
    made = fresh(doubled)
    for xs in (np.array([1, 2]), np.array([], np.int64), pa.array([1, 2]), pa.array([], pa.int64())):
        got = made(xs)
        assert type(got) is (np.ndarray if isinstance(xs, np.ndarray) else ColumnSequence)
        assert got.tolist() == [2 * x for x in xs.tolist()]
    assert CALLS == ["doubled"] * 4


def test_tables_become_records() -> None:
    made = fresh(counted)
    table = pa.table({"key": [1, 2, 1], "amount": [5, 6, 7]})
    assert made(table) == {1: 2, 2: 1}
    assert CALLS == ["counted"]


def test_values_and_several_results() -> None:
    made = fresh(with_values)
    assert made([1, 5], least=4) == ([5], 2)
    assert made([1, 5]) == ([5], 2)
    kept, count = made(np.array([1, 5]))
    assert isinstance(kept, np.ndarray)
    assert (kept.tolist(), count) == ([5], 2)
    assert CALLS == ["with_values"] * 3


def test_an_item_that_fails_is_told_as_ever() -> None:
    with pytest.raises(ZeroDivisionError) as caught:
        fresh(inverses)([1, 0])
    assert "item 0 at" in caught.value.__notes__[0]


def test_fewer_where_the_plain_function_goes_over_and_over() -> None:
    made = fresh(paired)
    assert made(list(range(10)), [3]) == [3]
    assert CALLS == ["paired"]
    assert made(list(range(40)), [3]) == [3]
    assert CALLS == ["paired"]


def test_an_iterator_is_not_consumed_twice_and_none_comes_back() -> None:
    made = fresh(doubled)
    assert made(iter([1, 2])) == [2, 4]
    assert CALLS == []
    assert fresh(spread)([7]) == [(0, 7)]


@pytest.mark.parametrize("options", [{"jit": "always"}, {"on_error": "skip"}])
def test_who_asks_for_more_gets_the_flow(options: dict[str, Any]) -> None:
    made = fresh(doubled, **options)
    assert made([1, 2]) == [2, 4]
    assert CALLS == []


@pytest.mark.parametrize("jit", ["auto", "always", "never"])
def test_what_is_decided_before_an_item_that_fails(jit: str) -> None:
    xs = [*range(1, 1000), 0]
    assert fresh(has_small, jit=jit)(xs) is True
    assert fresh(has_small, jit=jit)(np.array(xs)) is True
    for function, items in ((has_small, [0, *xs]), (has_small_in_list, xs)):
        with pytest.raises(ZeroDivisionError) as caught:
            fresh(function, jit=jit)(items)
        assert "item 0 at" in caught.value.__notes__[0]


@flow
def inner(xs: Batch[int]) -> list[int]:
    return [x + 1 for x in xs]


def outer(xs: Batch[int]) -> list[int]:
    return inner(xs)


def fixed(n: int) -> int:
    return sum([x * n for x in range(100_000)])


def test_flows_that_call_flows_or_bring_items_of_their_own_are_not_few() -> None:
    assert fresh(outer)([1]) == [2]
    assert fresh(fixed)(2) == 99_999 * 100_000
    assert CALLS == []


def test_a_call_on_a_few_items_costs_microseconds() -> None:
    made = flow(doubled)
    items = [1, 2, 3]
    made(items)

    def micros(call: Any) -> float:
        start = time.process_time()
        for _ in range(200):
            call(items)
        return (time.process_time() - start) / 200 * 1e6

    assert statistics.median(micros(made) - micros(doubled) for _ in range(9)) < 60
