"""Programs whose merge or order-free reduction is right: each must be accepted, and its docstring says why it is right.

The labels were written before the rules that decide them. `test_corpus` checks the labels and tries each program on
random items, shares and arrival orders.
"""

from __future__ import annotations

import operator
from collections import Counter
from functools import reduce
from math import gcd, lcm, prod

from flowcc import Cluster, Process, associative, commutative, flow, gather, scatter


class Desk(Process):
    """Asks."""


class Clerks(Cluster):
    """Answer."""


def larger(a: int, b: int) -> int:
    return a if a > b else b


@commutative
@associative
def blend(a: int, b: int) -> int:
    return a + b + a * b


@flow
def longest(words: list[str]) -> int:
    """A length is never below 0."""
    return gather(max((len(word) for word in scatter(words, Clerks)), default=0), Desk, merge=max)


@flow
def longest_or_less(words: list[str]) -> int:
    """A length is never below -1."""
    return gather(max([len(word) for word in scatter(words, Clerks)], default=-1), Desk, merge=max)


@flow
def longest_by_comparison(words: list[str]) -> int:
    """The lambda is max, and a length is never below 0."""
    lengths = [len(word) for word in scatter(words, Clerks)]
    return gather(max(lengths, default=0), Desk, merge=lambda a, b: a if a > b else b)


@flow
def most_letters(words: list[str]) -> int:
    """`str.count` counts."""
    return gather(max((word.count("a") for word in scatter(words, Clerks)), default=0), Desk, merge=max)


@flow
def largest_square(xs: list[int]) -> int:
    """A square is never below 0."""
    return gather(max((x * x for x in scatter(xs, Clerks)), default=0), Desk, merge=max)


@flow
def largest_size(xs: list[int]) -> int:
    """An absolute value is never below 0."""
    return gather(max((abs(x) for x in scatter(xs, Clerks)), default=0), Desk, merge=max)


@flow
def largest_kept(xs: list[int]) -> int:
    """The filter keeps what is not below 0."""
    return gather(max((x for x in scatter(xs, Clerks) if x >= 0), default=0), Desk, merge=max)


@flow
def longest_in_two_steps(words: list[str]) -> int:
    """One more than twice a length is never below 0."""
    lengths = [len(word) for word in scatter(words, Clerks)]
    return gather(max([2 * n + 1 for n in lengths], default=0), Desk, merge=max)


@flow
def largest_remainder(xs: list[int]) -> int:
    """A remainder of 7 is never below 0."""
    return gather(max((x % 7 for x in scatter(xs, Clerks)), default=0), Desk, merge=max)


@flow
def least_negated(words: list[str]) -> int:
    """A negated length is never above 0."""
    return gather(min((-len(word) for word in scatter(words, Clerks)), default=0), Desk, merge=min)


@flow
def smallest_remainder(xs: list[int]) -> int:
    """A remainder of 7 is never above 6."""
    return gather(min((x % 7 for x in scatter(xs, Clerks)), default=6), Desk, merge=min)


@flow
def last_word(words: list[str]) -> str:
    """No string is below the empty one."""
    return gather(max(scatter(words, Clerks), default=""), Desk, merge=max)


@flow
def any_large(xs: list[int]) -> bool:
    """False is the smallest bool."""
    return gather(max((x > 3 for x in scatter(xs, Clerks)), default=False), Desk, merge=max)


@flow
def total(xs: list[int]) -> int:
    """Ints add up in any order."""
    return gather(sum(scatter(xs, Clerks)), Desk, merge=lambda a, b: b + a)


@flow
def total_from_zero(xs: list[int]) -> int:
    """Adding 0 once a member changes nothing."""
    return gather(sum(scatter(xs, Clerks), start=0), Desk, merge=operator.add)


@flow
def float_total(xs: list[float]) -> float:
    """The documented exception: a float sum may round differently."""
    return gather(sum(scatter(xs, Clerks)), Desk, merge=operator.add)


@flow
def product(xs: list[int]) -> int:
    """Ints multiply in any order."""
    return gather(prod(scatter(xs, Clerks), start=1), Desk, merge=lambda a, b: a * b)


@flow
def how_many(xs: list[int]) -> int:
    """Lengths of shares add up."""
    return gather(len(scatter(xs, Clerks)), Desk, merge=operator.add)


@flow
def letters(words: list[str]) -> int:
    """Each step adds something of the item alone, and 0 + 0 is 0."""
    return gather(reduce(lambda n, word: n + len(word), scatter(words, Clerks), 0), Desk, merge=operator.add)


