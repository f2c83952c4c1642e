"""Flows of what element code may be made of, each of which has a kernel."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

from flowcc import Batch, flow


class Point(NamedTuple):
    """A pair."""

    x: int
    y: float


@dataclass(frozen=True, order=True)
class Word:
    """A word."""

    text: str
    size: int | None = None


def collatz(n):
    """Count steps down to 1, in a loop with local variables."""
    steps = 0
    while n > 1:
        n = n // 2 if n % 2 == 0 else 3 * n + 1
        steps += 1
    return steps


def told(word):
    """Match on a text."""
    match word:
        case "a" | "é":
            return None
        case text if len(text) > 2:
            return text[:2]
    return word


@flow(jit="always")
def integers(xs: Batch[int]) -> list[tuple[int, ...]]:
    return [(x + 1, x // 3, x % 7, x**2, abs(-x), x << 2, x & 5, min(x, 4), divmod(x, 3)[1]) for x in xs]


@flow(jit="always")
def floats(xs: Batch[int]) -> list[tuple[float, ...]]:
    return [(x / 3, x * 0.5, math.sqrt(x), math.sin(x), round(x / 2) * 1.0, float(x) // 2) for x in xs]


@flow(jit="always")
def bools(xs: Batch[int]) -> list[tuple[bool, ...]]:
    return [(x > 1, not x, x > 1 and x < 5, x in (1, 2), 1 < x <= 4, bool(x)) for x in xs]


@flow(jit="always")
def nothings(xs: Batch[int]) -> list[int | None]:
    return [None if x % 2 else x for x in xs]


@flow(jit="always")
def strings(xs: Batch[str]) -> list[tuple[str, ...]]:
    return [(x.lower(), x.upper(), x.strip(), x[1:], x[::-1], x.replace("a", "é"), "-".join(c for c in x)) for x in xs]


@flow(jit="always")
def questions(xs: Batch[str]) -> list[tuple[object, ...]]:
    return [
        (len(x), x < "b", "é" in x, x.startswith("a"), x.endswith(("c", "é")), x.isalpha(), x.isdigit(), x == "é")
        for x in xs
    ]


@flow(jit="always")
def words(xs: Batch[str]) -> list[str]:
    return [word for x in xs for word in x.split()]


@flow(jit="always")
def tuples(xs: Batch[int]) -> list[tuple[tuple[int, int], bool]]:
    return [((x, -x), (x, 2) < (3, x)) for x in xs]


@flow(jit="always")
def records(xs: Batch[int]) -> list[Point]:
    return [p._replace(x=p.x + 1) for x in xs for p in [Point(x, x / 2)] if p.y < 40 or p.x == 3]


@flow(jit="always")
def dataclasses(xs: Batch[str]) -> list[Word]:
    return [w for x in xs for w in [Word(x, len(x) or None)] if w == Word("a", 1) or w.size is None or w.size > 1]


@flow(jit="always")
def helpers(xs: Batch[int]) -> list[int]:
    return [collatz(x) for x in xs]


@flow(jit="always")
def matches(xs: Batch[str]) -> list[str | None]:
    return [told(x) for x in xs]


NUMBERS = [0, 1, 2, 3, 4, 5, 27, 97]
TEXTS = ["", "a", "é", "abc", "  b c ", "Éé 𝔘", "12"]
