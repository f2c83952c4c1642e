"""Groups that are only folded, end to end: over tables and lists, what fails, and what is read of records."""

from __future__ import annotations

from collections.abc import Callable
from math import fsum
from statistics import fmean, mean
from typing import Any, NamedTuple

import pyarrow as pa
import pytest

from flowcc import Batch, flow, group
from tests.runtime.drive import outcome


class Sale(NamedTuple):
    """One sale."""

    shop: str
    amount: float
    pieces: int
    note: str | None


@flow(jit="always")
def by_shop(sales: Batch[Sale]):
    return {
        shop: (fmean([sale.amount for sale in held]), sum(sale.pieces for sale in held if sale.pieces > 3))
        for shop, held in group(sales, by=lambda sale: sale.shop).items()
        if len(held) > 3
    }


@flow(jit="always")
def by_both(sales: Batch[Sale]):
    groups = group(sales, by=lambda sale: (sale.shop, sale.pieces % 2))
    return [
        (key, mean(sale.amount for sale in held) if len(held) > 1 else 0.0, any(sale.amount > 2 for sale in held))
        for key, held in groups.items()
    ]


@flow(jit="always")
def in_one_go(sales: Batch[Sale]):
    return [
        (len(held), max((sale.amount for sale in held if sale.pieces < 3), default=-1.0), fsum(s.amount for s in held))
        for held in group(sales, by=lambda sale: sale.note).values()
    ]


@flow(jit="always")
def divided(sales: Batch[Sale]):
    return {
        shop: (max(100 // sale.pieces for sale in held), len(held))
        for shop, held in group(sales, by=lambda sale: sale.shop).items()
        if all(sale.pieces for sale in held)
    }


@flow(jit="always")
def with_lists(sales: Batch[Sale]):
    return {shop: [sale.pieces for sale in held][:3] for shop, held in group(sales, by=lambda s: s.shop).items()}


FLOWS = [by_shop, by_both, in_one_go, divided, with_lists]


def sales(count: int, zeros: bool = True) -> list[Sale]:
    return [
        Sale(f"shop {n * n % 7}", n % 11 / 8, n % 5 if zeros else 1 + n % 5, "ä" if n % 3 else None)
        for n in range(count)
    ]


def table(rows: list[Sale]) -> Any:
    return pa.table({name: [getattr(row, name) for row in rows] for name in Sale._fields})


@pytest.mark.parametrize("compiled", FLOWS, ids=lambda compiled: compiled.__name__)
@pytest.mark.parametrize("count", [0, 1, 5, 400])
def test_groups_are_folded_as_plain_python_does(compiled: Any, count: int) -> None:
    for rows in (sales(count), sales(count, zeros=False)):
        expected = compiled.plain(rows)
        found = [compiled(rows), compiled(table(rows)), compiled(iter(rows))]
        for given in found:
            assert rows_of(given) == rows_of(expected)


def rows_of(result: Any) -> str:
    """A result with its order and its types."""
    return repr(list(result.items()) if isinstance(result, dict) else [tuple(row) for row in result])


def test_kernels_run_them() -> None:
    for compiled in (by_shop, by_both, in_one_go):
        compiled(table(sales(400)))
        runs = {row["operator"]: row["runs"] for row in compiled.explain().operators()}
        assert runs["GroupFold"] == "numba"


def test_only_what_folds_read_is_read() -> None:
    fields = {"by_shop": "amount, pieces, shop", "in_one_go": "amount, note, pieces", "divided": "pieces, shop"}
    for compiled in (by_shop, in_one_go, divided):
        (source,) = [row for row in compiled.explain().operators() if row["operator"] == "Source"]
        assert source["why"].endswith(f"only {fields[compiled.__name__]} are read")


@flow
def mean_of_many(pairs: Batch[tuple[Any, Any]]):
    return {key: fmean(values) for key, values in group(pairs).items() if len(values) > 2}


@flow
def either(pairs: Batch[tuple[Any, Any]]):
    return [
        (sum(values) if len(values) > 2 and key else max(values, default=0), sum(v + 1 for v in values) if key else -1)
        for key, values in group(pairs).items()
    ]


@flow
def chained(pairs: Batch[tuple[Any, Any]]):
    return [key for key, values in group(pairs).items() if 0 < len(values) < max(values) or min(values) == "x"]


@pytest.mark.parametrize("compiled", [mean_of_many, either, chained], ids=lambda compiled: compiled.__name__)
@pytest.mark.parametrize(
    "pairs",
    [
        [(1, 2.0), (1, 3), (1, 4), (2, "x")],
        [(1, 2.0), (1, 3), (1, "a"), (2, "x")],
        [(0, "a"), (0, "b"), (1, 2), (1, "x")],
        [(1, 2), (0, 4), (0, "q"), (1, 3)],
        [(1, 2), (0, 4), (0, 5), (1, 3)],
        [("", 2.5), ("", None)],
        [],
    ],
)
def test_what_fails_does_so_where_plain_python_fails(compiled: Any, pairs: list[Any]) -> None:
    assert outcome(run, compiled, pairs) == outcome(run, compiled.plain, pairs)


def run(function: Callable[[Any], Any], pairs: list[Any]) -> Any:
    return function(pairs)


def test_a_name_of_the_users_own_is_no_fold() -> None:
    @flow
    def own(pairs: Batch[tuple[int, int]]):
        mean = len
        return {key: mean(values) for key, values in group(pairs).items()}

    assert own([(1, 2), (1, 4)]) == {1: 2}
