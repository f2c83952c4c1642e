"""Programs whose merge or reduction is wrong, or cannot be shown to be right: each must be refused.

The docstring says with which code, whether the fault can show a counterexample (`shown`) or not (`not shown`), and why.
The labels were written before the rules that decide them.
"""

from __future__ import annotations

import operator
from collections import Counter
from functools import reduce
from math import gcd, prod

from flowcc import Cluster, Process, broadcast, flow, gather, scatter


class Desk(Process):
    """Asks."""


class Clerks(Cluster):
    """Answer."""


@flow
def counts_by_or(words: list[str]) -> dict[str, int]:
    """F303, shown: `|` of counters keeps the larger count."""
    return gather(Counter(scatter(words, Clerks)), Desk, merge=operator.or_)


@flow
def counts_by_and(words: list[str]) -> dict[str, int]:
    """F303, shown."""
    return gather(Counter(scatter(words, Clerks)), Desk, merge=lambda a, b: a & b)


@flow
def counts_overwritten(words: list[str]) -> dict[str, int]:
    """F303, shown: of two counts one stays."""
    return gather(Counter(scatter(words, Clerks)), Desk, merge=lambda a, b: {**a, **b})


@flow
def positions(pairs: list[tuple[str, int]]) -> dict[str, int]:
    """F303, shown: the last value of a key stays."""
    return gather(dict(scatter(pairs, Clerks)), Desk, merge=lambda a, b: a | b)


@flow
def set_by_and(xs: list[int]) -> set[int]:
    """F303, shown."""
    return gather(set(scatter(xs, Clerks)), Desk, merge=operator.and_)


@flow
def set_by_difference(xs: list[int]) -> set[int]:
    """F303, shown."""
    return gather(set(scatter(xs, Clerks)), Desk, merge=lambda a, b: a - b)


@flow
def thawed(xs: list[int]) -> frozenset[int]:
    """F303, shown: with two members it is a set, with one a frozenset."""
    return gather(frozenset(scatter(xs, Clerks)), Desk, merge=lambda a, b: {*a, *b})


@flow
def sum_from_ten(xs: list[int]) -> int:
    """F303, shown: 10 once a member."""
    return gather(sum(scatter(xs, Clerks), start=10), Desk, merge=operator.add)


@flow
def reduced_from_ten(xs: list[int]) -> int:
    """F303, shown: 10 once a member."""
    return gather(reduce(operator.add, scatter(xs, Clerks), 10), Desk, merge=operator.add)


@flow
def product_from_two(xs: list[int]) -> int:
    """F303, shown: 2 once a member."""
    return gather(prod(scatter(xs, Clerks), start=2), Desk, merge=operator.mul)


@flow
def parity_from_one(xs: list[int]) -> int:
    """F303, shown: 1 once a member."""
    return gather(reduce(operator.xor, scatter(xs, Clerks), 1), Desk, merge=operator.xor)


@flow
def divisor_from_negative(xs: list[int]) -> int:
    """F303, shown: gcd(-2, -2) is 2."""
    return gather(reduce(gcd, scatter(xs, Clerks), -2), Desk, merge=gcd)


@flow
def larger_from_a_float(xs: list[int]) -> float:
    """F303, shown: of 1.0 and 1 the last stays."""
    mine = scatter(xs, Clerks)
    return gather(reduce(lambda a, b: b if b >= a else a, mine, 1.0), Desk, merge=lambda a, b: b if b >= a else a)


@flow
def largest_added(pairs: list[tuple[int, int]]) -> tuple[int, int]:
    """F303, shown: the second component is a max, and is added."""
    held = reduce(lambda a, b: (a[0] + b[0], max(a[1], b[1])), scatter(pairs, Clerks))
    return gather(held, Desk, merge=lambda a, b: (a[0] + b[0], a[1] + b[1]))


