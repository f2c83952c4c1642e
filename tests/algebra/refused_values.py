"""Programs whose merge or reduction is wrong, or cannot be shown to be right: each must be refused.

The docstring says with which code, whether the fault can show a counterexample (`shown`) or not (`not shown`), and why.
The labels were written before the rules that decide them.
"""

from __future__ import annotations

import math
import operator
from dataclasses import dataclass
from functools import reduce

from flowcc import Cluster, Process, flow, gather, scatter


class Desk(Process):
    """Asks."""


class Clerks(Cluster):
    """Answer."""


@dataclass(frozen=True)
class Score:
    """Compared by its points alone."""

    name: str
    points: int


def halved(a: int, b: int) -> int:
    return (a + b) // 2


@flow
def largest_or_zero(xs: list[int]) -> int:
    """F303, shown: items may be negative."""
    return gather(max(scatter(xs, Clerks), default=0), Desk, merge=max)


@flow
def longest_or_five(words: list[str]) -> int:
    """F303, shown: a length may be below 5."""
    return gather(max((len(word) for word in scatter(words, Clerks)), default=5), Desk, merge=max)


@flow
def shortest_or_zero(words: list[str]) -> int:
    """F303, shown: a length may be above 0."""
    return gather(min((len(word) for word in scatter(words, Clerks)), default=0), Desk, merge=min)


@flow
def kept_too_much(xs: list[int]) -> int:
    """F303, shown: -1 is kept."""
    return gather(max((x for x in scatter(xs, Clerks) if x > -5), default=0), Desk, merge=max)


@flow
def default_of_another_type(xs: list[int]) -> bool:
    """F303, shown: max(0, False) is 0."""
    return gather(max((x > 3 for x in scatter(xs, Clerks)), default=0), Desk, merge=max)


@flow
def default_of_a_float(words: list[str]) -> float:
    """F303, shown: max(0.0, 0) is 0.0."""
    return gather(max((len(word) for word in scatter(words, Clerks)), default=0.0), Desk, merge=max)


@flow
def difference_of_lengths(words: list[str]) -> int:
    """F303, shown: a difference may be negative."""
    return gather(max((len(word) - 3 for word in scatter(words, Clerks)), default=0), Desk, merge=max)


@flow
def default_none(xs: list[int]) -> int | None:
    """F303, shown: None has no order."""
    return gather(max(scatter(xs, Clerks), default=None), Desk, merge=max)


@flow
def float_size(xs: list[float]) -> float:
    """F303, shown: the absolute value of nan is nan."""
    return gather(max((abs(x) for x in scatter(xs, Clerks)), default=0.0), Desk, merge=max)


@flow
def largest_float(xs: list[float]) -> float:
    """F303, shown: nan, and 0.0 beside -0.0."""
    return gather(max(scatter(xs, Clerks)), Desk, merge=max)


@flow
def larger_float(xs: list[float]) -> float:
    """F303, shown: nan, and 0.0 beside -0.0."""
    mine = scatter(xs, Clerks)
    return gather(reduce(lambda a, b: a if a > b else b, mine), Desk, merge=lambda a, b: a if a > b else b)


@flow
def largest_measured(pairs: list[tuple[float, int]]) -> tuple[float, int]:
    """F303, shown: pairs that hold nan."""
    return gather(max(scatter(pairs, Clerks)), Desk, merge=max)


@flow
def larger_float_in_any_order(xs: list[float]) -> float:
    """F301, shown: nan, and 0.0 beside -0.0."""
    return reduce(lambda a, b: a if a > b else b, gather(scatter(xs, Clerks), Desk))


@flow
def best_by_points(scores: list[Score]) -> Score:
    """F303, not shown: of equal points the first stays, and records are not made up."""
    mine = scatter(scores, Clerks)
    best = reduce(lambda a, b: a if a.points > b.points else b, mine)
    return gather(best, Desk, merge=lambda a, b: a if a.points > b.points else b)


@flow
def best_by_second(pairs: list[tuple[int, int]]) -> tuple[int, int]:
    """F303, shown: of pairs with the same second the first stays."""
    best = reduce(lambda a, b: a if a[1] > b[1] else b, scatter(pairs, Clerks))
    return gather(best, Desk, merge=lambda a, b: a if a[1] > b[1] else b)


@flow
def best_by_key(pairs: list[tuple[int, int]]) -> tuple[int, int]:
    """F303, shown: of pairs with the same second the first stays."""
    best = max(scatter(pairs, Clerks), key=lambda pair: pair[1])
    return gather(best, Desk, merge=lambda a, b: max(a, b, key=lambda pair: pair[1]))


