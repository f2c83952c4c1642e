"""Folds of a column are those of the list: past 64 bits, with nan, with zeros of either sign, from any start."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flowcc.runtime.columns import Columns
from flowcc.runtime.schema import FLOAT64, INT64, Scalar
from flowcc.runtime.stage import Stage
from tests.columnar.over_columns import InColumns, agree, cuts, floats, ints, odd, texts

FUNCTIONS = ("sum", "min", "max", "any", "all", "len", "set", "mean", "fmean", "fsum")
kinds = st.sampled_from([ints, floats, st.booleans(), st.integers(-3, 3), texts])


def folded(function: str, **arguments: Any) -> Any:
    def wire(stage: Stage) -> None:
        stage.result(stage.fold(function, stage.source("xs", at=1), at=2, **arguments), at=3)

    return wire


@pytest.mark.parametrize("function", FUNCTIONS)
@given(data=st.data(), sizes=cuts, lists=st.integers(0, 3))
@settings(deadline=None, max_examples=60)
def test_folds(function: str, data: st.DataObject, sizes: list[int], lists: int) -> None:
    items = data.draw(st.lists(data.draw(kinds)))
    agree(folded(function), {"xs": InColumns(items, sizes, lists)})


@pytest.mark.parametrize("function", FUNCTIONS)
@given(data=st.data(), others=st.lists(odd), sizes=cuts)
@settings(deadline=None, max_examples=60)
def test_other_items_hand_over_to_python(function: str, data: st.DataObject, others: Any, sizes: list[int]) -> None:
    items = data.draw(st.lists(data.draw(st.sampled_from([ints, floats]))))
    mixed = [*items, *others, *items] if function != "set" else [*items, *(x for x in others if x == x), *items]
    agree(folded(function), {"xs": InColumns(mixed, sizes)})


@given(start=st.sampled_from([0, -1, 2**70, 2**53 + 1, 0.5, -0.0, True, 1e308]), data=st.data(), sizes=cuts)
@settings(deadline=None)
def test_sums_go_on_from_any_start(start: Any, data: st.DataObject, sizes: list[int]) -> None:
    items = data.draw(st.lists(data.draw(st.sampled_from([ints, floats]))))
    agree(folded("sum", start=start), {"xs": InColumns(items, sizes)})


@pytest.mark.parametrize("function", ["sum", "min", "max", "any", "all"])
@pytest.mark.parametrize("items", [[1.0, float("nan"), 0.5], [float("nan"), 1.0], [0.0, -0.0] * 40, [-0.0, 0.0] * 40])
def test_numbers_that_compare_oddly(function: str, items: list[float]) -> None:
    class Arrays:
        def batches(self, share: int, shares: int) -> Any:
            return (Columns(FLOAT64, (np.array(part),), len(part)) for part in (items, items[::-1]))

    assert agree(folded(function), {"xs": Arrays()}) == "['numpy']"


def test_large_columns() -> None:
    random = np.random.default_rng(3)
    for low, high in ((-5, 5), (-(2**63), 2**63 - 1)):
        values = random.integers(low, high, 100_000)

        class Arrays:
            def batches(self, share: int, shares: int, values: Any = values) -> Any:
                return (Columns(INT64, (part,), len(part)) for part in np.array_split(values, 7))

        for function in ("sum", "min", "max", "set"):
            agree(folded(function), {"xs": Arrays()})


@pytest.mark.parametrize("function", ["mean", "fmean", "fsum"])
def test_averages_run_over_columns(function: str) -> None:
    wild = np.random.default_rng(2).standard_normal(500) * 10.0 ** np.arange(-250, 250)
    for items in ([0.1] * 30, wild.tolist(), [1, 2, 4] * 9, [True, False, True], [None, 0.5, 1.5][1:]):
        assert agree(folded(function), {"xs": InColumns(items, [7])}) == "['numba']"
    inf, nan = float("inf"), float("nan")
    for special in ([inf], [inf, -inf], [nan, inf], [1e308, 1e308], [1e308, -1e308]):

        class Arrays:
            def batches(self, share: int, shares: int, special: Any = special) -> Any:
                parts = ([0.5, 0.25], special, [1.0])
                return (Columns(FLOAT64, (np.array(part),), len(part)) for part in parts)

        agree(folded(function), {"xs": Arrays()})


def test_averages_of_what_may_be_none() -> None:
    class Arrays:
        def batches(self, share: int, shares: int) -> Any:
            for mask in (True, True, False):
                yield Columns(Scalar("float64", True), (np.array([1.5, 2.5]), np.array([True, mask])), 2)

    assert agree(folded("fmean"), {"xs": Arrays()}) == "['python']"
