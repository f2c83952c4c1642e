"""Kernels of the tests, as element code is written: in a file, with helpers, records and constants around them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

LIMIT = 10
NAMES = ("zero", "one", "two")


class Point(NamedTuple):
    """A pair with a default."""

    x: int
    y: float = 0.5


@dataclass(frozen=True)
class Word:
    """A word and its length."""

    text: str
    size: int

    def longer(self, than: int) -> bool:
        """Tell whether it is longer."""
        return self.size > than


def arithmetic(xs):
    return [x * 3 + 1 for x in xs if x % 7 != 2]


def there_and_back(xs):
    return [x * 8 // 16 for x in xs]


def fused(xs):
    return [y * 2 for x_2 in xs for x in [x_2 * 3] if x % 7 != 2 for y in [x + 1]]


def nested(xs):
    return [y + 1 for y in [x * 2 for x in xs if x > 0] if y < 100]


def words(lines):
    return [word.lower() for line in lines for word in line.split()]


def cased(texts):
    return [(t.lower(), t.upper()) for t in texts]


def fields(lines):
    return [part.strip() for line in lines for part in line.split(",")]


def divided(xs):
    return [100 // x for x in xs]


def collatz(n):
    steps = 0
    while n != 1:
        n = n // 2 if n % 2 == 0 else 3 * n + 1
        steps += 1
        if steps > 500:
            return -1
    return steps


def collatzes(xs):
    return [collatz(x) for x in xs if x > 0]


def is_prime(n):
    return n > 1 and all(n % d for d in range(2, int(n**0.5) + 1))


def primes(xs):
    return [x for x in xs if is_prime(x)]


def summed(lines):
    return [
        (
            sum(len(word) for word in line.split()),
            any(word.isdigit() for word in line.split()),
            max(len(word) for word in line.split(",")),
            len([word for word in line.split() if word]),
            sum(range(len(line))),
            min(x * 0.5 for x in (len(line), 3)),
        )
        for line in lines
    ]


def shortest(lines):
    return [min(len(word) for word in line.split()) for line in lines]


def sign(x):
    match x:
        case 0:
            return None
        case n if n < 0:
            return "minus"
    return "plus"


def signs(xs):
    return [sign(x) for x in xs]


def points(xs):
    return [Point(x, x / 2) if x > LIMIT else Point(y=math.sqrt(x * x), x=0) for x in xs]


def moved(ps):
    return [p for p in ps if p.x % 2 == 0 and p.y > 1.0]


def told(texts):
    return [Word(t.upper(), len(t)) for t in texts]


def long_words(ws):
    return [w.text for w in ws if w.longer(2)]


def present(xs):
    return [x + 1 if x is not None else 0 for x in xs]


def offset(xs, by, name):
    return [f"{name}:{x + by}" for x in xs]


def pairs(xs):
    return [(x, y) for x in xs for y in range(x)]


def letters(texts):
    return [c for t in texts for c in t if c.isalpha()]


def classed(points):
    return [px if isinstance(px, int) else 0 for px in points]


def key(word):
    return word[:1].lower()


def not_numbers(xs):
    return [x * 0.5 if x > 0 else math.nan for x in xs]


def last_resort(xs):
    return [sorted([x, 1]) for x in xs]


def cased_twice(texts):
    return [
        (y.upper(), z.lower().lower(), (z + "b").upper(), z.lower().upper().lower())
        for x in texts
        for y in [x.upper()]
        for z in [y.upper() + "a"]
    ]


def grown(text):
    text = text.upper()
    for _ in range(2):
        text = text.upper() + "b"
    return text.upper() if len(text) % 2 else text


def cased_in_a_loop(texts):
    return [grown(text) for text in texts]
