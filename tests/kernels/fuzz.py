"""Random expressions over edge values: a compiled kernel against Python, in value, type and exception.

The first difference is raised with the program that shows it. Every input runs alone, so that a failing neighbour hides
nothing, and once more in one batch with all that the kernel did itself, so that vectorised loops are met.
"""

from __future__ import annotations

import linecache
import math
import random
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np

from flowcc.backend.kernels.cache import Cache
from flowcc.backend.kernels.hot import Hot
from flowcc.backend.kernels.making import Made, kinds_of, make
from flowcc.runtime.columns import Columns, columns_of
from flowcc.runtime.schema import Scalar, Struct
from flowcc.runtime.sides import Side
from tests.kernels import collections_beside
from tests.kernels.collections_beside import collections
from tests.kernels.expressions import expression

EXPRESSIONS_A_KERNEL = 3
ITEM = Struct(
    (Scalar("int64"), Scalar("float64"), Scalar("bool"), Scalar("utf8"), Scalar("int64", True), Scalar("int64"))
)
NAMES = ("near", "far", "names", "words", "seen", "halves", "counts", "listed", "flags")
HEAD = (
    f"import math\n{collections_beside.HEAD}"
    + """
from dataclasses import dataclass, replace
from typing import NamedTuple

class Pair(NamedTuple):
    x: int
    y: str = "none"

@dataclass(frozen=True, order=True)
class Dated:
    day: int
    text: str

@dataclass(frozen=True)
class Spot:
    at: int
    size: float

    @property
    def twice(self):
        return self.at * 2

    def moved(self, by):
        return Spot(self.at + by, self.size * 0.5)

def shape(n, m, text):
    match (n, m):
        case (0, 0) | (1, 1):
            return 0
        case (k, 0) if k > 0:
            return k
        case (_, 3 | 4 | 5):
            return len(text)
    match Pair(m, text):
        case Pair(x=2):
            return 2
        case Pair(y="a") | Pair(7, _):
            return 7
        case Pair(k, word):
            return k - len(word)

def first(text):
    for letter in text:
        if letter.isspace():
            continue
        if letter.isdigit():
            return int(letter)
        if letter > "b":
            break
    else:
        return -1

def turned(n, m):
    if m > n:
        n, m = m, n
    if m == 0:
        return 1, m
    return n, m

def shared(text):
    found, last = 0, ""
    for letter in text:
        if letter == last:
            found += 1
        last = letter
    return found

def swapped(text):
    left, right = text.split(",")
    return right + left.strip()

def helper(n, m):
    total = 0
    for step in range(n % 7):
        if step == m:
            continue
        total += step * m
        if total > 1000:
            return total - m
    while total > 10:
        total = total // 3
    return total

def kind(n):
    match n:
        case 0 | 1:
            return "small"
        case -1:
            return "minus one"
        case k if k > 100:
            return "large"
    return "other"
"""
)

INTEGERS = [
    0,
    1,
    -1,
    2,
    3,
    -3,
    7,
    -7,
    10,
    63,
    64,
    100,
    2**31 - 1,
    -(2**31),
    2**32,
    2**53 - 1,
    2**53,
    2**53 + 1,
    -(2**53) - 1,
    2**61,
    2**62,
    -(2**62),
    2**63 - 1,
    2**63 - 2,
    -(2**63),
    -(2**63) + 1,
]
FLOATS = [
    0.0,
    -0.0,
    1.0,
    -1.0,
    0.5,
    1.5,
    2.5,
    -0.5,
    -2.5,
    3.7,
    0.1,
    1e16,
    1e-300,
    1e308,
    -1e308,
    5e-324,
    2.0**53,
    2.0**63,
    -(2.0**63),
    9.5e18,
    700.0,
    -745.2,
    math.pi,
    math.inf,
    -math.inf,
    math.nan,
]
TEXTS = [
    "",
    "a",
    "A",
    "abc",
    "ABC def",
    "  x \t",
    "\x1cq\x1f",
    "123",
    "-5",
    "a,b,,c",
    "aaa",
    "é",
    "straße",
    "İ",
    "ΑΣ",
    "\u2003x\u00a0",
    "٣",
    "𝔘x",
    "Hello, World",
    "x" * 300,
    "\n",
    "a\u0345",
    "ǅ",
    "12",
    " -7 ",
    "+5",
    "1_0",
    "3.25",
    ".5e2",
    "1e-7",
    "9" * 19,
    "1e400",
    "nan",
    "a b  c",
    "k,v",
    "Éé ß",
]


@dataclass
class Difference(Exception):
    """A pair for which kernel and Python do not agree."""

    source: str
    item: object
    expected: object
    given: object

    def __str__(self) -> str:
        return f"{self.source}\nitem: {self.item!r}\nPython: {self.expected!r}\nkernel: {self.given!r}"


@dataclass
class Tally:
    """How many pairs were compared, on how many the kernel itself worked, and why expressions had none."""

    pairs: int = 0
    native: int = 0
    kernels: int = 0
    refused: int = 0


