"""Flows whose results are annotated in every way that there is."""

# ruff: noqa: UP006, UP007, UP035, UP045 - old ways to write an annotation are tested too

from __future__ import annotations

import collections.abc
import typing
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, List, NamedTuple, Optional, Tuple, Union

from flowcc import Bag, Batch, Cluster, Process, Stream, flow, gather, scatter

if TYPE_CHECKING:
    from decimal import Decimal as Amount


class Home(Process):
    """One."""


class Workers(Cluster):
    """Several."""


class Sale(NamedTuple):
    number: int
    name: str


@dataclass(frozen=True)
class Point:
    x: int
    y: float


Ints = list[int]
Both = tuple[list[int], Batch[int]]


@flow
def listed(xs: Batch[int]) -> list[int]:
    return [x + 1 for x in xs]


@flow
def old_listed(xs: Batch[int]) -> List[int]:
    return [x + 1 for x in xs]


@flow
def bare_listed(xs: Batch[int]) -> typing.List:  # type: ignore[type-arg]
    return [x + 1 for x in xs]


@flow
def quoted_listed(xs: Batch[int]) -> "list[int]":  # noqa: UP037
    return [x + 1 for x in xs]


@flow
def listed_for_checkers(xs: Batch[int]) -> list[Amount]:
    return [x + 1 for x in xs]  # type: ignore[misc]


LISTED = (listed, old_listed, bare_listed, quoted_listed, listed_for_checkers)


@flow
def batch(xs: Batch[int]) -> Batch[int]:
    return [x + 1 for x in xs]


@flow
def bag(xs: Batch[int]) -> Bag[int]:
    return [x + 1 for x in xs]


@flow
def stream(xs: Stream[int]) -> Stream[int]:
    return [x + 1 for x in xs]


@flow
def iterable(xs: Batch[int]) -> Iterable[int]:
    return [x + 1 for x in xs]


@flow
def sequence(xs: Batch[int]) -> collections.abc.Sequence[int]:
    return [x + 1 for x in xs]


@flow
def typed_sequence(xs: Batch[int]) -> typing.Sequence[int]:
    return [x + 1 for x in xs]


@flow
def collection(xs: Batch[int]) -> Collection[int]:
    return [x + 1 for x in xs]


@flow
def batch_for_checkers(xs: Batch[int]) -> Batch[Amount]:
    return [x + 1 for x in xs]  # type: ignore[misc]


@flow
def no_annotation(xs):  # type: ignore[no-untyped-def]
    return [x + 1 for x in xs]


@flow
def anything(xs: Batch[int]) -> Any:
    return [x + 1 for x in xs]


AS_COLUMNS = (
    batch, bag, stream, iterable, sequence, typed_sequence, collection, batch_for_checkers, no_annotation, anything,
)  # fmt: skip


@flow
def pairs(xs: Batch[int]) -> Batch[tuple[int, int]]:
    return [(x, 10 * x) for x in xs]


@flow
def pairs_listed(xs: Batch[int]) -> list[tuple[int, int]]:
    return [(x, 10 * x) for x in xs]


@flow
def sales(xs: Batch[int]) -> Batch[Sale]:
    return [Sale(x, str(x)) for x in xs]


@flow
def sales_listed(xs: Batch[int]) -> list[Sale]:
    return [Sale(x, str(x)) for x in xs]


@flow
def points(xs: Batch[int]) -> Batch[Point]:
    return [Point(x, x / 2) for x in xs]


@flow
def points_listed(xs: Batch[int]) -> list[Point]:
    return [Point(x, x / 2) for x in xs]


@flow
def texts(xs: Batch[int]) -> Batch[str]:
    return [str(x) for x in xs]


@flow
def texts_listed(xs: Batch[int]) -> list[str]:
    return [str(x) for x in xs]


@flow
def nested(xs: Batch[int]) -> Batch[tuple[tuple[int, bool], float]]:
    return [((x, x > 2), x / 4) for x in xs]


@flow
def nested_listed(xs: Batch[int]) -> list[tuple[tuple[int, bool], float]]:
    return [((x, x > 2), x / 4) for x in xs]


@flow
def lists(xs: Batch[int]) -> Batch[list[int]]:
    return [[x] * (x % 3) for x in xs]


@flow
def lists_listed(xs: Batch[int]) -> list[list[int]]:
    return [[x] * (x % 3) for x in xs]


@flow
def mixed(xs: Batch[int]) -> Batch[Union[int, str]]:
    return [x if x % 2 else str(x) for x in xs]


@flow
def mixed_listed(xs: Batch[int]) -> list[int | str]:
    return [x if x % 2 else str(x) for x in xs]


