"""Columns are put in order as Python does it: stable, zeros of either sign told apart, nan left to Python."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flowcc.runtime.columnar import sorting
from flowcc.runtime.columns import Columns
from flowcc.runtime.schema import FLOAT64
from flowcc.runtime.stage import Stage
from tests.columnar.over_columns import InColumns, agree, cuts, floats, ints, odd

WAYS: list[tuple[str, dict[str, Any]]] = [
    ("sorted", {}),
    ("sorted", {"reverse": True}),
    ("nlargest", {"n": 3}),
    ("nsmallest", {"n": 3}),
    ("nsmallest", {"n": -1}),
]


def ordered(function: str, arguments: dict[str, Any]) -> Any:
    def wire(stage: Stage) -> None:
        stage.result(stage.sort(function, stage.source("xs", at=1), at=2, **arguments), at=3)

    return wire


@pytest.mark.parametrize(("function", "arguments"), WAYS)
@given(data=st.data(), others=st.lists(odd, max_size=1), sizes=cuts, lists=st.integers(0, 3))
@settings(deadline=None, max_examples=60)
def test_order(function: str, arguments: Any, data: st.DataObject, others: Any, sizes: list[int], lists: int) -> None:
    items = data.draw(st.lists(data.draw(st.sampled_from([ints, floats, st.sampled_from([0.0, -0.0, 1.0])]))))
    agree(ordered(function, arguments), {"xs": InColumns([*items, *others, *items], sizes, lists)})


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
        items = [n * 7919 % 1009 for n in range(500)]
        assert agree(ordered(function, arguments), {"xs": InColumns(items, [9])}) == "['numpy']"
