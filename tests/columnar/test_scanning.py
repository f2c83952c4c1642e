"""Steps with a state over columns give what they give in Python, item for item, however batches are cut."""

from __future__ import annotations

import operator
from operator import attrgetter
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flowcc.runtime.stage import Stage
from tests.columnar.over_columns import InColumns, agree, cuts, floats, ints, odd, texts

small = st.integers(-5, 5)


class Payment(NamedTuple):
    key: Any
    value: Any


def total(state, item):  # type: ignore[no-untyped-def]
    return state + item.value, state


def guarded(state, item):  # type: ignore[no-untyped-def]
    after = state + item.value
    if after < 0:
        return state, after
    return after, after


def difference(last, item):  # type: ignore[no-untyped-def]
    return item.value, None if last is None else item.value - last


def mean(state, item):  # type: ignore[no-untyped-def]
    count, held = state
    return (count + 1, held + item.value), (held + item.value) / (count + 1)


def swapped(state, item):  # type: ignore[no-untyped-def]
    first, second = state
    return (second, first), (first, item.value)


def seen(state, item):  # type: ignore[no-untyped-def]
    return state or item.value == 3, state


def divided(state, item):  # type: ignore[no-untyped-def]
    return state + 1, 10 // item.value


def sometimes(state, item):  # type: ignore[no-untyped-def]
    return (state + 0.5 if item.value == 2 else state), state


def measured(state, item):  # type: ignore[no-untyped-def]
    return state + len(str(item.key)), state


STEPS: list[tuple[Any, Any]] = [
    (total, 0), (total, 0.0), (total, 2**63 - 2), (total, 2**70), (guarded, 0), (difference, None), (mean, (0, 0.0)),
    (mean, (0, 0)), (swapped, (1, 2)), (seen, False), (divided, 0), (sometimes, 0), (sometimes, 0.0), (measured, 0),
    (total, -0.0), (total, float("nan")), (total, True),
]  # fmt: skip
KEYS: list[Any] = [
    None,
    lambda value: value.value,
    lambda item: item.key,
    lambda item: item[0],
    lambda item: item.key % 3,
    lambda item: (item.key, item.value),
    lambda item: item,
    lambda item: item.value > 0,
    lambda item: item.value / 2,
    attrgetter("key"),
]


def scanned(step: Any, init: Any, by: Any) -> Any:
    def wire(stage: Stage) -> None:
        given = {} if by is None else {"by": by}
        stage.result(stage.scan("scan", stage.source("xs", at=1), step=step, init=init, **given, at=2), at=3)

    return wire


def accumulated(**arguments: Any) -> Any:
    def wire(stage: Stage) -> None:
        stage.result(stage.scan("accumulate", stage.source("xs", at=1), **arguments, at=2), at=3)

    return wire


@given(by=st.sampled_from(KEYS), begun=st.sampled_from(STEPS), data=st.data(), sizes=cuts, lists=st.integers(0, 3))
@settings(deadline=None, max_examples=150)
def test_scan(by: Any, begun: tuple[Any, Any], data: st.DataObject, sizes: list[int], lists: int) -> None:
    keys = data.draw(st.sampled_from([small, ints, texts]))
    values = data.draw(st.sampled_from([small, ints, floats]))
    items = data.draw(st.lists(st.builds(Payment, keys, values)))
    if data.draw(st.booleans()):
        items += [Payment(data.draw(st.one_of(keys, odd)), data.draw(st.one_of(values, odd)))]
        items += data.draw(st.lists(st.builds(Payment, keys, values), max_size=4))
    agree(scanned(*begun, by), {"xs": InColumns(items, sizes, lists)})


@given(
    function=st.sampled_from([None, operator.add, operator.mul, min, max, lambda a, b: a * 3 - b, operator.sub]),
    initial=st.sampled_from([None, 0, 1.5, (1, 2)]), data=st.data(), sizes=cuts, lists=st.integers(0, 3),
)  # fmt: skip
@settings(deadline=None, max_examples=100)
def test_accumulate(function: Any, initial: Any, data: st.DataObject, sizes: list[int], lists: int) -> None:
    values = data.draw(st.sampled_from([small, ints, floats, st.booleans(), texts]))
    items = data.draw(st.lists(values)) + data.draw(st.lists(odd, max_size=1)) + data.draw(st.lists(values, max_size=3))
    agree(accumulated(function=function, initial=initial), {"xs": InColumns(items, sizes, lists)})


@pytest.mark.parametrize("step", [total, guarded, difference, seen])
@pytest.mark.parametrize("key", [int, str, lambda n: n * 2**40])
def test_many_keys_run_compiled(step: Any, key: Any) -> None:
    init = {difference: None, seen: False}.get(step, 0)
    items = [Payment(key(n * n % 5_003), n % 17 - 8) for n in range(40_000)]
    for by in KEYS[:4]:
        assert "python" not in agree(scanned(step, init, by), {"xs": InColumns(items, [9_000])})


@pytest.mark.parametrize("by", KEYS[5:])
def test_keys_of_any_kind_run_compiled(by: Any) -> None:
    items = [Payment(f"key {n % 13}", n % 17 - 8) for n in range(5_000)]
    assert agree(scanned(total, 0, by), {"xs": InColumns(items, [900])}) == "['numba']"


def test_accumulate_runs_compiled() -> None:
    for function, initial in ((None, None), (max, None), (operator.add, 5), (lambda a, b: a + b % 7, None)):
        items = [n % 1_001 for n in range(20_000)]
        assert agree(accumulated(function=function, initial=initial), {"xs": InColumns(items, [3_000])}) == "['numba']"


def test_python_goes_on_from_the_item_that_overflows() -> None:
    items = [Payment(n % 2, 2**62 if n % 500 == 0 else n) for n in range(2_000)]
    for by in KEYS[:3]:
        assert agree(scanned(total, 0, by), {"xs": InColumns(items, [300])}) == "['python']"


def test_what_a_step_reads_may_change() -> None:
    factor = 2

    def step(state, item):  # type: ignore[no-untyped-def]
        return state + item.value * factor, state

    items = [Payment(n % 3, n) for n in range(100)]
    assert agree(scanned(step, 0, KEYS[2]), {"xs": InColumns(items, [30])}) == "['numba']"
    factor = 3
    assert agree(scanned(step, 0, KEYS[2]), {"xs": InColumns(items, [30])}) == "['numba']"
