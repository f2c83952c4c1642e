"""Rows of files without the fields that nobody reads: the same values and faults, and no more than that is read."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flowcc.diagnostics import FlowError
from flowcc.runtime.columns import Columns
from flowcc.runtime.narrow import narrowed_class
from flowcc.runtime.sources import parquet as reading
from flowcc.sources import csv, parquet


class Row(NamedTuple):
    n: int
    x: float | None
    name: str
    note: str | None = None
    ok: bool = True


@dataclass(frozen=True)
class Point:
    x: int
    y: int | None


@dataclass
class Loose:
    x: int
    y: int


class Day(NamedTuple):
    day: datetime.date
    n: int
    tags: list[str]


SUBSETS = [only for size in range(5) for only in combinations(sorted(Row._fields), size)]
CELLS = st.sampled_from(["1", "2.5", "", "x", "true", "0", "9223372036854775808", "0x1", "nan", '"a\nb"', " 5", "1e3"])
GOOD = st.tuples(
    st.sampled_from(["1", "-7", "007", "9223372036854775808"]),
    st.sampled_from(["", "2.5", "nan", "-0"]),
    st.sampled_from(["", "a", '"a\nb"']),
    st.sampled_from(["", "b"]),
    st.sampled_from(["true", "0"]),
)


def read(source: Any, only: tuple[str, ...] | None) -> tuple[list[Any], str]:
    items: list[Any] = []
    try:
        for batch in source.batches(0, 1, only):
            items += batch if isinstance(batch, list) else batch.rows()
    except FlowError as error:
        return items, str(error)
    return items, ""


def of(items: list[Any], fields: tuple[str, ...]) -> list[str]:
    return [repr([(type(getattr(item, name)), getattr(item, name)) for name in fields]) for item in items]


@settings(max_examples=150, deadline=None)
@given(lines=st.lists(GOOD | st.tuples(CELLS, CELLS, CELLS, CELLS, CELLS), max_size=4), only=st.sampled_from(SUBSETS))
def test_fuzz_what_is_kept_and_what_is_at_fault_is_the_same(lines: Any, only: tuple[str, ...], folder: Path) -> None:
    path = folder / "a.csv"
    path.write_text("\n".join([",".join(Row._fields), *map(",".join, lines)]), encoding="utf-8")
    whole, wrong = read(csv(path, Row), None)
    kept, also_wrong = read(csv(path, Row), only)
    assert also_wrong == wrong
    assert of(kept, only) == of(whole, only)
    assert len({type(item) for item in kept}) <= 1
    for item in kept:
        assert set(only) <= set(item._fields)
        assert len(item._fields) == max(len(only), 1)


def test_what_is_not_kept_is_checked_all_the_same(tmp_path: Path, fault: Any) -> None:
    path = tmp_path / "a.csv"
    path.write_text("n,x,name\n1,2.5,a\n2,many,b\n", encoding="utf-8")
    with fault("F516") as found:
        read_all(csv(path, Row), ("n",))
    assert found[0].subject == f"{path}:3"


def read_all(source: Any, only: tuple[str, ...] | None) -> list[Any]:
    return list(source.batches(0, 1, only))


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_rows_that_cannot_be_narrowed_are_whole(tmp_path: Path, kind: str) -> None:
    path = table_of(tmp_path, kind, x=[1, 2], y=[3, 4])
    source: Any = csv if kind == "csv" else parquet
    assert read(source(path, Loose), ("x",))[0] == [Loose(1, 3), Loose(2, 4)]
    assert read(source(path, tuple[int, int]), ("x",))[0] == [(1, 3), (2, 4)]
    assert read(source(path, Point), ("x", "colour"))[0] == [Point(1, 3), Point(2, 4)]
    assert read(source(path, Point), ("x", "y"))[0] == [Point(1, 3), Point(2, 4)]
    assert repr(read(source(path, Point), ("y",))[0]) == "[Point(y=3, …), Point(y=4, …)]"
    assert repr(read(source(path, Point), ())[0]) == "[Point(x=1, …), Point(x=2, …)]"
    assert all(isinstance(batch, Columns) for batch in read_all(source(path, Point), ("y",)))


def table_of(folder: Path, kind: str, **columns: list[Any]) -> Path:
    path = folder / f"a.{kind}"
    table = pa.table(columns)
    if kind == "csv":
        rows = zip(*columns.values(), strict=True)
        path.write_text("\n".join([",".join(columns), *(",".join(map(str, row)) for row in rows)]), encoding="utf-8")
    else:
        pq.write_table(table, path, row_group_size=1)
    return path


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_fields_that_the_file_lacks(tmp_path: Path, kind: str) -> None:
    path = table_of(tmp_path, kind, n=[1, 2], x=[2.5, 3.5], name=["a", "b"])
    source: Any = csv if kind == "csv" else parquet
    for only in SUBSETS:
        assert of(read(source(path, Row), only)[0], only) == of([Row(1, 2.5, "a"), Row(2, 3.5, "b")], only), only


@pytest.fixture
def read_columns(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The columns that each row group was read with."""
    found: list[list[str]] = []
    needed = reading._needed

    def noted(*arguments: Any) -> list[str]:
        found.append(needed(*arguments))
        return found[-1]

    monkeypatch.setattr(reading, "_needed", noted)
    return found


