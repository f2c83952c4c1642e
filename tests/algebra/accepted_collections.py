"""Programs whose merge or order-free reduction is right: each must be accepted, and its docstring says why it is right.

The labels were written before the rules that decide them. `test_corpus` checks the labels and tries each program on
random items, shares and arrival orders.
"""

from __future__ import annotations

import operator
from collections import Counter
from functools import reduce

from flowcc import Cluster, Process, broadcast, flow, gather, scatter


class Desk(Process):
    """Asks."""


class Clerks(Cluster):
    """Answer."""


@flow
def union(xs: list[int]) -> set[int]:
    """Sets unite in any order."""
    return gather(set(scatter(xs, Clerks)), Desk, merge=lambda a, b: a | b)


@flow
def union_by_method(xs: list[int]) -> set[int]:
    """`a.union(b)` is `a | b` of sets."""
    return gather(set(scatter(xs, Clerks)), Desk, merge=lambda a, b: a.union(b))


@flow
def union_by_display(xs: list[int]) -> set[int]:
    """`{*a, *b}` is `a | b` of sets."""
    return gather(set(scatter(xs, Clerks)), Desk, merge=lambda a, b: {*a, *b})


@flow
def union_of_frozen(xs: list[int]) -> frozenset[int]:
    """Frozen sets unite to a frozen set."""
    return gather(frozenset(scatter(xs, Clerks)), Desk, merge=frozenset.union)


@flow
def common(xs: list[set[int]]) -> set[int]:
    """Sets intersect in any order."""
    return gather(reduce(lambda a, b: a & b, scatter(xs, Clerks)), Desk, merge=operator.and_)


@flow
def lengths_by_owner(words: list[str]) -> dict[str, int]:
    """A word lives at one member, so no key comes from two."""
    mine = scatter(words, Clerks, by=lambda word: word)
    return gather({word: len(word) for word in mine}, Desk, merge=lambda a, b: {**a, **b})


@flow
def lengths_by_word(words: list[str]) -> dict[str, int]:
    """The value follows from the key alone."""
    return gather({word: len(word) for word in scatter(words, Clerks)}, Desk, merge=lambda a, b: a | b)


@flow
def sum_and_count(xs: list[int]) -> tuple[int, int]:
    """Both components are sums that start with 0."""
    held = reduce(lambda s, x: (s[0] + x, s[1] + 1), scatter(xs, Clerks), (0, 0))
    return gather(held, Desk, merge=lambda a, b: (a[0] + b[0], a[1] + b[1]))


@flow
def sum_and_largest(pairs: list[tuple[int, int]]) -> tuple[int, int]:
    """A sum and a max."""
    mine = scatter(pairs, Clerks)
    added = reduce(lambda a, b: (a[0] + b[0], max(a[1], b[1])), mine)
    return gather(added, Desk, merge=lambda a, b: (a[0] + b[0], a[1] if a[1] > b[1] else b[1]))


@flow
def nested(items: list[tuple[tuple[int, int], int]]) -> tuple[tuple[int, int], int]:
    """A sum and bits inside, a min beside."""
    mine = scatter(items, Clerks)
    held = reduce(lambda a, b: ((a[0][0] + b[0][0], a[0][1] | b[0][1]), min(a[1], b[1])), mine)
    return gather(held, Desk, merge=lambda a, b: ((a[0][0] + b[0][0], a[0][1] | b[0][1]), min(a[1], b[1])))


@flow
def named_total(xs: list[int]) -> tuple[str, int]:
    """The name is the same at every member."""
    held = reduce(lambda s, x: (s[0], s[1] + x), scatter(xs, Clerks), ("total", 0))
    return gather(held, Desk, merge=lambda a, b: (a[0], a[1] + b[1]))


@flow
def marked_count(xs: list[int]) -> tuple[str, int]:
    """The constant is the one that each share starts with."""
    held = reduce(lambda s, x: ("n", s[1] + 1), scatter(xs, Clerks), ("n", 0))
    return gather(held, Desk, merge=lambda a, b: ("n", a[1] + b[1]))


@flow
def added_pairwise(pairs: list[tuple[int, int]]) -> tuple[int, ...]:
    """Component by component, by zip."""
    mine = scatter(pairs, Clerks)
    held = reduce(lambda a, b: tuple(x + y for x, y in zip(a, b, strict=True)), mine)
    return gather(held, Desk, merge=lambda a, b: tuple(x + y for x, y in zip(a, b, strict=True)))


@flow
def largest_by_position(rows: list[list[int]]) -> object:
    """Position by position, as far as the shorter one goes."""
    mine = scatter(rows, Clerks)
    held = reduce(lambda a, b: [max(x, y) for x, y in zip(a, b, strict=False)], mine)
    return gather(held, Desk, merge=lambda a, b: [max(x, y) for x, y in zip(a, b, strict=False)])


@flow
def first_copy(xs: list[int]) -> int:
    """Any copy will do."""
    return gather(len(broadcast(xs, Clerks)), Desk, merge=lambda a, b: a)


@flow
def last_copy(xs: list[int]) -> dict[int, int]:
    """Any copy will do."""
    return gather({x: x * x for x in broadcast(xs, Clerks)}, Desk, merge=lambda a, b: b)


@flow
def largest_copy(xs: list[float]) -> float:
    """max(x, x) is x, even of floats."""
    return gather(sum(broadcast(xs, Clerks)), Desk, merge=max)


@flow
def smallest_copy(words: list[str]) -> str:
    """min(x, x) is x."""
    return gather(max(broadcast(words, Clerks), default=""), Desk, merge=min)


@flow
def united_copy(xs: list[int]) -> set[int]:
    """x | x is x."""
    return gather(set(broadcast(xs, Clerks)), Desk, merge=operator.or_)


@flow
def counted_copy(words: list[str]) -> dict[str, int]:
    """x | x is x of counts that are positive."""
    return gather(Counter(broadcast(words, Clerks)), Desk, merge=lambda a, b: a | b)


@flow
def bits_of_copy(xs: list[int]) -> int:
    """x & x is x."""
    return gather(sum(broadcast(xs, Clerks)), Desk, merge=lambda a, b: a & b)


@flow
def chosen_copy(xs: list[int]) -> int:
    """Whichever it takes, it is the same."""
    return gather(sum(broadcast(xs, Clerks)) + 1, Desk, merge=lambda a, b: a if a == b else b)


@flow
def copy_by_component(xs: list[int]) -> tuple[int, int]:
    """Each component of a copy is that of every other."""
    held = reduce(lambda s, x: (s[0] + x, s[1] + 1), broadcast(xs, Clerks), (0, 0))
    return gather(held, Desk, merge=lambda a, b: (a[0], max(a[1], b[1])))


@flow
def larger_in_any_order(xs: list[int]) -> int:
    """max of ints has no order."""
    return reduce(lambda a, b: b if b > a else a, gather(scatter(xs, Clerks), Desk))


@flow
def tally_in_any_order(words: list[str]) -> tuple[int, int]:
    """A sum and a max, each of something of the item alone."""
    arrived = gather(scatter(words, Clerks), Desk)
    return reduce(lambda s, word: (s[0] + len(word), max(s[1], len(word))), arrived, (0, -1))
