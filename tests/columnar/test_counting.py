"""Counts over columns are those of the Counter, in its order, wherever batches are cut and lists come between."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flowcc.backend.kernels.hot import Hot
from flowcc.runtime.columnar.groups.lanes import worth_lanes
from flowcc.runtime.parallel import Parallel
from flowcc.runtime.stage import Stage
from tests.columnar.over_columns import (
    EDGE_INTS,
    EDGE_TEXTS,
    Alone,
    InColumns,
    agree,
    cuts,
    ints,
    keys_of_kinds,
    odd,
    run,
    texts,
)

keys = st.one_of(st.lists(ints), st.lists(texts), st.lists(st.integers(-20, 20)))


def counter(stage: Stage) -> None:
    stage.result(stage.fold("Counter", stage.source("xs", at=1), at=2), at=3)


def counted(stage: Stage) -> None:
    stage.result(stage.scan("counted", stage.source("xs", at=1), at=2), at=3)


def tallied(stage: Stage) -> None:
    stage.result(stage.fold("tally", stage.scan("counted", stage.source("xs", at=1), at=2), at=3), at=4)


def tally(stage: Stage) -> None:
    stage.result(stage.fold("tally", stage.source("xs", at=1), at=2), at=3)


@pytest.mark.parametrize("wire", [counter, counted, tallied])
@given(items=keys, sizes=cuts, lists=st.integers(0, 3))
@settings(deadline=None)
def test_counts(wire: Any, items: list[Any], sizes: list[int], lists: int) -> None:
    agree(wire, {"xs": InColumns(items, sizes, lists)})


@given(items=keys, others=st.lists(odd, min_size=1), more=keys, sizes=cuts)
@settings(deadline=None)
def test_other_items_hand_over_to_python(
    items: list[Any], others: list[Any], more: list[Any], sizes: list[int]
) -> None:
    agree(counter, {"xs": InColumns([*items, *others, *more], sizes)})


@given(pairs=st.lists(st.tuples(texts, ints)), sizes=cuts)
@settings(deadline=None)
def test_a_tally_adds_beyond_64_bits(pairs: list[Any], sizes: list[int]) -> None:
    agree(tally, {"xs": InColumns(pairs, sizes)})


@pytest.mark.parametrize("span", [10, 100_000, 2**40, 2**63])
def test_many_keys(span: int) -> None:
    random = np.random.default_rng(1)
    near = random.integers(-min(span, 2**62), min(span, 2**62), 50_000).tolist()
    far = [int(x) for x in random.integers(-(2**63), 2**63 - 1, 20_000)]
    for items in (near, [*near, *far, *near], [*far, *near]):
        assert agree(counter, {"xs": InColumns(items, [9_000])}) == "['numba']"
        assert agree(counter, {"xs": InColumns([f"{x}ä" if x % 2 else str(x) for x in items], [30_000])}) == "['numba']"


def test_edge_values_run_compiled() -> None:
    for items in (EDGE_INTS, EDGE_TEXTS):
        assert agree(counter, {"xs": InColumns(items * 3, [3, 5])}) == "['numba']"


def test_many_counts_are_given_in_parts() -> None:
    items = [str(n % 150_000) for n in range(400_000)]
    assert agree(tallied, {"xs": InColumns(items, [10_000])}) == "['numba', 'numba']"


@pytest.mark.parametrize("kind", keys_of_kinds)
@given(data=st.data(), sizes=cuts, lists=st.integers(0, 3))
@settings(deadline=None, max_examples=20)
def test_keys_of_any_kind(kind: str, data: st.DataObject, sizes: list[int], lists: int) -> None:
    """Of equal keys the first one counts."""
    items = data.draw(st.lists(keys_of_kinds[kind]))

    def shown(stage: Stage) -> None:
        counts = stage.apply(repr, stage.fold("Counter", stage.source("xs", at=1), at=2), at=2)
        distinct = stage.fold("set", stage.source("ys", at=1), at=2)
        stage.result(counts, stage.apply(lambda held: sorted(map(repr, held)), distinct, at=2), many=True, at=3)

    arguments = {"xs": InColumns(items, sizes, lists), "ys": InColumns(items, sizes, lists)}
    agree(shown, arguments)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("flowcc.runtime.parallel.width", lambda: 3)
        patch.setattr("flowcc.runtime.columnar.groups.counting.worth_lanes", lambda *_: True)
        agree(shown, arguments)


def test_what_runs_over_columns() -> None:
    for items in ([True, False], [0.0, 1.5], [(1, "a"), (2, "b")], [None, 1]):
        assert agree(counter, {"xs": InColumns(items, [1])}) == "['numba']"
    assert agree(counter, {"xs": InColumns([Alone(1)], [1])}) == "['python']"


@pytest.mark.parametrize("wire", [counter, counted, tallied])
@given(items=keys, odds=st.lists(odd, max_size=2), sizes=cuts, lists=st.integers(0, 3), most=st.integers(0, 9))
@settings(deadline=None)
def test_counts_in_several_threads(
    wire: Any, items: list[Any], odds: list[Any], sizes: list[int], lists: int, most: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("flowcc.runtime.parallel.width", lambda: 3)
        patch.setattr("flowcc.runtime.columnar.groups.counting.worth_lanes", lambda *_: True)
        if wire is tallied:
            patch.setattr("flowcc.runtime.columnar.groups.counting.MOST_KEYS", most)
        if wire is counted:  # whose pairs may be several for a key: all of one are its count
            sums = Counter[Any]()
            for key, count in run(wire, {"xs": InColumns(items, sizes, lists)}, Hot("always")):
                sums[key] += count
            assert list(sums.items()) == list(Counter(items).items())
        else:
            agree(wire, {"xs": InColumns([*items, *odds, *items], sizes, lists)})


def test_few_keys_are_counted_in_several_threads_unless_there_are_many() -> None:
    parallel = Parallel()
    parallel.width = 2
    assert worth_lanes(1 << 20, 100_000, parallel)
    assert not worth_lanes(1 << 20, 1 << 19, parallel)
    assert not worth_lanes(1 << 10, 1, parallel)
    parallel.width = 0
    assert not worth_lanes(1 << 20, 1, parallel)
