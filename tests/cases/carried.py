"""A flow whose stages need functions, classes and values of this file, and of what it imports."""

from __future__ import annotations

import math as m
import re
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from flowcc import Batch, Cluster, Process, flow, gather, scatter

if TYPE_CHECKING:
    from collections.abc import Sequence


class Desk(Process):
    """Where orders come in."""


class Clerks(Cluster, size=2):
    """Each works on its share."""


class Size(Enum):
    """How large an order is."""

    SMALL = 1
    LARGE = 2


CODE = re.compile(r"[a-z]+-\d+")
LIMIT = Decimal("100")  # what is large
RATES = {"at": 0.2, "de": 0.19}


class Order(NamedTuple):
    """One order."""

    code: str
    country: str
    amounts: tuple[float, ...]


@dataclass(frozen=True)
class Invoice:
    """What is to be paid."""

    code: str
    size: Size
    total: float


# taxed by country; others pay none
def taxed(amount: float, country: str) -> float:
    """Return the amount with tax, rounded to cents."""
    return m.floor(amount * (1 + rate_of(country)) * 100) / 100


@lru_cache
def rate_of(country: str) -> float:
    return RATES.get(country, 0.0)


def total_of(amounts: Sequence[float], country: str) -> float:
    return sum(taxed(amount, country) for amount in amounts)


def invoice(order: Order) -> Invoice:
    total = total_of(order.amounts, order.country)
    return Invoice(order.code, Size.LARGE if total > LIMIT else Size.SMALL, total)


@flow
def invoices(orders: Batch[Order, Desk]) -> dict[str, int]:
    """Count the invoices of each size among orders with a proper code."""
    proper = [order for order in orders if CODE.fullmatch(order.code)]
    mine = scatter(proper, Clerks, by=lambda order: order.country)
    made = [invoice(order) for order in mine]
    return Counter(made.size.name for made in gather(made, Desk))
