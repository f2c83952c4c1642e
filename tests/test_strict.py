"""A strict flow runs as machine code or is refused at the expression that would not."""

from __future__ import annotations

from functools import reduce
from pathlib import Path
from typing import NamedTuple

import pytest

from flowcc import Batch, FlowError, flow, group, scan
from flowcc.flow import Flow


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
def summed(xs: Batch[int], ys: Batch[int]) -> list[int]:
    return [sum(y for y in ys if y > x) for x in xs]


@flow(strict=True)
def joined(sales: Batch[Sale], prices: Batch[Sale]) -> int:
    return sum(sale.amount * price.amount for sale in sales for price in prices if sale.item == price.item)


@flow(strict=True)
def joined_by_format(sales: Batch[Sale], prices: Batch[Sale]) -> int:
    return sum(sale.amount for sale in sales for price in prices if f"{sale.amount:.2f}" == f"{price.amount:.2f}")


def test_joins_run_where_their_keys_have_kernels() -> None:
    sales = [Sale("a", 2), Sale("b", 3), Sale("c", 4)]
    assert joined(sales, sales[:2]) == joined.plain(sales, sales[:2])
    with pytest.raises(FlowError, match="F402"):
        joined_by_format(sales, sales)


def test_look_ups_run() -> None:
    sales = [Sale("a", 2), Sale("b", 3), Sale("c", 4)]
    assert priced(sales, sales[:2]) == priced.plain(sales, sales[:2])


def test_other_ways_to_read_a_collection_are_refused() -> None:
    with pytest.raises(FlowError, match="F402"):
        summed([1], [2, 3])


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


def odd(x: int) -> list[int]:
    return sorted([x, 1])


@flow(strict=True)
def by_odd_key(xs: Batch[int]) -> list[int]:
    return sorted(xs, key=lambda x: sorted([x, 1]))


@flow(strict=True)
def odd_groups(xs: Batch[int]) -> dict[str, list[int]]:
    return group(xs, by=lambda x: str(sorted([x, 1])))


@flow(strict=True)
def odd_steps(xs: Batch[int]) -> list[int]:
    return scan(lambda held, x: (held + len(sorted([x, 1])), held), xs, 0)


@flow(strict=True)
def least_by(xs: Batch[int]) -> int:
    return min(xs, key=lambda x: odd(x))


@flow(strict=True)
def reduced(xs: Batch[int]) -> int:
    return reduce(lambda held, x: held * 2 + x, xs, 0)


@flow(strict=True)
def sound(xs: Batch[int]) -> tuple[list[int], list[int], int]:
    order = sorted(xs, key=lambda x: -x)
    running = scan(lambda held, x: (held + x, held), xs, 0, by=lambda x: x % 2)
    return order, running, max(xs, key=abs)


@pytest.mark.parametrize(
    ("refused", "expression"),
    [
        (by_odd_key, "sorted([x, 1])"),
        (odd_groups, "sorted([x, 1])"),
        (odd_steps, "sorted([x, 1])"),
        (least_by, "lambda x: odd(x)"),
        (reduced, "lambda held, x: held * 2 + x"),
    ],
)
def test_keys_and_steps_are_asked_as_well(refused: Flow[..., object], expression: str) -> None:
    with pytest.raises(FlowError) as caught:
        refused([3, 1, 2])
    (fault,) = caught.value.diagnostics
    assert fault.code == "F402"
    assert fault.primary is not None
    span = fault.primary.span
    line = Path(__file__).read_text(encoding="utf-8").splitlines()[span.line - 1]
    assert line[span.column : span.end_column] in (expression, "[x, 1]")


def test_keys_and_steps_that_have_kernels_run() -> None:
    assert sound([3, 1, 2]) == sound.plain([3, 1, 2])