def test_only_what_is_kept_is_read_of_parquet(tmp_path: Path, read_columns: list[list[str]]) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"n": [1], "x": [2.5], "name": ["a"], "note": [None], "ok": [True]}), path)
    assert repr(read(parquet(path, Row), ("name",))) == "([Row(name='a', …)], '')"
    assert read_columns == [["name"]]


def test_parquet_columns_that_may_be_at_fault_are_looked_at(tmp_path: Path, read_columns: list[list[str]]) -> None:
    path = tmp_path / "a.parquet"
    columns = {"n": [1, 2, None, 4], "x": [1, 2, 3, 2**53 + 1], "name": ["a", "b", "c", "d"]}
    pq.write_table(pa.table(columns), path, row_group_size=2)
    whole, wrong = read(parquet(path, Row), None)
    assert "F516" in wrong
    assert len(whole) == 2
    kept, also_wrong = read(parquet(path, Row), ("name",))
    assert also_wrong == wrong
    assert of(kept, ("name",)) == of(whole, ("name",))
    assert read_columns[-2:] == [["x", "name"], ["n", "x", "name"]]  # x holds integers, n a null
    pq.write_table(pa.table({**columns, "x": [1.0, 2.0, 3.0, 4.0], "n": [1, 2, 3, 4]}), path, write_statistics=False)
    assert len(read(parquet(path, Row), ("name",))[0]) == 4
    assert read_columns[-1] == ["n", "name"]  # nothing says that n holds no null


def test_records_of_other_types_are_narrowed_too(tmp_path: Path, read_columns: list[list[str]]) -> None:
    path = tmp_path / "a.parquet"
    table = pa.table({"day": [datetime.date(2013, 1, 1)], "n": [1], "tags": [["a"]]})
    pq.write_table(table, path)
    assert read(parquet(path, Day), ("n",))[0] == [(1,)]
    assert isinstance(read_all(parquet(path, Day), ("n",))[0], Columns)
    assert read(parquet(path, Day), ("day",))[0] == [(datetime.date(2013, 1, 1),)]
    assert read_columns[-1] == ["day", "tags"]  # of a nested column nothing says whether it holds a null


def test_one_class_for_the_same_fields() -> None:
    assert narrowed_class(Row, ("name", "n")) is narrowed_class(Row, ("n", "name"))
    assert narrowed_class(narrowed_class(Row, ("name", "n")), ("n",)) is narrowed_class(Row, ("n",))
    assert narrowed_class(Row, Row._fields) is None
    assert narrowed_class(int, ("n",)) is None
