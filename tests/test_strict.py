"""A strict flow runs as machine code or is refused at the expression that would not."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from flowcc import Batch, FlowError, flow


@flow(strict=True)
def numbers(xs: Batch[int]) -> list[int]:
    return [x * 3 + 1 for x in xs if x % 2]


@flow(strict=True)
def encoded(xs: Batch[str]) -> list[str]:
    return [x.encode().decode() for x in xs]


@flow(strict=True)
def untyped(xs) -> list[int]:
    return [x + 1 for x in xs]


class Sale(NamedTuple):
    item: str
    amount: int


@flow(strict=True)
def priced(sales: Batch[Sale], prices: Batch[Sale]) -> list[float]:
    price = {p.item: p.amount * 0.5 for p in prices}
    least = min(p.amount for p in prices)
    return [sale.amount * price[sale.item] + least for sale in sales if sale.item in price]


@flow(strict=True)
def indexed(xs: Batch[int], ys: Batch[int]) -> list[int]:
    return [ys[x] for x in xs]


def test_look_ups_run() -> None:
    sales = [Sale("a", 2), Sale("b", 3), Sale("c", 4)]
    assert priced(sales, sales[:2]) == priced.plain(sales, sales[:2])


def test_other_ways_to_read_a_collection_are_refused() -> None:
    with pytest.raises(FlowError, match="another collection is read"):
        indexed([1], [2, 3])


def test_what_has_a_kernel_runs() -> None:
    assert numbers([1, 2, 3]) == numbers.plain([1, 2, 3])


def test_the_fault_is_at_the_expression() -> None:
    with pytest.raises(FlowError) as caught:
        encoded(["a"])
    (fault,) = caught.value.diagnostics
    assert fault.code == "F402"
    assert fault.primary is not None
    assert "x.encode()" in str(caught.value)
    assert (fault.primary.span.column, fault.primary.span.end_column) == (12, 22)


def test_items_of_no_known_type_are_refused() -> None:
    with pytest.raises(FlowError, match="F402"):
        untyped([1])
