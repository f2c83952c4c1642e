"""What kernels read from outside may change at any time, and they give what Python gives."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.kernels import test_captured
from tests.kernels.test_kernels import listed, made

LIMIT = 3
PAIR = (1, 2)
TABLE = {1: 10, 2: 20}
KNOWN = {1, 2}


class Point(NamedTuple):
    """A pair with a default."""

    x: int
    y: int = 5


@dataclass(frozen=True)
class Box:
    """A number with a method, a property and a default."""

    size: int
    more: int = 1

    def is_big(self) -> bool:
        """Tell whether it is more than the limit."""
        return self.size > LIMIT

    @property
    def twice(self) -> int:
        """Twice the number."""
        return self.size * 2


def scaled(x: int, by: int = 3) -> int:
    return x * by


def adding(start: int) -> tuple[Callable[[int], int], Callable[[int], None]]:
    def add(x: int) -> int:
        return x + start

    def set_start(to: int) -> None:
        nonlocal start
        start = to

    return add, set_start


add, set_start = adding(1)


def constants(xs: list[int]) -> list[Any]:
    return [(x > LIMIT, PAIR[0] + x) for x in xs]


def collections(xs: list[int]) -> list[Any]:
    return [(TABLE.get(x, 0), x in KNOWN) for x in xs]


def records(xs: list[int]) -> list[Any]:
    return [(Point(x).y, Box(x).more, Box(x).is_big(), Box(x).twice, Point(x) < Point(3)) for x in xs]


def functions(xs: list[int]) -> list[Any]:
    return [(scaled(x), add(x), math.sqrt(x), abs(x)) for x in xs]


CHANGES: dict[str, Callable[[pytest.MonkeyPatch], object]] = {
    "nothing": lambda patch: None,
    "a constant": lambda patch: patch.setattr(test_captured, "LIMIT", 1),
    "a tuple": lambda patch: patch.setattr(test_captured, "PAIR", (7, 8)),
    "an entry": lambda patch: patch.setitem(TABLE, 1, 99),
    "a new entry": lambda patch: patch.setitem(TABLE, 5, 7),
    "no entry": lambda patch: patch.delitem(TABLE, 1),
    "a key of another type": lambda patch: patch.setitem(TABLE, "a", 1),
    "a set": lambda patch: patch.setattr(test_captured, "KNOWN", {4}),
    "a method": lambda patch: patch.setattr(Box, "is_big", lambda self: self.size > 100),
    "a property": lambda patch: patch.setattr(Box, "twice", property(lambda self: -self.size)),
    "a default": lambda patch: patch.setattr(scaled, "__defaults__", (5,)),
    "a function": lambda patch: patch.setattr(test_captured, "scaled", lambda x: x - 1),
    "a function's code": lambda patch: patch.setattr(scaled, "__code__", (lambda x, by: x + by).__code__),
    "a field's default": lambda patch: patch.setattr(Point.__new__, "__defaults__", (6,)),
    "a dataclass field's default": lambda patch: patch.setattr(Box.__init__, "__defaults__", (2,)),
    "an order": lambda patch: patch.setattr(Point, "__lt__", lambda one, other: True),
    "a function of a module": lambda patch: patch.setattr(math, "sqrt", lambda x: 1.5),
    "a name that hides a builtin": lambda patch: patch.setattr(test_captured, "abs", lambda x: 0, raising=False),
    "a name of a function around": lambda patch: set_start(50),
}


@pytest.mark.parametrize("program", [constants, collections, records, functions])
def test_what_changed_is_noticed(program: Callable[[list[int]], list[Any]], tmp_path: Path) -> None:
    items = [1, 2, 3, 4, 5]
    native = made(program, items, (), tmp_path)
    for change in CHANGES.values():
        with pytest.MonkeyPatch.context() as patch:
            change(patch)
            assert repr(listed(native(items))) == repr(program(items))
    set_start(1)
    before = native.redone
    assert repr(listed(native(items))) == repr(program(items))
    assert native.redone == before
