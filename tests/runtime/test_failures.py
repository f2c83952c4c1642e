"""Exceptions in element code: which item they name, and what `on_error` makes of them."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flowcc.runtime.failures import Skipped
from flowcc.runtime.local import feed, run_here
from flowcc.runtime.node import Node
from flowcc.runtime.stage import Stage
from tests.runtime.drive import Pieces, cuts, stage_of

Make = Callable[[Stage, Node], Node]


def invert(x: Any) -> float:
    return 1 / x


def inverted(items: list[Any]) -> list[float]:
    return [1 / x for x in items]


def subtract_inverse(held: float, x: float) -> float:
    return held - 1 / x


IN_ELEMENT_CODE: list[tuple[str, Make]] = [
    ("each", lambda stage, xs: stage.each(inverted, xs, at=7)),
    ("sorted", lambda stage, xs: stage.sort("sorted", xs, key=invert, at=7)),
    ("nsmallest", lambda stage, xs: stage.sort("nsmallest", xs, n=2, key=invert, at=7)),
    ("min", lambda stage, xs: stage.fold("min", xs, key=invert, at=7)),
    ("reduce", lambda stage, xs: stage.fold("reduce", xs, function=subtract_inverse, initial=0.0, at=7)),
    ("group", lambda stage, xs: stage.group(xs, by=invert, at=7)),
    ("group", lambda stage, xs: stage.group(xs, by=abs, until=lambda held: 1 / held[-1], at=7)),
    ("scan", lambda stage, xs: stage.scan("scan", xs, step=lambda s, x: (s + 1 / x, s), init=0.0, at=7)),
    ("scan", lambda stage, xs: stage.scan("scan", xs, step=lambda s, x: (x, s), init=0.0, by=invert, at=7)),
    ("accumulate", lambda stage, xs: stage.scan("accumulate", xs, function=subtract_inverse, initial=1.0, at=7)),
    ("takewhile", lambda stage, xs: stage.scan("takewhile", xs, predicate=lambda x: 1 / x < 9, at=7)),
    ("groupby", lambda stage, xs: stage.scan("groupby", xs, key=invert, at=7)),
    ("windows", lambda stage, xs: stage.window("windows", xs, length=1, time=invert, at=7)),
]


def run(make: Make, items: list[Any], sizes: list[int], on_error: Any = "raise") -> Any:
    def wire(stage: Stage) -> None:
        stage.result(make(stage, stage.source("xs", at=1)), at=8)

    return run_here(wire, {"xs": Pieces(items, sizes)}, flow="f", filename="f.py", on_error=on_error)


@pytest.mark.parametrize(("name", "make"), IN_ELEMENT_CODE)
@settings(max_examples=30)
@given(st.lists(st.integers(1, 5), max_size=4), st.lists(st.integers(0, 5), max_size=3), cuts)
def test_the_note_names_the_item_the_line_and_the_place(
    name: str, make: Make, before: list[int], after: list[int], sizes: list[int]
) -> None:
    with pytest.raises(ZeroDivisionError, match=r"division by zero") as raised:
        run(make, [*before, 0.0, *after], sizes)
    assert raised.value.__notes__ == [f"item 0.0 at f.py:7, `{name}` of f, at Here, member 0"]


@pytest.mark.parametrize(("name", "make"), IN_ELEMENT_CODE)
@settings(max_examples=30)
@given(st.lists(st.integers(0, 5), max_size=9), cuts)
def test_skipped_items_leave_no_trace_but_their_count(
    name: str, make: Make, items: list[int], sizes: list[int]
) -> None:
    skipped: list[Skipped] = []
    try:
        got = run(make, items, sizes, skipped.append)
    except ValueError:
        assert name == "min"
        assert not any(items)
        return
    assert repr(got) == repr(run(make, [x for x in items if x], [9]))
    expected = Skipped(0, "ZeroDivisionError: division by zero", 7, name, "Here", 0)
    if name != "takewhile":
        assert [item._replace(error=item.error.replace("float ", "")) for item in skipped] == [
            expected for x in items if not x
        ]


def test_a_failing_key_of_a_merge() -> None:
    def make(stage: Stage, xs: Node) -> Node:
        return stage.concat("merge", xs, stage.literal([3, 2], at=6), key=invert, at=7)

    assert run(make, [2, 0, 1], [2], "skip") == [3, 2, 2, 1]
    with pytest.raises(ZeroDivisionError) as raised:
        run(make, [2, 0, 1], [2])
    assert raised.value.__notes__ == ["item 0 at f.py:7, `merge` of f, at Here, member 0"]


def test_skipped_items_are_counted_by_line() -> None:
    def wire(stage: Stage) -> None:
        once = stage.each(inverted, stage.source("xs", at=1), at=2)
        stage.result(stage.each(lambda items: [[][int(x)] for x in items if x < 1], once, at=3), at=4)

    stage = stage_of(wire, on_error="skip")
    feed(stage, {"xs": [1, 0, 2, 0, 4]})
    assert (stage.outcome(), stage.skipped) == ([], {2: 2, 3: 2})


def test_a_sink_keeps_what_is_skipped() -> None:
    kept: list[tuple[Any, str, int, str]] = []

    class Sink:
        def write(self, item: Any, error: BaseException, line: int, operator: str) -> None:
            kept.append((item, repr(error), line, operator))

    assert run(lambda stage, xs: stage.each(inverted, xs, at=7), [4, 0, 2], [9], Sink()) == [0.25, 0.5]
    assert kept == [(0, "ZeroDivisionError('division by zero')", 7, "each")]


IN_FOLDS: list[tuple[str, list[Any], Any, Make]] = [
    ("sum", [1, 2.0, "a", 3], "a", lambda stage, xs: stage.fold("sum", xs, at=7)),
    ("set", [1, [2], 3], [2], lambda stage, xs: stage.fold("set", xs, at=7)),
    ("Counter", [1, {}, 3], {}, lambda stage, xs: stage.fold("Counter", xs, at=7)),
    ("dict", [(1, 2), (3,)], (3,), lambda stage, xs: stage.fold("dict", xs, at=7)),
    ("max", [1, 2, None], None, lambda stage, xs: stage.fold("max", xs, at=7)),
    ("group", [(1, 2), ([], 2)], ([], 2), lambda stage, xs: stage.group(xs, at=7)),
]


@pytest.mark.parametrize(("name", "items", "item", "make"), IN_FOLDS)
@pytest.mark.parametrize("sizes", [[9], [1], [2]])
def test_a_fold_that_fails_names_the_item_and_is_not_skipped(
    name: str, items: list[Any], item: Any, make: Make, sizes: list[int]
) -> None:
    with pytest.raises((TypeError, ValueError)) as raised:
        run(make, items, sizes, "skip")
    assert raised.value.__notes__ == [f"item {item!r} at f.py:7, `{name}` of f, at Here, member 0"]


def test_the_error_of_a_value_says_where() -> None:
    def wire(stage: Stage) -> None:
        count = stage.fold("len", stage.source("xs", at=1), at=2)
        stage.result(stage.apply(lambda n: 1 / n, count, at=3), at=4)

    with pytest.raises(ZeroDivisionError) as raised:
        run_here(wire, {"xs": []}, flow="f", filename="f.py")
    assert raised.value.__notes__ == ["at f.py:3, `apply` of f, at Here, member 0"]


def test_a_long_item_is_told_shortly() -> None:
    with pytest.raises(TypeError) as raised:
        run(lambda stage, xs: stage.each(inverted, xs, at=7), ["x" * 10**6], [1])
    assert len(raised.value.__notes__[0]) < 300


class Unprintable:
    def __repr__(self) -> str:
        raise RuntimeError


def test_an_item_that_cannot_be_printed_does_not_hide_the_error() -> None:
    with pytest.raises(TypeError) as raised:
        run(lambda stage, xs: stage.each(inverted, xs, at=7), [Unprintable()], [1])
    assert "Unprintable" in raised.value.__notes__[0]


def test_the_end_of_an_iterator_in_element_code_is_an_error_like_any_other() -> None:
    with pytest.raises(StopIteration):
        run(lambda stage, xs: stage.group(xs, by=next, at=7), [iter([1]), iter([])], [2])


def test_an_interrupt_is_not_an_items_fault() -> None:
    def interrupt(x: int) -> int:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt) as raised:
        run(lambda stage, xs: stage.group(xs, by=interrupt, at=7), [1], [1], "skip")
    assert not hasattr(raised.value, "__notes__")


def test_an_argument_that_fails_while_it_is_read() -> None:
    def numbers() -> Any:
        yield 1
        raise OSError("gone")

    def wire(stage: Stage) -> None:
        stage.result(stage.fold("sum", stage.source("xs", at=1), at=2), at=3)

    with pytest.raises(OSError, match="gone"):
        run_here(wire, {"xs": numbers()}, flow="f", filename="f.py", on_error="skip")


def test_factories_that_fail_say_where() -> None:
    def wire(stage: Stage) -> None:
        xs = stage.source("xs", at=1)
        count = stage.fold("len", xs, at=2)
        stage.result(stage.take(xs, count, stop=lambda n: operator.truediv(1, n), at=3), at=4)

    with pytest.raises(ZeroDivisionError) as raised:
        run_here(wire, {"xs": []}, flow="f", filename="f.py")
    assert raised.value.__notes__[0] == "at f.py:3, `slice` of f, at Here, member 0"
