"""Grouping and summing, beside the analytical databases."""

from pathlib import Path
from typing import NamedTuple

from benchmarks import data
from benchmarks.peers import duckdb, polars
from benchmarks.question import FLOWCC, PLAIN, Answer, Contender, Goal, Question, Row
from benchmarks.summaries import of_mapping
from flowcc import Batch, flow, group

KEYS = 100_000


class Sale(NamedTuple):
    """A value under a key."""

    key: int
    value: int


@flow
def totals(sales: Batch[Sale]) -> dict[int, int]:
    """Return the sum of each key's values."""
    return {key: sum(sale.value for sale in sold) for key, sold in group(sales, by=lambda sale: sale.key).items()}


def prepare(size: int, folder: Path) -> data.Keyed:
    """Return sales under 100,000 keys, fewer when there are few sales."""
    return data.keyed(size, min(KEYS, max(1, size // 10)))


def start_flow(sales: data.Keyed) -> Answer:
    """An Arrow table in, a dict out."""
    table = sales.table
    return lambda: totals(table)


def start_plain(sales: data.Keyed) -> Answer:
    """The undecorated function, on a list of named tuples."""
    items = list(map(Sale, sales.key.tolist(), sales.value.tolist()))
    return lambda: totals.plain(items)


ROW = Row(
    name="groups",
    title="Group and sum, 10 M rows, 100 k int keys",
    questions=(
        Question(
            name="groups",
            title="sum of the values of each key",
            sizes={"full": 10_000_000, "quick": 200_000, "tiny": 1_000},
            unit="rows",
            prepare=prepare,
            contenders=(
                Contender(name=FLOWCC, start=start_flow),
                Contender(name=PLAIN, start=start_plain),
                Contender(name="polars", start=polars.group_and_sum),
                Contender(name="duckdb", start=duckdb.group_and_sum),
            ),
            goals=(Goal(against=("polars", "duckdb"), at_least=1.0),),
            summary=of_mapping,
            flow=totals,
        ),
    ),
)
