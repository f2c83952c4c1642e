"""Folds of groups over columns are those of Python, however batches are cut and lists come between."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flowcc.runtime.node import Node
from flowcc.runtime.stage import Stage
from tests.columnar.over_columns import InColumns, agree, cuts, floats, ints, odd, texts

FUNCTIONS = ("sum", "len", "min", "max", "any", "all")
values = {"ints": ints, "floats": floats, "bools": st.booleans(), "texts": texts}


def packed(key: Any, *folds: Any) -> Any:
    return key, folds


def entry(key, total, size):  # type: ignore[no-untyped-def]
    return (key, (total, size))


def is_large(key: Any, *folds: Any) -> bool:
    return bool(folds[0] > 1)


def grouped(functions: list[str], **arguments: Any) -> Any:
    def wire(stage: Stage) -> None:
        xs: Node = stage.source("xs", at=1)
        folds = [(f"f{number}", function, {}) for number, function in enumerate(functions)]
        stage.result(stage.group_fold(xs, folds=folds, **{"result": packed, **arguments}, at=2), at=3)

    return wire


@pytest.mark.parametrize("kind", values)
@given(data=st.data(), sizes=cuts, lists=st.integers(0, 3))
@settings(deadline=None, max_examples=60)
def test_folds(kind: str, data: st.DataObject, sizes: list[int], lists: int) -> None:
    keys = data.draw(st.sampled_from([ints, texts, st.integers(0, 2)]))
    pairs = data.draw(st.lists(st.tuples(keys, values[kind])))
    functions = data.draw(st.lists(st.sampled_from(FUNCTIONS), min_size=1, max_size=3))
    agree(grouped(functions), {"xs": InColumns(pairs, sizes, lists)})


@given(data=st.data(), sizes=cuts)
@settings(deadline=None)
def test_other_items_hand_over_to_python(data: st.DataObject, sizes: list[int]) -> None:
    numbers = data.draw(st.sampled_from([ints, floats]))
    few = st.integers(0, 2)
    pairs = data.draw(st.lists(st.tuples(few, numbers)))
    others = data.draw(st.lists(st.tuples(st.one_of(few, odd), st.one_of(odd, numbers)), min_size=1))
    functions = data.draw(st.lists(st.sampled_from(FUNCTIONS), min_size=1, max_size=3))
    agree(grouped(functions), {"xs": InColumns([*pairs, *others, *pairs], sizes)})


def test_what_is_no_number_is_compared_as_python_does() -> None:
    nan = float("nan")
    pairs = [(1, nan), (1, 2.0), (1, 1.0), (2, 1.0), (2, nan), (2, 0.5), (3, 0.0), (3, -0.0), (4, -0.0), (4, 0.0)]
    keys, column = np.array([key for key, _ in pairs]), np.array([value for _, value in pairs])
    from flowcc.runtime.columns import Columns
    from flowcc.runtime.schema import FLOAT64, INT64, Struct

    columns = Columns(Struct((INT64, FLOAT64)), (keys, column), len(keys))

    class Once:
        def batches(self, share: int, shares: int) -> Any:
            return iter([columns])

    assert agree(grouped(["min", "max", "any", "sum"]), {"xs": Once()}) == "['numba']"


def test_entries_that_only_pack_the_folds_are_columns_and_others_are_not() -> None:
    pairs = [(n % 7, n) for n in range(100)]
    for result in (entry, lambda key, total, size: (key, total / size), lambda key, total, size: (key, (size, total))):
        assert agree(grouped(["sum", "len"], result=result), {"xs": InColumns(pairs, [9])}) == "['numba']"
    agree(grouped(["sum", "len"], result=entry, where=is_large), {"xs": InColumns(pairs, [9])})


def test_a_result_that_raises_is_told_with_its_entry() -> None:
    pairs = [(n % 7, n % 3) for n in range(100)]
    wire = grouped(["min", "max"], result=lambda key, least, most: (key, most // least))
    agree(wire, {"xs": InColumns(pairs, [9])})


def test_sums_past_64_bits() -> None:
    pairs = [(n % 3, (2**63 - 1) * (-1) ** (n % 2)) for n in range(9)] + [(1, 2**62)] * 50 + [(2, -(2**63))] * 50
    assert agree(grouped(["sum"], result=lambda k, s: (k, (s,))), {"xs": InColumns(pairs, [10])}) == "['numba']"
