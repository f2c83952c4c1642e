"""What the stages of `invoices` need, copied by flowcc from carried.py."""

from __future__ import annotations

import math as m
import re
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence


class Size(Enum):
    """How large an order is."""

    SMALL = 1
    LARGE = 2


CODE = re.compile("[a-z]+-\\d+")
LIMIT = Decimal("100")
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
