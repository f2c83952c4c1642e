"""Annotations are demands, and arguments have kinds: what cannot hold is refused where it is written."""

from __future__ import annotations

import pytest

from flowcc.compiler import check_source
from flowcc.diagnostics import FlowError

HEAD = """\
from collections import Counter
from dataclasses import dataclass
from heapq import nlargest
from itertools import batched, takewhile
from functools import reduce
from enum import IntEnum
from typing import Any, Collection, Iterable, NamedTuple, NewType, Optional, Sequence
from flowcc import Batch, Cluster, Process, flow, group, scan, scatter, windows

class Reader(Process): ...
class Clerks(Cluster): ...

@dataclass(frozen=True)
class Row:
    user: str
    amount: float

class Colour(IntEnum):
    RED = 1

class Pair(NamedTuple):
    a: int
    b: str

UserId = NewType("UserId", int)

def named(x) -> str: ...

"""
REFUSED = [
    ("Batch[int]", "list[str]", "return [x + 1 for x in xs]", "F203"),
    ("Batch[int]", "Batch[str]", "return xs", "F203"),
    ("Batch[str]", "int", "return [word for word in xs][0]", "F203"),
    ("Batch[str]", "str", "return len(xs)", "F203"),
    ("Batch[str]", "dict[str, str]", "return Counter(xs)", "F203"),
    ("Batch[str]", "dict[int, int]", "return Counter(xs)", "F203"),
    ("Batch[int]", "set[str]", "return {x for x in xs}", "F203"),
    ("Batch[int]", "list[tuple[int, str]]", "return [(x, x) for x in xs]", "F203"),
    ("Batch[int]", "list[tuple[int, int, int]]", "return [(x, x) for x in xs]", "F203"),
    ("Batch[int]", "list[str | None]", "return [x * 2 for x in xs]", "F203"),
    ("Batch[int]", "list[bool]", "return [x * 2 for x in xs]", "F203"),
    ("Batch[Row]", "list[int]", "return [row.amount for row in xs]", "F203"),
    ("Batch[int]", "int", "ys: Batch[str] = [x + 1 for x in xs]\n    return len(ys)", "F203"),
    ("Batch[int]", "list[int]", "return [named(x) for x in xs]", "F203"),
    ("Batch[str]", "dict[str, list[int]]", "return group(xs, by=lambda x: x)", "F203"),
    ("Batch[Reader]", "int", "return len(xs)", "F202"),
    ("Batch[Row]", "Any", 'return group(xs, by="user")', "F106"),
    ("Batch[Row]", "Any", 'return sorted(xs, key="user")', "F106"),
    ("Batch[int]", "Any", "return reduce(1, xs)", "F106"),
    ("Batch[int]", "Any", 'return scan("step", xs, init=0)', "F106"),
    ("Batch[int]", "Any", 'return nlargest("3", xs)', "F106"),
    ("Batch[int]", "Any", 'return list(map("f", xs))', "F106"),
    ("Batch[int]", "Any", "return list(takewhile(3, xs))", "F106"),
    ("Batch[int]", "Any", 'return windows(xs, "1 minute", lambda x: x)', "F106"),
    ("Batch[Row]", "Any", 'return len(scatter(xs, Clerks, by="user"))', "F106"),
]
ACCEPTED = [
    ("Batch[int]", "list[float]", "return [x + 1 for x in xs]"),
    ("Batch[bool]", "list[int]", "return [x for x in xs]"),
    ("Batch[int]", "list[int | str]", "return [x + 1 for x in xs]"),
    ("Batch[int]", "list[object]", "return [x + 1 for x in xs]"),
    ("Batch[int]", "list[Any]", "return [x + 1 for x in xs]"),
    ("Batch[int]", "Sequence[int]", "return [x + 1 for x in xs]"),
    ("Batch[int]", "list[UserId]", "return [x + 1 for x in xs]"),
    ("Batch[int]", "list[Colour]", "return [Colour(x) for x in xs]"),
    ("Batch[int]", "list[int]", "return [Colour(x) for x in xs]"),
    ("Batch[int]", "list[tuple[int, str]]", 'return [Pair(x, "a") for x in xs]'),
    ("Batch[int]", "list[tuple[int, ...]]", "return [(x, x) for x in xs]"),
    ("Batch[str]", "Counter[str]", "return Counter(xs)"),
    ("Batch[str]", "dict[str, int]", "return Counter(xs)"),
    ("Batch[int]", "int | None", "return max(xs, default=None)"),
    ("Batch[int]", "Any", "return sorted(xs, key=None)"),
    ("Batch[int]", "Any", "return list(filter(None, xs))"),
    ("Batch[int]", "list[str]", 'return [f"{x}" for x in xs]'),
    ("Batch[int]", "float", "return sum(xs) / len(xs)"),
    ("Batch[int]", "Optional[list[int]]", "return [x for x in xs]"),
    ("Batch[int]", "list[int] | tuple[int, ...]", "return [x for x in xs]"),
    ("Batch[int]", "Iterable[int]", "return {x for x in xs}"),
    ("Batch[int]", "Collection[int]", "return {x: 1 for x in xs}"),
    ("Batch[int]", "int", "n: int\n    n = len(xs)\n    return n"),
    ("Batch[int]", "Any", "return [p for p in group(xs, by=lambda x: x % 2).items()]"),
]


def check(given: str, result: str, body: str) -> None:
    check_source(f"{HEAD}@flow\ndef f(xs: {given}) -> {result}:\n    {body}\n", "program.py", "f")


@pytest.mark.parametrize(("given", "result", "body", "code"), REFUSED)
def test_what_cannot_hold_is_refused(given: str, result: str, body: str, code: str) -> None:
    with pytest.raises(FlowError) as caught:
        check(given, result, body)
    assert caught.value.code == code
    assert caught.value.diagnostics[0].primary is not None


@pytest.mark.parametrize(("given", "result", "body"), ACCEPTED)
def test_what_may_hold_is_accepted(given: str, result: str, body: str) -> None:
    check(given, result, body)


def test_the_fault_says_what_was_inferred_at_the_annotation() -> None:
    with pytest.raises(FlowError) as caught:
        check("Batch[int]", "list[str]", "return [x + 1 for x in xs]")
    (fault,) = caught.value.diagnostics
    assert "`list[str]`" in fault.title
    assert "`int`" in fault.title
    assert "-> list[str]" in str(caught.value)