IN_SEQUENCES = (
    (pairs, pairs_listed), (sales, sales_listed), (points, points_listed), (texts, texts_listed),
    (nested, nested_listed), (lists, lists_listed), (mixed, mixed_listed),
)  # fmt: skip


@flow
def halves(xs: Batch[int]) -> Batch[float]:
    return [x / 2 for x in xs]


@flow
def odd(xs: Batch[int]) -> Batch[bool]:
    return [x % 2 == 1 for x in xs]


@flow
def gaps(xs: Batch[int]) -> Batch[Optional[int]]:
    return [x if x % 2 else None for x in xs]


@flow
def nans(xs: Batch[int]) -> Batch[float]:
    return [x * float("nan") for x in xs]


@flow
def huge(xs: Batch[int]) -> Batch[int]:
    return [x + 2**63 for x in xs]


@flow
def none_of_them(xs: Batch[int]) -> Batch[int]:
    return [x for x in xs if x < 0]


@flow
def no_texts(xs: Batch[int]) -> Batch[str]:
    return [str(x) for x in xs if x < 0]


@flow
def no_sales(xs: Batch[int]) -> Batch[Sale]:
    return [Sale(x, str(x)) for x in xs if x < 0]


@flow
def no_lists(xs: Batch[int]) -> Batch[list[int]]:
    return [[x] for x in xs if x < 0]


@flow
def none_unannotated(xs):  # type: ignore[no-untyped-def]
    return [x for x in xs if x < 0]


@flow
def only_none(xs: Batch[int]) -> Batch[int | None]:
    return [None if x >= 0 else x for x in xs]


@flow
def late_gaps(xs: Batch[int]) -> tuple[Batch[int | None], Batch[tuple[int, tuple[str | None, int]]]]:
    ys = [x if x < 15_000 else None for x in xs]
    return ys, [(x, ("a" if x < 15_000 else None, x)) for x in xs]


@flow
def late_huge(xs: Batch[int]) -> Batch[tuple[int, float]]:
    return [(x * 2**48 if x > 60_000 else x, x * 0.5) for x in xs]


@flow
def several(xs: Batch[int]) -> tuple[list[int], Batch[int], Bag[Sale], dict[int, int], set[int], int]:
    ys = [x + 1 for x in xs]
    return ys, ys, [Sale(y, str(y)) for y in ys], {y: -y for y in ys}, {y % 7 for y in ys}, sum(ys)


@flow
def two_by_name(xs: Batch[int]) -> Both:
    ys = [x + 1 for x in xs]
    return ys, ys


@flow
def two_quoted(xs: Batch[int]) -> "Tuple[list[int], Batch[int]]":  # noqa: UP037
    ys = [x + 1 for x in xs]
    return ys, ys


@flow
def two_unannotated(xs: Batch[int]):  # type: ignore[no-untyped-def]
    ys = [x + 1 for x in xs]
    return ys, [(y, y) for y in ys]


@flow
def moved(xs: Batch[int, Home]) -> tuple[list[int], Batch[int]]:
    mine = scatter(xs, Workers)
    back = gather([x + 1 for x in mine], Home, ordered=True)
    return back, back


@flow
def itself(xs: Batch[Any]) -> Batch[Any]:
    return xs


@flow
def itself_twice(xs: Batch[Any]) -> tuple[Batch[Any], Batch[Any], Batch[Any]]:
    return xs, xs, xs[1:]


@flow
def second(xs: Batch[Any], ys: Batch[Any]) -> tuple[Batch[Any], Batch[Any]]:
    return ys, xs


@flow(jit="always")
def copied(xs: Batch[int]) -> list[int]:
    return list(xs)


@flow
def known(xs: Batch[int]) -> Batch[int]:
    return [1, 2, 3]


@flow
def known_nested(xs: Batch[int]) -> tuple[list[list[int]], dict[str, list[int]]]:
    return [[1], [2]], {"a": [1]}


def with_annotation(kind: Any) -> Any:
    """Return a flow whose annotation is an object that is made when it runs."""

    def made(xs: Batch[int]) -> Any:
        return [x + 1 for x in xs]

    made.__annotations__["return"] = kind
    return flow(made)


MADE = {
    "alias": (Ints, True),
    "annotated": (Annotated[list[int], "why"], True),
    "optional": (Optional[list[int]], True),
    "union": (list[int] | None, True),
    "forward": (list["Nowhere"], True),  # type: ignore[name-defined]  # noqa: F821
    "text": ("List[Nowhere]", True),
    "text union": ("None | list[Nowhere]", True),
    "text optional": ("Optional['list[Nowhere]']", True),
    "no expression": ("list[", False),
    "batch": (Batch[int], False),
    "sequence": (Sequence[int], False),
    "text batch": ("flowcc.Batch[Nowhere]", False),
}
