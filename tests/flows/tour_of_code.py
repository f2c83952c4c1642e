"""Small flows, one corner of the language each, as people write them: element code, values, statements."""

# ruff: noqa: E731, C416, B905, RUF005, RUF017 - written as users write

import datetime
import heapq
import json
import math
import operator
import re
import statistics
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from functools import partial, reduce
from heapq import nlargest
from itertools import filterfalse

from flowcc import (
    Batch,
    flow,
    windows,
)  # fmt: skip


class Color(Enum):
    RED = 1
    BLUE = 2


@dataclass(frozen=True)
class Pt:
    x: int
    y: int = 0

    def norm(self):
        return abs(self.x) + abs(self.y)

    @property
    def sq(self):
        return self.x**2


TABLE = {0: "zero", 1: "one"}
LIST = [1, 2, 3]


def make_adder(n):
    def add(x):
        return x + n

    return add


add5 = make_adder(5)


def gen(n):
    yield from range(n % 4)


def classify(x):
    match x:
        case 0:
            return "zero"
        case int() if x < 0:
            return "neg"
        case _:
            return "pos"


def many(x, *args, k=1, **kw):
    return (x, args, k, sorted(kw.items()))


@flow
def methods_of_items(xs: list[int]):
    return [Pt(x, y=x + 1).norm() for x in xs]


@flow
def properties_and_enums(xs: Iterable[int]):
    return [Pt(x).sq for x in xs], [Color.RED if x else Color.BLUE for x in xs]


@flow
def tables_of_the_module(xs):
    return [TABLE.get(x, "?") for x in xs]


@flow
def lists_of_the_module(xs: Batch[int]):
    return [x for x in xs if x in LIST]


@flow
def closures(xs: Batch[int]):
    return [add5(x) for x in xs], list(map(add5, xs))


@flow
def generators(xs: Batch[int]):
    return [i for x in xs for i in gen(x)]


@flow
def matches(xs: Batch[int]):
    return [classify(x) for x in xs]


@flow
def all_kinds_of_arguments(xs: Batch[int]):
    return [many(x, x, 2, k=x, z=x) for x in xs]


@flow
def partial_functions(xs: Batch[int]):
    return list(map(partial(operator.mul, 3), xs))


@flow
def sets_inside(xs: Batch[int]):
    return {x: {y for y in range(x % 5)} for x in xs}


@flow
def lists_inside(xs: Batch[int]):
    return [[y for y in range(x % 3)] for x in xs]


@flow
def displays(xs: Batch[int]):
    return [(x, [x] * 2, {x: x}) for x in xs]


@flow
def sums_of_lists(xs: Batch[int]):
    return sum([[x] for x in xs], [])


@flow
def sums(xs: Batch[int]):
    return sum(xs), sum(x / 2 for x in xs), sum(xs, 1.5), sum(x > 1 for x in xs)


@flow
def moments(xs: Batch[int]):
    n = len(xs)
    m = sum(xs) / n if n else 0.0
    var = sum((x - m) ** 2 for x in xs) / n if n else 0.0
    return m, math.sqrt(var)


@flow
def scaled(xs: Batch[int]):
    lo, hi = min(xs), max(xs)
    return [(x - lo) / (hi - lo) for x in xs if hi != lo]