@flow
def best_in_any_order(pairs: list[tuple[int, int]]) -> tuple[int, int]:
    """F301, shown: of pairs with the same second the first stays."""
    return reduce(lambda a, b: a if a[1] > b[1] else b, gather(scatter(pairs, Clerks), Desk))


@flow
def joined(words: list[str]) -> str:
    """F303, shown: strings join in their order."""
    return gather(reduce(operator.add, scatter(words, Clerks)), Desk, merge=operator.add)


@flow
def joined_lists(rows: list[list[int]]) -> list[int]:
    """F303, shown: lists join in their order."""
    return gather(reduce(lambda a, b: a + b, scatter(rows, Clerks)), Desk, merge=lambda a, b: a + b)


@flow
def joined_in_any_order(words: list[str]) -> str:
    """F301, shown: strings join in their order."""
    return reduce(lambda a, b: a + b, gather(scatter(words, Clerks), Desk))


@flow
def first_item(xs: list[int]) -> int:
    """F303, shown: which item is first depends on the shares."""
    return gather(reduce(lambda a, b: a, scatter(xs, Clerks)), Desk, merge=lambda a, b: a)


@flow
def last_item(xs: list[int]) -> int:
    """F303, shown: which item is last depends on the shares."""
    return gather(reduce(lambda a, b: b, scatter(xs, Clerks)), Desk, merge=lambda a, b: b)


@flow
def first_truthy(xs: list[int]) -> int:
    """F303, shown: `or` of ints gives the first that is not 0."""
    return gather(reduce(lambda a, b: a or b, scatter(xs, Clerks)), Desk, merge=lambda a, b: a or b)


@flow
def differences(xs: list[int]) -> int:
    """F303, shown: differences do not associate."""
    return gather(reduce(lambda a, b: a - b, scatter(xs, Clerks)), Desk, merge=lambda a, b: a - b)


@flow
def doubled(xs: list[int]) -> int:
    """F303, shown: what is held is doubled at each item."""
    return gather(reduce(lambda s, x: 2 * s + x, scatter(xs, Clerks), 0), Desk, merge=operator.add)


@flow
def overwritten(tables: list[dict[str, int]]) -> dict[str, int]:
    """F303, shown: the last value of a key stays."""
    mine = scatter(tables, Clerks)
    return gather(reduce(lambda a, b: {**a, **b}, mine), Desk, merge=lambda a, b: {**a, **b})


@flow
def halved_by_name(xs: list[int]) -> int:
    """F303, shown: halving does not associate."""
    return gather(reduce(halved, scatter(xs, Clerks)), Desk, merge=halved)


@flow
def sum_by_max(xs: list[int]) -> int:
    """F303, shown."""
    return gather(sum(scatter(xs, Clerks)), Desk, merge=max)


@flow
def largest_by_adding(xs: list[int]) -> int:
    """F303, shown."""
    return gather(max(scatter(xs, Clerks)), Desk, merge=operator.add)


@flow
def length_by_max(xs: list[int]) -> int:
    """F303, shown."""
    return gather(len(scatter(xs, Clerks)), Desk, merge=lambda a, b: a if a > b else b)


@flow
def mean_of_means(xs: list[int]) -> float:
    """F303, shown: the halves need not be as long as each other."""
    return gather(sum(scatter(xs, Clerks)), Desk, merge=lambda a, b: (a + b) / 2)


@flow
def one_too_many(xs: list[int]) -> int:
    """F303, shown."""
    return gather(sum(scatter(xs, Clerks)), Desk, merge=lambda a, b: a + b + 1)


@flow
def some_by_adding(xs: list[int]) -> bool:
    """F303, shown: True + True is 2."""
    return gather(any(x > 3 for x in scatter(xs, Clerks)), Desk, merge=operator.add)


@flow
def every_by_or(xs: list[int]) -> bool:
    """F303, shown."""
    return gather(all(x > 3 for x in scatter(xs, Clerks)), Desk, merge=lambda a, b: a or b)


@flow
def smallest_by_comparison(xs: list[int]) -> int:
    """F303, shown: the comparison is that of max."""
    return gather(min(scatter(xs, Clerks)), Desk, merge=lambda a, b: b if a < b else a)


@flow
def by_hypotenuse(xs: list[float]) -> float:
    """F303, not shown: nothing is known of `math.hypot`, and it is not called."""
    return gather(sum(x * x for x in scatter(xs, Clerks)), Desk, merge=math.hypot)
