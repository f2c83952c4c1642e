"""A run on stages gives back values and exceptions of the caller's own classes, wherever they were made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import pytest

from flowcc import Batch, Cluster, Process, flow, gather, processes, scatter, threads


class Front(Process):
    """One."""


class Workers(Cluster):
    """Many."""


class Pair(NamedTuple):
    number: int


@dataclass(frozen=True)
class Box:
    number: int


class Refused(Exception):
    """Raised by element code."""


def checked(x: int) -> int:
    if x == 3:
        raise Refused("three")
    return x


@flow
def made_here(xs: Batch[int]) -> tuple[list[Pair], list[Box]]:
    return [Pair(x) for x in xs], [Box(x) for x in xs]


@flow
def made_there(xs: Batch[int, Front]):
    return gather([Box(pair.number) for pair in scatter([Pair(x) for x in xs], Workers)], Front)


@flow
def raises_there(xs: Batch[int, Front]) -> list[int]:
    return [checked(x) for x in xs]


@pytest.mark.parametrize("on", [threads(), processes()], ids=["threads", "processes"])
def test_values_and_exceptions_are_the_callers_own(on) -> None:
    pairs, boxes = made_here.run([1, 2], on=on)
    assert (pairs, boxes) == made_here.plain([1, 2])
    assert {type(each) for each in (*pairs, *boxes)} == {Pair, Box}
    there = made_there.run([1, 2], on=on, members={Workers: 2})
    assert sorted(there, key=lambda box: box.number) == [Box(1), Box(2)]
    assert {type(each) for each in there} == {Box}
    with pytest.raises(Refused, match="three") as caught:
        raises_there.run([1, 2, 3], on=on)
    assert "item 3" in caught.value.__notes__[0]