@flow
def word_counts(words: list[str]) -> dict[str, int]:
    """Counts of items are positive, and so is their sum."""
    return gather(Counter(scatter(words, Clerks)), Desk, merge=lambda a, b: b + a)


@flow
def larger_of_two(xs: list[int]) -> int:
    """Of equal ints it does not matter which is kept."""
    mine = scatter(xs, Clerks)
    return gather(reduce(lambda a, b: a if a > b else b, mine), Desk, merge=lambda a, b: a if a > b else b)


@flow
def larger_mirrored(xs: list[int]) -> int:
    """`b if a < b else a` is max."""
    return gather(reduce(lambda a, b: b if a < b else a, scatter(xs, Clerks)), Desk, merge=max)


@flow
def larger_swapped(xs: list[int]) -> int:
    """`a if b < a else b` is max."""
    return gather(reduce(lambda a, b: a if b < a else b, scatter(xs, Clerks)), Desk, merge=max)


@flow
def larger_or_equal(xs: list[int]) -> int:
    """`a if a >= b else b` is max of ints."""
    return gather(max(scatter(xs, Clerks)), Desk, merge=lambda a, b: a if a >= b else b)


@flow
def smaller_word(words: list[str]) -> str:
    """`b if b <= a else a` is min of strings."""
    return gather(min(scatter(words, Clerks)), Desk, merge=lambda a, b: b if b <= a else a)


@flow
def larger_from_zero(xs: list[int]) -> int:
    """Starting each share with 0 is starting with 0 once, since max(0, 0) is 0."""
    return gather(reduce(lambda a, b: a if a > b else b, scatter(xs, Clerks), 0), Desk, merge=max)


@flow
def largest_pair(pairs: list[tuple[int, str]]) -> tuple[int, str]:
    """Pairs of ints and strings are compared whole."""
    return gather(reduce(lambda a, b: a if a > b else b, scatter(pairs, Clerks)), Desk, merge=max)


@flow
def largest_of_display(xs: list[int]) -> int:
    """`max((a, b))` is max(a, b)."""
    return gather(max(scatter(xs, Clerks)), Desk, merge=lambda a, b: max((a, b)))


@flow
def larger_by_name(xs: list[int]) -> int:
    """The function's only statement returns what max does."""
    return gather(max(scatter(xs, Clerks)), Desk, merge=larger)


@flow
def reduced_by_name(xs: list[int]) -> int:
    """The function's only statement returns what max does."""
    return gather(reduce(larger, scatter(xs, Clerks)), Desk, merge=larger)


@flow
def longest_reduced(words: list[str]) -> int:
    """Each step keeps the larger of what it holds and something of the item alone."""
    return gather(reduce(lambda n, word: max(n, len(word)), scatter(words, Clerks), 0), Desk, merge=max)


@flow
def claimed(xs: list[int]) -> int:
    """Claimed, and tested: (1 + a) * (1 + b) - 1."""
    return gather(reduce(blend, scatter(xs, Clerks)), Desk, merge=blend)


@flow
def some(xs: list[int]) -> bool:
    """`or` of bools."""
    return gather(any(x > 3 for x in scatter(xs, Clerks)), Desk, merge=lambda a, b: a or b)


@flow
def some_by_max(xs: list[int]) -> bool:
    """max of bools is `or`."""
    return gather(any(x > 3 for x in scatter(xs, Clerks)), Desk, merge=max)


@flow
def every(xs: list[int]) -> bool:
    """`and` of bools."""
    return gather(all(x > 3 for x in scatter(xs, Clerks)), Desk, merge=lambda a, b: b and a)


@flow
def every_by_min(xs: list[int]) -> bool:
    """min of bools is `and`."""
    return gather(all(x > 3 for x in scatter(xs, Clerks)), Desk, merge=min)


@flow
def parity(xs: list[int]) -> int:
    """Exclusive or commutes, and 0 ^ 0 is 0."""
    return gather(reduce(operator.xor, scatter(xs, Clerks), 0), Desk, merge=lambda a, b: a ^ b)


@flow
def common_bits(xs: list[int]) -> int:
    """And of bits commutes; -1 & -1 is -1."""
    return gather(reduce(lambda a, b: a & b, scatter(xs, Clerks), -1), Desk, merge=operator.and_)


@flow
def divisor(xs: list[int]) -> int:
    """gcd commutes, and gcd(0, 0) is 0."""
    return gather(reduce(gcd, scatter(xs, Clerks), 0), Desk, merge=gcd)


@flow
def multiple(xs: list[int]) -> int:
    """lcm commutes, and lcm(1, 1) is 1."""
    return gather(reduce(lambda a, b: lcm(a, b), scatter(xs, Clerks), 1), Desk, merge=lcm)
