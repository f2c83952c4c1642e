"""Folds of comprehensions in one loop: past 64 bits, over items that fail, and where they are not the loop's."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flowcc import Batch, Flow, flow, merge
from flowcc.runtime import parallel

EDGES = [0, 1, -1, 2, 3, 2**31, -(2**31), 2**51 - 1, 2**51, -(2**51) - 1, 2**62, 2**63 - 1, -(2**63)]
ints = st.one_of(st.sampled_from(EDGES), st.integers(-9, 9), st.integers(-(2**63), 2**63 - 1))
reals = st.one_of(st.sampled_from([0.0, -0.0, math.inf, -math.inf, math.nan, 0.1, 5e-324]), st.floats(width=64))
texts = st.text(st.sampled_from("aZ ä\u00df\U0001f600"), max_size=6)
odd = st.sampled_from([None, 2**63, -(2**70), True, "a", 0.5, (1, 2)])


@flow(jit="always")
def sum_of_ints(xs: Batch[int]) -> int:
    return sum(x * 3 + 1 for x in xs if x != 3)


@flow(jit="always")
def sum_of_the_same(xs: Batch[int]) -> int:
    return sum(xs[:], 2**70) + sum(x for x in xs)


@flow(jit="always")
def sum_of_tests(xs: Batch[int]) -> int:
    return sum(x > 3 for x in xs)


@flow(jit="always")
def sum_of_quotients(xs: Batch[int]) -> int:
    return sum(100 // x for x in xs)


@flow(jit="always")
def sum_of_halves(xs: Batch[int]) -> float:
    return sum(x / 2 for x in xs)


@flow(jit="always")
def sum_from_half(xs: Batch[int]) -> float:
    return sum((x + 1 for x in xs), 0.5)


@flow(jit="always")
def sum_of_ranges(xs: Batch[int]) -> int:
    return sum(x + n for x in xs for n in range(3) if n != x)


@flow(jit="always")
def least(xs: Batch[int]) -> int:
    return min(x - 1 for x in xs if x != 3)


@flow(jit="always")
def greatest(xs: Batch[int]) -> int:
    return max((-x for x in xs), default=None)


@flow(jit="always")
def greatest_test(xs: Batch[int]) -> bool:
    return max([x > 0 for x in xs], default=7)


@flow(jit="always")
def some(xs: Batch[int]) -> bool:
    return any(x + 1 == 0 for x in xs)


@flow(jit="always")
def every(xs: Batch[int]) -> bool:
    return all(x + 1 for x in xs)


@flow(jit="always")
def count(xs: Batch[int]) -> int:
    return len([x for x in xs if x * x > 4])


@flow(jit="always")
def several(xs: Batch[int]) -> int:
    return sum(x + 2 for x in merge([x for x in xs if x > 0], [x for x in xs if x <= 0]))


@flow(jit="always")
def least_real(xs: Batch[float]) -> float:
    return min(x * 1.0 for x in xs)


@flow(jit="always")
def greatest_real(xs: Batch[float]) -> float:
    return max((x for x in [x + 0.0 if x != 0.0 else x for x in xs] if x != 0.1), default=0.0)


@flow(jit="always")
def some_real(xs: Batch[float]) -> bool:
    return any(x - x for x in xs)


@flow(jit="always")
def letters(xs: Batch[str]) -> int:
    return sum(len(x) for x in xs)


@flow(jit="always")
def words(xs: Batch[str]) -> int:
    return len([word.upper() for x in xs for word in x.split()])


@flow(jit="always")
def starts(xs: Batch[str]) -> bool:
    return any(x.strip().startswith("a") for x in xs)


OF_INTS = [
    sum_of_ints, sum_of_the_same, sum_of_tests, sum_of_quotients, sum_of_halves, sum_from_half, sum_of_ranges, least,
    greatest, greatest_test, some, every, count, several,
]  # fmt: skip
OF_REALS = [least_real, greatest_real, some_real]
OF_TEXTS = [letters, words, starts]
DECIDED = [some, every, some_real, starts]  # by one item: no other may fail
FOLDED = {"sum_of_halves": "numpy", "sum_from_half": "python"}  # the others are folded by their kernels


def outcome(function: Any, items: Any) -> str:
    try:
        result = function(items)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return f"{type(result).__name__} {result!r}"


def agree(tried: Flow[..., Any], items: list[Any], given_as: Any) -> None:
    expected = outcome(tried.plain, items)
    if "Error" in expected and "Error" in outcome(tried, given_as):
        return  # which item is told of first is not ours to say
    assert outcome(tried, given_as) == expected


@pytest.mark.parametrize("tried", OF_INTS, ids=lambda tried: tried.plain.__name__)
@given(items=st.lists(ints, max_size=30), others=st.lists(odd, max_size=2), repeat=st.sampled_from([1, 1, 300]))
@settings(deadline=None, max_examples=40)
def test_of_ints(tried: Flow[..., Any], items: list[Any], others: list[Any], repeat: int) -> None:
    items = items * repeat
    agree(tried, items, np.array(items, np.int64))
    mixed = [*items, *(() if tried in DECIDED else others), *items]
    agree(tried, mixed, mixed)


@pytest.mark.parametrize("tried", OF_REALS, ids=lambda tried: tried.plain.__name__)
@given(items=st.lists(reals, max_size=30), others=st.lists(odd, max_size=1), repeat=st.sampled_from([1, 1, 300]))
@settings(deadline=None, max_examples=40)
def test_of_reals(tried: Flow[..., Any], items: list[Any], others: list[Any], repeat: int) -> None:
    items = items * repeat
    agree(tried, items, np.array(items, np.float64))
    mixed = [*items, *(() if tried in DECIDED else others), *items]
    agree(tried, mixed, mixed)


@pytest.mark.parametrize("tried", OF_TEXTS, ids=lambda tried: tried.plain.__name__)
@given(items=st.lists(texts, max_size=30), others=st.lists(odd, max_size=1), repeat=st.sampled_from([1, 1, 300]))
@settings(deadline=None, max_examples=40)
def test_of_texts(tried: Flow[..., Any], items: list[Any], others: list[Any], repeat: int) -> None:
    items = items * repeat
    agree(tried, items, items)
    mixed = [*items, *(() if tried in DECIDED else others), *items]
    agree(tried, mixed, mixed)


@pytest.mark.parametrize("tried", [*OF_INTS, *OF_REALS, *OF_TEXTS], ids=lambda tried: tried.plain.__name__)
def test_what_folds(tried: Flow[..., Any]) -> None:
    items: list[Any] = [5, 1, 4] if tried in OF_INTS else [5.0, 1.0] if tried in OF_REALS else ["b c", "a"]
    agree(tried, items, items)
    rows = [row for row in tried.explain().to_json()["operators"] if row["operator"] == "Fold"]  # type: ignore[attr-defined]
    assert rows[-1]["runs"] == FOLDED.get(tried.plain.__name__, "numba")


def test_a_batch_in_the_middle_is_of_floats() -> None:
    parts = [[1, 2**62] * 200, [0.5, 0.1], [2**62, 3] * 200]
    items = [item for part in parts for item in part]
    agree(sum_of_ints, items, iter(items))
    agree(least, items, iter(items))


def test_blocks_of_large_numbers_between_small_ones() -> None:
    random = np.random.default_rng(5)
    for low, high in ((-(2**63) + 10, 2**63 - 10), (-(2**51), 2**51), (-5, 5)):
        values = np.concatenate([random.integers(-9, 9, 5000), random.integers(low, high, 9000), np.arange(3000)])
        for tried in (sum_of_the_same, sum_of_tests, least, greatest, count):
            agree(tried, values.tolist(), values)


def test_batches_in_threads_of_which_nothing_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parallel, "LONG", 0.0)
    monkeypatch.setattr(parallel, "width", lambda: 2)
    threes = np.full(600_000, 3)
    some = threes.copy()
    some[450_000] = 5
    for tried in (sum_of_ints, least, count, greatest, sum_of_ranges):
        agree(tried, threes.tolist(), threes)
        agree(tried, some.tolist(), some)


def test_sums_of_floats_are_added_in_order() -> None:
    values = np.random.default_rng(6).integers(-(2**62), 2**62, 20_000)
    agree(sum_of_halves, values.tolist(), values)
