"""Element code that changes something or gives another answer each time, and that was once accepted."""

from __future__ import annotations

import itertools
from random import Random, random
from typing import Any

import pytest

from flowcc import Flow, FlowError, flow

CHANCE = Random(3)
NUMBERS = itertools.count()
TABLE: dict[int, int] = {}
SEEN: list[int] = []


class Box:
    """Holds a number."""

    n = 0


BOX = Box()
shaken = lambda x: x + random()  # noqa: E731


def stored(x: int) -> int:
    TABLE[x] = 1
    return len(TABLE)


def boxed(x: int) -> int:
    BOX.n += x
    return BOX.n


def aliased(x: int) -> int:
    seen = SEEN
    seen.append(x)
    return len(seen)


def item_changed(row: list[int]) -> list[int]:
    row[0] = 0
    return row


def own_changed(x: int) -> int:
    held = {x: 1}
    held[x] += 1
    return held[x]


@flow
def bound_method(xs: list[int]) -> list[float]:
    return [random() for _ in xs]


@flow
def generator_of_chance(xs: list[int]) -> list[float]:
    return [CHANCE.random() for _ in xs]


@flow
def counter(xs: list[int]) -> list[int]:
    return [next(NUMBERS) for _ in xs]


@flow
def in_a_lambda(xs: list[int]) -> list[float]:
    return [shaken(x) for x in xs]


@flow
def stores(xs: list[int]) -> list[int]:
    return [stored(x) for x in xs]


@flow
def counts_in_a_box(xs: list[int]) -> list[int]:
    return [boxed(x) for x in xs]


@flow
def appends_by_another_name(xs: list[int]) -> list[int]:
    return [aliased(x) for x in xs]


@flow
def changes_items(xs: list[list[int]]) -> list[list[int]]:
    return [item_changed(x) for x in xs]


@pytest.mark.parametrize(
    "program",
    [bound_method, generator_of_chance, counter, in_a_lambda, stores, counts_in_a_box, appends_by_another_name,
     changes_items],
    ids=lambda program: program.__name__,
)  # fmt: skip
def test_it_is_refused(program: Flow[Any, Any]) -> None:
    with pytest.raises(FlowError) as raised:
        program.check()
    assert raised.value.code == "F401"


@flow
def changes_its_own(xs: list[int]) -> list[int]:
    return [own_changed(x) for x in xs]


def test_a_function_may_change_what_it_made() -> None:
    assert changes_its_own([1, 2]) == [2, 2]
