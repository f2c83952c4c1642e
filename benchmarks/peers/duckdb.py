"""The programs as SQL for DuckDB; tables are its own before the clock starts."""

from pathlib import Path
from typing import Any

import pyarrow

from benchmarks.question import Answer


def database(**tables: pyarrow.Table) -> Any:
    """Return a connection to a database in memory that holds these tables."""
    import duckdb

    connection = duckdb.connect()
    for name, table in tables.items():
        connection.register("given", table)
        connection.execute(f"create table {name} as select * from given")
        connection.unregister("given")
    return connection


def group_and_sum(sales: Any) -> Answer:
    """Return an Arrow table of keys and sums."""
    connection = database(sales=sales.table)
    query = "select key, sum(value)::bigint as total from sales group by key"
    return lambda: connection.sql(query).to_arrow_table()


def join_and_sum(shop: Any) -> Answer:
    """Return the sum of the products."""
    connection = database(orders=shop.orders, prices=shop.prices)
    query = "select sum(amount * price)::bigint from orders join prices using (article)"
    return lambda: connection.execute(query).fetchone()[0]


def late_makers(paths: tuple[Path, Path]) -> Answer:
    """Both files read, joined and grouped in one query."""
    connection = database()
    query = """
        select manufacturer, avg(dep_delay) as delay
        from read_csv(?, header = true, columns = {'tailnum': 'varchar', 'dep_delay': 'double', 'distance': 'bigint'})
        join read_csv(?, header = true) using (tailnum)
        where dep_delay is not null
        group by manufacturer having count(*) >= 100
        order by delay desc, manufacturer
    """
    return lambda: connection.execute(query, list(map(str, paths))).fetchall()
