"""A flow goes with the names around it: a later cell of a notebook may bind them again."""

from __future__ import annotations

from typing import Any

import pytest

from flowcc import Flow, flow

SHIFT = 1
SOME: tuple[int, ...] = (1, 2)


def helper(x: int) -> int:
    return x


@flow
def shifted(xs: list[int]) -> list[int]:
    return [x + SHIFT for x in xs]


@flow
def helped(xs: list[int]) -> list[int]:
    return [helper(x) for x in xs]


@flow
def chosen(xs: list[int]) -> list[int]:
    return [x for x in xs if x in SOME]


@flow
def unrolled(xs: list[int]) -> list[int]:
    for step in range(SHIFT):
        xs = [x + step + 1 for x in xs]
    return xs


@flow
def inlined(xs: list[int]) -> list[int]:
    return shifted(xs)


@pytest.mark.parametrize("program", [shifted, helped, chosen, unrolled, inlined], ids=lambda program: program.__name__)
def test_names_that_are_bound_again(program: Flow[Any, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    before = program([1, 2, 3])
    assert before == program.plain([1, 2, 3])
    monkeypatch.setitem(globals(), "SHIFT", 10)
    monkeypatch.setitem(globals(), "SOME", (3,))
    monkeypatch.setitem(globals(), "helper", lambda x: -x)
    after = program([1, 2, 3])
    assert after == program.plain([1, 2, 3])
    assert after != before


def test_variables_of_the_enclosing_function() -> None:
    k = 1

    @flow
    def more(xs: list[int]) -> list[int]:
        return [x + k for x in xs]

    assert more([1]) == [2]
    k = 5
    assert more([1]) == [6]


def test_what_stays_the_same_is_compiled_once() -> None:
    shifted([1])
    first = shifted._signature
    shifted([2])
    assert shifted._signature is first
