"""Programs whose result would show the order or the number of members, and that were once accepted."""

from __future__ import annotations

import json
import operator
from collections import Counter
from functools import reduce
from itertools import accumulate, chain
from typing import Any

import pytest

from flowcc import (
    Bag,
    Cluster,
    Flow,
    FlowError,
    Here,
    Process,
    broadcast,
    flow,
    gather,
    group,
    merge,
    route,
    scatter,
    size,
)


class Desk(Process):
    """Asks."""


class Clerks(Cluster):
    """Answer."""


class Others(Cluster):
    """Answer, too."""


def add(a: int, b: int) -> int:
    """Not `operator.add`."""
    return 2 * a + b


def mean(values: list[int]) -> int:
    """Not `statistics.mean`."""
    return values[0]


def times_members(x: int) -> int:
    return x * size(Clerks)


@flow
def own_add(xs: list[int]) -> int:
    return reduce(add, gather(scatter(xs, Clerks), Desk), 0)


@flow
def own_merge(xs: list[int]) -> int:
    return gather(sum(scatter(xs, Clerks)), Desk, merge=add)


@flow
def own_mean(pairs: list[tuple[int, int]]) -> dict[int, int]:
    return {k: mean(v) for k, v in group(gather(scatter(pairs, Clerks), Desk)).items()}


@flow
def copies_among_shares(xs: list[int]) -> int:
    return gather(len(merge(broadcast(xs, Clerks), scatter(xs, Clerks))), Desk, merge=operator.add)


@flow
def known_among_shares(xs: list[int]) -> int:
    return gather(sum(chain(scatter(xs, Clerks), [1, 2, 3])), Desk, merge=operator.add)


@flow
def known_beside_copies(xs: list[int]) -> int:
    copies = broadcast(xs, Clerks)
    return gather(sum([x + y for x in [1, 2, 3] for y in copies]), Desk, merge=operator.add)


@flow
def sorted_by_members(xs: list[int]) -> list[int]:
    return sorted(gather(scatter(xs, Clerks), Desk), key=lambda x: (x % size(Clerks), x))


@flow
def accumulated_members(xs: list[int]) -> list[int]:
    return list(accumulate(xs, lambda a, b: a + b * size(Clerks)))


@flow
def members_in_a_helper(xs: list[int]) -> Bag[int, Here]:
    return gather([times_members(x) for x in scatter(xs, Clerks)], Here)


@flow
def joined_lists(pairs: list[tuple[int, list[int]]]) -> dict[int, list[int]]:
    return {k: sum(v, []) for k, v in group(gather(scatter(pairs, Clerks), Desk)).items()}  # noqa: RUF017


@flow
def last_of_equal_keys(pairs: list[tuple[int, int]]) -> dict[int, dict[int, int]]:
    return {k: {x % 2: x for x in v} for k, v in group(gather(scatter(pairs, Clerks), Desk)).items()}


@flow
def most_common(pairs: list[tuple[int, int]]) -> dict[int, list[tuple[int, int]]]:
    return {k: Counter(v).most_common(1) for k, v in group(gather(scatter(pairs, Clerks), Desk)).items()}


@flow
def smaller_list(pairs: list[tuple[int, int]]) -> dict[int, list[int]]:
    return {k: min(v, [5]) for k, v in group(gather(scatter(pairs, Clerks), Desk)).items()}


@flow
def printed(xs: list[int]) -> str:
    counts = Counter(gather(scatter(xs, Clerks), Desk))
    return json.dumps({"counts": counts})


@flow
def listed_union(xs: list[int], ys: list[int]) -> list[list[int]]:
    counts = Counter(gather(scatter(xs, Clerks), Here))
    return [list(counts | {}) for _ in ys]


@flow
def kept_and_listed(xs: list[int], ys: list[int]) -> list[list[int]]:
    counts = Counter(gather(scatter(xs, Clerks), Here))
    kept = [(y, counts) for y in ys]
    return [list(held) for _, held in kept]


@flow
def closed_again(xs: list[int]) -> dict[int, int]:
    mine = gather(scatter(xs, Clerks), Desk)
    return {k: len(v) for k, v in group(mine, by=lambda x: x % 2, until=lambda v: sum(v) > 10).items()}


@flow
def copies_scattered(xs: list[int]) -> int:
    mine = scatter(broadcast(xs, Clerks), Others, by=lambda x: x)
    return gather(len(mine), Desk, merge=operator.add)


@flow
def copies_routed(xs: list[int]) -> int:
    mine = route([(0, x) for x in broadcast(xs, Clerks)], Others)
    return gather(len(mine), Desk, merge=operator.add)


@flow
def largest_float(xs: list[float]) -> float:
    return max(gather(scatter(xs, Clerks), Desk))


@flow
def read_twice(xs: list[int]) -> tuple[int, int]:
    """A member without items would raise."""
    largest = max(scatter(xs, Clerks))
    return gather(largest, Desk, merge=max), gather(largest, Desk, merge=max)


class Word:
    """Adds up in its order."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __add__(self, other: Word) -> Word:
        return Word(self.text + other.text)

    def __radd__(self, zero: int) -> Word:
        return self


def worded(x: int) -> Any:
    words = [Word(str(x))]
    return words[0]


@flow
def words_added(xs: list[int]) -> object:
    return gather(sum(worded(x) for x in scatter(xs, Clerks)), Desk, merge=operator.add)


@flow
def united_by_another_class(xs: list[int]) -> object:
    return gather(frozenset(scatter(xs, Clerks)), Desk, merge=set.union)


REFUSED = {
    largest_float: "F301", read_twice: "F303", words_added: "F303", united_by_another_class: "F303",
    copies_scattered: "F306", copies_routed: "F306",
    own_add: "F301", own_merge: "F303", own_mean: "F301", copies_among_shares: "F306", known_among_shares: "F306",
    known_beside_copies: "F303", sorted_by_members: "F306", accumulated_members: "F306", members_in_a_helper: "F401",
    joined_lists: "F301", last_of_equal_keys: "F301", most_common: "F301", smaller_list: "F301", printed: "F301",
    listed_union: "F301", kept_and_listed: "F301", closed_again: "F301",
}  # fmt: skip


@pytest.mark.parametrize("program", REFUSED, ids=lambda program: program.__name__)
def test_it_is_refused(program: Flow[Any, Any]) -> None:
    with pytest.raises(FlowError) as raised:
        program.check()
    assert raised.value.code == REFUSED[program]


@flow
def added_copies(xs: list[int]) -> int:
    return gather(reduce(operator.add, broadcast(xs, Clerks)), Desk, merge=max)


def test_copies_of_a_reduction_count_once() -> None:
    assert added_copies.run([1, 2, 3], members={Clerks: 3}) == 6


@flow
def counted_lists(pairs: list[tuple[int, int]]) -> dict[int, object]:
    got = group(gather(scatter(pairs, Clerks), Here))
    return {
        k: (len(v), Counter(v), {x + 1 for x in v}, round(sum(v) / len(v), 2), sorted(v)[0]) for k, v in got.items()
    }


def test_what_shows_no_order_is_accepted() -> None:
    pairs = [(n % 3, n % 5) for n in range(20)]
    assert counted_lists.run(pairs, members={Clerks: 2}) == counted_lists.plain(pairs)