@flow
def positions(xs: Batch[int]):
    first, second = xs[0], xs[1]
    return first + second, xs[-1], xs[len(xs) // 2]


@flow
def slices(xs: Batch[int]):
    return xs[1:4], xs[::-1], xs[:-1], xs[::2], xs[5:], xs[3:1], xs[-3:-1]


@flow
def extremes(xs: Batch[int]):
    return min(xs, key=lambda x: (abs(x - 3), x)), max(xs, default=None), max(xs, key=abs)


@flow
def quantifiers(xs: Batch[int]):
    return any(xs), all(xs), any(x > 3 for x in xs), all(x < 100 for x in xs)


@flow
def texts(xs: Batch[int]):
    return ",".join(str(x) for x in xs), " ".join([f"{x:>4}" for x in xs]), "".join(map(str, xs))


@flow
def conversions(xs: Batch[int]):
    return tuple(xs), frozenset(xs), list(xs), set(xs), sorted(set(xs))


@flow
def exact_sums(xs: Batch[int]):
    return math.prod(xs), math.fsum(xs), statistics.mean(xs), statistics.fmean(xs)


@flow
def lambdas_that_call(xs: Batch[int]):
    f = lambda x: x + 1
    g = lambda x: f(x) * 2
    return [g(x) for x in xs]


@flow
def loops_inside(xs: Batch[int]):
    def collatz(n: int) -> int:
        steps = 0
        while n > 1 and steps < 50:
            n = n // 2 if n % 2 == 0 else 3 * n + 1
            steps += 1
        return steps

    return [collatz(x) for x in xs]


@flow
def unrolled(xs: Batch[int], k: int = 3, flag: bool = True):
    ys = xs
    for i in range(k):
        if i % 2 and flag:
            ys = [y + i for y in ys]
        elif not flag:
            ys = [y - i for y in ys]
        else:
            ys = [y * 2 for y in ys]
    return ys


@flow
def one_name_for_all(xs: Batch[int]):
    x = [x for x in xs]
    y = [x for x in x]
    xs = [y for y in y]
    return xs


@flow
def assigned_twice(xs: Batch[int]):
    a = b = [x + 1 for x in xs]
    return a, b, len(a) + len(b)


@flow
def a_constant(xs: Batch[int]) -> int:
    return 42


@flow
def constants_beside(xs: Batch[int]):
    return len(xs), 3, "a", None


@flow
def a_dict_of_values(xs: Batch[int]) -> dict:
    return {"n": len(xs), "s": sum(xs)}


@flow
def a_list_of_values(xs: Batch[int]):
    return [len(xs), sum(xs)]


@flow
def zipped_values(xs: Batch[int]):
    return {k: v for k, v in zip(["n", "s"], [len(xs), sum(xs)])}


@flow
def heaps(xs: Batch[int]):
    return heapq.nsmallest(2, xs), nlargest(2, xs, key=lambda x: -x), list(heapq.merge(sorted(xs), [1, 5]))


@flow
def fractions(xs: Batch[int]):
    return [Fraction(x, 3) for x in xs], sum(Fraction(x, 3) for x in xs), sum(Decimal(x) / 7 for x in xs)


@flow
def dates(xs: Batch[int]):
    return [datetime.date(2020, 1, 1) + datetime.timedelta(days=x) for x in xs]


@flow
def regular_expressions(xs: Batch[int]):
    return [re.sub(r"\d", "#", str(x)) for x in xs], [json.dumps({"x": x}) for x in xs]


@flow
def items_beside_all(xs: Batch[int]):
    return [x for x in xs if x > sum(xs) / len(xs)], [x for i, x in enumerate(xs) if x not in xs[:i]]


@flow
def unions_and_closures(xs: Batch[int]):
    return [x if x > 2 else (x, x) for x in xs], [(lambda: x)() for x in xs], [(lambda y=x: y)() for x in xs]


@flow
def windowed(xs: Batch[int]):
    return windows(xs, 3, lambda x: x), [
        (w.start, w.end, len(v)) for (w, k), v in windows(xs, 3, time=lambda x: x, every=1).items()
    ]


@flow
def late_ones(xs: Batch[int]):
    w = windows(xs, 3, lambda x: x % 8)
    return [len(v) for v in w.values()], w.late, len(w)


@flow
def maps_and_filters(xs: Batch[int]):
    return list(map(lambda a, b: a + b, xs, xs[1:])), list(filter(None, xs)), list(filterfalse(None, xs))


@flow
def reductions(xs: Batch[int]):
    return reduce(lambda a, b: a + [b], xs, []), reduce(operator.sub, xs), reduce(max, xs)


@flow
def element_lambdas(xs: Batch[int]):
    return [x for x in xs if (lambda y: y > 1)(x)], [x for x in xs if all(x % d for d in range(2, x))]