@flow
def components_swapped(pairs: list[tuple[int, int]]) -> tuple[int, int]:
    """F303, shown: each component is added to the other."""
    held = reduce(lambda a, b: (a[1] + b[1], a[0] + b[0]), scatter(pairs, Clerks))
    return gather(held, Desk, merge=lambda a, b: (a[1] + b[1], a[0] + b[0]))


@flow
def count_from_one(xs: list[int]) -> tuple[int, int]:
    """F303, shown: the count starts with 1 at each member."""
    held = reduce(lambda s, x: (s[0] + x, s[1] + 1), scatter(xs, Clerks), (0, 1))
    return gather(held, Desk, merge=lambda a, b: (a[0] + b[0], a[1] + b[1]))


@flow
def another_constant(xs: list[int]) -> tuple[str, int]:
    """F303, shown: the merge gives another constant."""
    held = reduce(lambda s, x: (s[0], s[1] + x), scatter(xs, Clerks), ("a", 0))
    return gather(held, Desk, merge=lambda a, b: ("b", a[1] + b[1]))


@flow
def first_component(pairs: list[tuple[int, int]]) -> tuple[int, int]:
    """F303, shown: which first component stays depends on the shares."""
    held = reduce(lambda a, b: (a[0], a[1] + b[1]), scatter(pairs, Clerks))
    return gather(held, Desk, merge=lambda a, b: (a[0], a[1] + b[1]))


@flow
def subtracted_pairwise(pairs: list[tuple[int, int]]) -> tuple[int, ...]:
    """F303, shown: differences do not commute."""
    held = reduce(lambda a, b: tuple(x - y for x, y in zip(a, b, strict=False)), scatter(pairs, Clerks))
    return gather(held, Desk, merge=lambda a, b: tuple(x - y for x, y in zip(a, b, strict=False)))


@flow
def third_lost(triples: list[tuple[int, int, int]]) -> tuple[int, int]:
    """F303, shown: a share of one item keeps its third component."""
    held = reduce(lambda a, b: (a[0] + b[0], a[1] + b[1]), scatter(triples, Clerks))
    return gather(held, Desk, merge=lambda a, b: (a[0] - b[0], a[1] + b[1]))


@flow
def copies_added(xs: list[int]) -> int:
    """F303, shown: each copy counts again."""
    return gather(len(broadcast(xs, Clerks)), Desk, merge=operator.add)


@flow
def copies_averaged(xs: list[int]) -> float:
    """F303, shown: the mean of two ints is a float."""
    return gather(sum(broadcast(xs, Clerks)), Desk, merge=lambda a, b: (a + b) / 2)


@flow
def copies_subtracted(xs: list[int]) -> set[int]:
    """F303, shown: x - x is empty."""
    return gather(set(broadcast(xs, Clerks)), Desk, merge=lambda a, b: a - b)


@flow
def copies_counted(words: list[str]) -> dict[str, int]:
    """F303, shown: each copy counts again."""
    return gather(Counter(broadcast(words, Clerks)), Desk, merge=operator.add)


@flow
def copies_crossed(xs: list[int]) -> int:
    """F303, shown: x ^ x is 0."""
    return gather(sum(broadcast(xs, Clerks)), Desk, merge=operator.xor)


@flow
def copy_of_a_negative(xs: list[int]) -> int:
    """F303, shown: gcd(-2, -2) is 2."""
    return gather(sum(broadcast(xs, Clerks)), Desk, merge=gcd)


@flow
def copies_compared(xs: list[int]) -> dict[int, int]:
    """F303, shown: dicts have no order."""
    return gather({x: x * x for x in broadcast(xs, Clerks)}, Desk, merge=max)


@flow
def copy_with_a_sum(xs: list[int]) -> tuple[int, int]:
    """F303, shown: the second component counts again."""
    held = reduce(lambda s, x: (s[0] + x, s[1] + 1), broadcast(xs, Clerks), (0, 0))
    return gather(held, Desk, merge=lambda a, b: (a[0], a[1] + b[1]))
