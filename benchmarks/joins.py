"""A join of two tables, beside the analytical databases."""

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import pyarrow

from benchmarks import data
from benchmarks.peers import duckdb, polars
from benchmarks.question import FLOWCC, PLAIN, Answer, Contender, Goal, Question, Row
from benchmarks.summaries import of_value
from flowcc import Batch, flow


class Order(NamedTuple):
    """So many of an article."""

    article: int
    amount: int


class Price(NamedTuple):
    """What an article costs."""

    article: int
    price: int


@flow
def turnover(orders: Batch[Order], prices: Batch[Price]) -> int:
    """Return what all orders cost together."""
    return sum(o.amount * p.price for o in orders for p in prices if o.article == p.article)


@dataclass(frozen=True, slots=True)
class Shop:
    """Both inputs, as Arrow tables."""

    orders: pyarrow.Table
    prices: pyarrow.Table


def prepare(size: int, folder: Path) -> Shop:
    """Return orders of ten times as many rows as there are articles."""
    articles = max(1, size // 10)
    ordered, priced = data.keyed(size, articles), data.distinct_keys(articles)
    return Shop(
        pyarrow.table({"article": ordered.key, "amount": ordered.value}),
        pyarrow.table({"article": priced.key, "price": priced.value}),
    )


def start_flow(shop: Shop) -> Answer:
    """Arrow tables in, one number out."""
    return lambda: turnover(shop.orders, shop.prices)


def start_plain(shop: Shop) -> Answer:
    """The join as a Python programmer writes it, with a dict: the undecorated function compares every pair."""
    orders = list(map(Order, *(column.to_pylist() for column in shop.orders.columns)))
    prices = list(map(Price, *(column.to_pylist() for column in shop.prices.columns)))

    def answer() -> object:
        priced: dict[int, list[Price]] = {}
        for p in prices:
            priced.setdefault(p.article, []).append(p)
        return sum(o.amount * p.price for o in orders for p in priced.get(o.article, ()))

    return answer


ROW = Row(
    name="joins",
    title="Join 10 M × 1 M int keys, then sum",
    remedy=(
        "Look-up, comprehension and sum are one loop, which mostly waits for rows of the right side: they are "
        "read in the order in which the left asks for them. Parting both sides by key, so that each part stays "
        "in a cache, would help most."
    ),
    questions=(
        Question(
            name="joins",
            title="join by an integer key, then sum",
            sizes={"full": 10_000_000, "quick": 200_000, "tiny": 1_000},
            unit="rows",
            prepare=prepare,
            contenders=(
                Contender(name=FLOWCC, start=start_flow),
                Contender(name=PLAIN, start=start_plain, note="with a dict instead of comparing every pair"),
                Contender(name="polars", start=polars.join_and_sum),
                Contender(name="duckdb", start=duckdb.join_and_sum),
            ),
            goals=(Goal(against=("polars", "duckdb"), at_least=0.8),),
            summary=of_value,
            flow=turnover,
        ),
    ),
)
