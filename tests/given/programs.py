"""Flows that do one thing with whatever they are given."""

# mypy: disable-error-code="no-any-return,operator"

# ruff: noqa: C416, C420 - what these comprehensions do is what is tested

from __future__ import annotations

import datetime
from collections import Counter
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, NamedTuple

from flowcc import Batch, Cluster, Process, flow, gather, group, scan, scatter


class Reader(Process):
    """Where items are read."""


class Workers(Cluster):
    """Where they are worked on."""


@flow
def itself(xs: Batch[Any]) -> Batch[Any]:
    return [x for x in xs]


@flow
def paired(xs: Batch[Any]) -> Batch[Any]:
    return [(x, 1) for x in xs]


@flow
def added(xs: Batch[Any]) -> Batch[Any]:
    return [x + 1 for x in xs]


@flow
def halved(xs: Batch[Any]) -> Batch[Any]:
    return [x / 2 for x in xs if x != 2]


@flow
def upper(xs: Batch[Any]) -> Batch[Any]:
    return [x.upper() for x in xs]


@flow
def lengths(xs: Batch[Any]) -> Batch[Any]:
    return [len(x) for x in xs]


@flow
def either(xs: Batch[Any]) -> Batch[Any]:
    return [x if x is not None else 0 for x in xs]


@flow
def summed(xs: Batch[Any]) -> Any:
    return sum(xs)


@flow
def summed_after(xs: Batch[Any]) -> Any:
    return sum(x + x for x in xs)


@flow
def counted(xs: Batch[Any]) -> Any:
    return Counter(xs)


@flow
def least(xs: Batch[Any]) -> Any:
    return min(xs)


@flow
def most(xs: Batch[Any]) -> Any:
    return max(xs, default=None)


@flow
def in_order(xs: Batch[Any]) -> Batch[Any]:
    return sorted(xs)


@flow
def backwards(xs: Batch[Any]) -> Batch[Any]:
    return sorted(xs, reverse=True)


@flow
def as_set(xs: Batch[Any]) -> Any:
    return set(xs)


@flow
def some(xs: Batch[Any]) -> Any:
    return any(xs), all(xs), len(xs)


@flow
def grouped(xs: Batch[Any]) -> Any:
    return {key: len(held) for key, held in group(xs, by=lambda x: x).items()}


@flow
def group_sums(xs: Batch[Any]) -> Any:
    return {key: sum(held) for key, held in group(xs, by=lambda x: x == 2).items()}


@flow
def whole_groups(xs: Batch[Any]) -> Any:
    return group(xs, by=lambda x: x)


@flow
def as_dict(xs: Batch[Any]) -> Any:
    return {x: 1 for x in xs}


@flow
def joined(xs: Batch[Any], ys: Batch[Any]) -> Batch[Any]:
    return [(x, y) for x in xs for y in ys if x == y]


@flow
def among(xs: Batch[Any], ys: Batch[Any]) -> Batch[Any]:
    return [x for x in xs if x in ys]


@flow
def running(xs: Batch[Any]) -> Batch[Any]:
    return list(accumulate(xs))


@flow
def stepped(xs: Batch[Any]) -> Batch[Any]:
    return list(scan(lambda held, x: (held + x, held), xs, 0))


@flow
def stepped_by_key(xs: Batch[Any]) -> Batch[Any]:
    return scan(lambda held, x: (held + 1, (x, held)), xs, 0, by=lambda x: x)


@flow
def split_pairs(xs: Batch[Any]) -> Batch[Any]:
    return [b for a, b in xs if a == a]


@flow
def sum_of_firsts(xs: Batch[Any]) -> Any:
    return sum(x[0] for x in xs)


@flow
def cut(xs: Batch[Any]) -> Batch[Any]:
    return xs[1:3]


@flow
def placed(xs: Batch[Any, Reader]) -> Batch[Any, Reader]:
    return [(x, x == x) for x in xs]


@flow
def dealt(xs: Batch[Any, Reader]) -> Batch[Any, Reader]:
    return gather([x for x in scatter(xs, Workers)], Reader, ordered=True)


@flow
def counted_apart(xs: Batch[Any, Reader]) -> dict[Any, int]:
    return gather(Counter(scatter(xs, Workers, by=lambda x: x)), Reader)


class Sized(NamedTuple):
    """A record that has columns."""

    size: int
    name: str


class Dated(NamedTuple):
    """A record that has none."""

    day: datetime.date


@dataclass
class Loose:
    """A record that can be changed, with a field that no table need have."""

    name: str
    more: int = 7


@flow
def sizes(rows: Batch[Sized]) -> list[int]:
    return [row.size + 1 for row in rows]


@flow
def days(rows: Batch[Dated]) -> list[datetime.date]:
    return [row.day for row in rows]


@flow
def names(rows: Batch[Loose]) -> list[str]:
    return [row.name * row.more for row in rows]


DAY = datetime.date(2020, 2, 29)
ROWS: dict[str, list[Any]] = {
    "sizes": [Sized(1, "a"), Sized(2, "b")], "days": [Dated(DAY)] * 2, "names": [Loose("a"), Loose("b")],
}  # fmt: skip
ONE = (
    itself, paired, added, halved, upper, lengths, either, summed, summed_after, counted, least, most, in_order,
    backwards, as_set, some, grouped, group_sums, whole_groups, as_dict, running, stepped, stepped_by_key, split_pairs,
    sum_of_firsts, cut,
)  # fmt: skip
TWO = (joined, among)
STAGED = (placed, dealt, counted_apart)
