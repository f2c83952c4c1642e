"""The programs as polars has them."""

from pathlib import Path
from typing import Any

import pyarrow

from benchmarks.question import Answer


def frame(table: pyarrow.Table) -> Any:
    """Return an Arrow table as a data frame."""
    import polars

    return polars.from_arrow(table)


def group_and_sum(sales: Any) -> Answer:
    """Return an Arrow table of keys and sums."""
    import polars

    rows = frame(sales.table)
    return lambda: rows.group_by("key").agg(polars.col("value").sum()).to_arrow()


def join_and_sum(shop: Any) -> Answer:
    """Return the sum of the products, lazily: only what is needed is materialised."""
    import polars

    orders, prices = frame(shop.orders).lazy(), frame(shop.prices).lazy()

    def answer() -> object:
        joined = orders.join(prices, on="article").select((polars.col("amount") * polars.col("price")).sum())
        return joined.collect().item()

    return answer


def late_makers(paths: tuple[Path, Path]) -> Answer:
    """Both files scanned, joined and grouped in one lazy query."""
    import polars
    from polars import col

    types = {"tailnum": polars.String, "dep_delay": polars.Float64, "distance": polars.Int64}

    def answer() -> object:
        flights = polars.scan_csv(paths[0], schema=types).filter(col("dep_delay").is_not_null())
        joined = flights.join(polars.scan_csv(paths[1]), on="tailnum")
        means = joined.group_by("manufacturer").agg(col("dep_delay").mean(), polars.len().alias("count"))
        late = means.filter(col("count") >= 100).sort(["dep_delay", "manufacturer"], descending=[True, False])
        return late.select("manufacturer", "dep_delay").collect().rows()

    return answer