def inputs(rng: random.Random, count: int) -> list[tuple[Any, ...]]:
    """Return items with every edge value of every type among them."""

    def integer() -> int:
        return (
            rng.choice(INTEGERS)
            if rng.random() < 0.5
            else rng.randint(-100, 100)
            if rng.random() < 0.7
            else rng.getrandbits(64) - 2**63
        )

    def number() -> float:
        return rng.choice(FLOATS) if rng.random() < 0.5 else rng.uniform(-100, 100)

    items = [
        (integer(), number(), rng.random() < 0.5, rng.choice(TEXTS), rng.choice([None, integer()]), integer())
        for _ in range(count - len(INTEGERS))
    ]
    longest = max(len(INTEGERS), len(FLOATS), len(TEXTS))
    edges = [
        (INTEGERS[i % len(INTEGERS)], FLOATS[i % len(FLOATS)], bool(i % 2), TEXTS[i % len(TEXTS)], None, integer())
        for i in range(longest)
    ]
    return items + edges


def columns(items: list[tuple[Any, ...]]) -> Columns:
    """Return items as columns, nan and all."""
    buffers: list[Any] = []
    for kind, values in zip(ITEM.items, zip(*items, strict=True), strict=True):
        if kind == Scalar("float64"):
            buffers.append(np.array(values, np.float64))
        else:
            part = columns_of(list(values), kind)
            assert part is not None
            buffers.extend(part.buffers)
    return Columns(ITEM, tuple(buffers), len(items))


def same(a: object, b: object) -> bool:
    """Tell whether two results cannot be told apart; any nan is like another."""
    if type(a) is not type(b):
        return False
    if isinstance(a, tuple) and isinstance(b, tuple):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, float) and isinstance(b, float):
        return struct.pack("d", a) == struct.pack("d", b) or (a != a and b != b)
    return a == b


def program(rng: random.Random) -> tuple[str, Callable[..., list[Any]]]:
    """Return the text of a kernel of several expressions, and the kernel."""
    parts = [expression(rng, rng.choice("iiffbs"), rng.randint(1, 4)) for _ in range(EXPRESSIONS_A_KERNEL)]
    beside = ", ".join(NAMES)
    source = f"{HEAD}\ndef kernel(items, {beside}):\n    return [({', '.join(parts)}) for a, b, c, s, d, e in items]\n"
    name = f"<fuzz {rng.getrandbits(64):x}>"
    linecache.cache[name] = (len(source), None, source.splitlines(True), name)
    names: dict[str, Any] = {}
    exec(compile(source, name, "exec"), names)
    return source, names["kernel"]


def outcome(kernel: Callable[..., list[Any]], item: tuple[Any, ...], beside: Sequence[Any]) -> object:
    """Return what Python gives for one item: its value, or the type of its exception."""
    try:
        return kernel([item], *beside)[0]
    except Exception as error:
        return type(error)


def compare(
    source: str, kernel: Callable[..., list[Any]], made: Made, items: list[tuple[Any, ...]], tally: Tally,
    sides: Sequence[Side],
) -> None:  # fmt: skip
    """Run a kernel on each item alone and on all that it can do itself; raise the first `Difference`."""
    assert made.native is not None
    alone, beside = [], [side.value for side in sides]
    for item in items:
        expected, before = outcome(kernel, item, beside), made.native.redone
        given = made.native(columns([item]), *sides)
        result = given if given is None else given[0]
        if (given is None) != isinstance(expected, type) or (given is not None and not same(result, expected)):
            raise Difference(source, item, expected, result)
        tally.pairs += EXPRESSIONS_A_KERNEL
        if made.native.redone == before:
            alone.append((item, expected))
    tally.native += EXPRESSIONS_A_KERNEL * len(alone)
    together = made.native(columns([item for item, _ in alone]), *sides) if alone else None
    for (item, expected), result in zip(alone, together or [], strict=True):
        if not same(result, expected):
            raise Difference(source, item, expected, result)


def run(pairs: int, seed: int, folder: Path, inputs_a_kernel: int) -> Tally:
    """Compare at least so many pairs; raises `Difference` at the first that differs."""
    rng, tally, cache = random.Random(seed), Tally(), Cache(folder)
    jit = Hot("always")
    while tally.pairs < pairs:
        source, kernel = program(rng)
        sides = [Side(held, jit) for held in collections(rng, INTEGERS, FLOATS, TEXTS).values()]
        kinds = kinds_of(columns(inputs(rng, 50)), sides)
        assert not isinstance(kinds, str), kinds
        made = make(kernel, "each", kinds, True, cache)
        assert made is not None
        if made.native is None:
            tally.refused += 1
            assert tally.refused < 100 + 20 * tally.kernels, made.refusal
            if made.refusal is not None and "Numba" in str(made.refusal):
                raise Difference(source, None, "a kernel", str(made.refusal))
            continue
        tally.kernels += 1
        with patch("flowcc.runtime.sides.ITEMS_PER_KEY", math.inf):  # so that constants are looked into for one item
            compare(source, kernel, made, inputs(rng, inputs_a_kernel), tally, sides)
    return tally
