from __future__ import annotations

import datetime
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from flowcc.runtime.columns import Columns
from flowcc.sources import parquet


class Row(NamedTuple):
    n: int
    x: float | None
    name: str
    ok: bool = True


@dataclass
class Event:
    day: datetime.date
    tags: list[str]


def put(path: Path, row_group_size: int | None = None, **columns: Any) -> Path:
    pq.write_table(pa.table(columns), path, row_group_size=row_group_size)
    return path


def test_rows_are_columns_of_the_named_ones_only(tmp_path: Path):
    path = put(tmp_path / "a.parquet", junk=[b"", b""], name=["a", "é"], x=[None, 2.5], n=[1, -2], ok=[True, False])
    (batch,) = parquet(path, Row).batches()
    assert isinstance(batch, Columns)
    assert batch.rows() == [Row(1, None, "a", True), Row(-2, 2.5, "é", False)]


def test_a_default_fills_an_absent_column(tmp_path: Path):
    path = put(tmp_path / "a.parquet", name=["a"], x=[2.5], n=[1])
    assert list(parquet(path, Row)) == [Row(1, 2.5, "a")]


def test_without_a_type_rows_are_dicts(tmp_path: Path):
    path = put(tmp_path / "a.parquet", a=[1, None], b=[["x"], []])
    assert list(parquet(path)) == [{"a": 1, "b": ["x"]}, {"a": None, "b": []}]


def test_other_types(tmp_path: Path):
    path = put(tmp_path / "a.parquet", day=[datetime.date(2013, 1, 1)], tags=[["a", "b"]])
    assert list(parquet(path, Event)) == [Event(datetime.date(2013, 1, 1), ["a", "b"])]
    path = put(tmp_path / "b.parquet", a=pa.array([1, 2], pa.int8()), b=pa.array(["x", "y"]).dictionary_encode())
    assert list(parquet(path, tuple[int, str])) == [(1, "x"), (2, "y")]
    path = put(tmp_path / "c.parquet", n=pa.array([2**64 - 1], pa.uint64()), x=[1], name=["a"])
    assert list(parquet(path, Row)) == [Row(2**64 - 1, 1.0, "a")]
    assert type(next(iter(parquet(path, Row))).x) is float


def test_a_column_of_nothing_but_null(tmp_path: Path):
    path = put(tmp_path / "a.parquet", n=[1], x=pa.nulls(1), name=["a"])
    assert list(parquet(path, Row)) == [Row(1, None, "a")]


def test_an_empty_table(tmp_path: Path):
    path = put(
        tmp_path / "a.parquet", n=pa.array([], pa.int64()), x=pa.array([], pa.float64()), name=pa.array([], pa.string())
    )
    assert list(parquet(path, Row)) == []


@pytest.mark.parametrize("shares", [1, 2, 3, 8])
def test_shares_are_row_groups_of_all_files(tmp_path: Path, shares: int):
    put(tmp_path / "a.parquet", 10, n=list(range(55)))
    put(tmp_path / "b.parquet", 10, n=list(range(55, 60)))
    source = parquet(tmp_path / "*.parquet", tuple[int])
    parts = [[row for batch in source.batches(share, shares) for row in batch] for share in range(shares)]
    assert sorted(row for part in parts for row in part) == [(n,) for n in range(60)]
    assert sum(map(bool, parts)) == min(shares, 7)


def test_a_missing_column(tmp_path: Path, fault):
    with fault("F514") as found:
        list(parquet(put(tmp_path / "a.parquet", n=[1], x=[1.0], nam=["a"]), Row))
    assert "`name`" in found[0].title
    assert "`nam`" in found[0].help


def test_a_doubled_column(tmp_path: Path, fault):
    path = tmp_path / "a.parquet"
    pq.write_table(pa.Table.from_arrays([pa.array([1]), pa.array([2])], ["n", "n"]), path)
    with fault("F514"):
        list(parquet(path))


def test_too_many_columns_for_a_tuple(tmp_path: Path, fault):
    with fault("F515"):
        list(parquet(put(tmp_path / "a.parquet", a=[1], b=[2]), tuple[int]))


@pytest.mark.parametrize("columns", [
    {"n": ["1"], "x": [1.0], "name": ["a"]},
    {"n": [1.0], "x": [1.0], "name": ["a"]},
    {"n": [True], "x": [1.0], "name": ["a"]},
    {"n": [1], "x": ["1"], "name": ["a"]},
    {"n": [1], "x": [1.0], "name": [b"a"]},
    {"n": [1], "x": [2**53 + 1], "name": ["a"]},
])  # fmt: skip
def test_a_column_of_another_type(tmp_path: Path, fault, columns: dict[str, Any]):
    path = put(tmp_path / "a.parquet", **columns)
    with fault("F517") as found:
        list(parquet(path, Row))
    assert found[0].subject == str(path)


def test_a_null_where_none_may_be(tmp_path: Path, fault):
    path = put(tmp_path / "a.parquet", 2, n=[1, 2, 3, None], x=[1.0] * 4, name=["a"] * 4)
    with fault("F516") as found:
        list(parquet(path, Row))
    assert "`n` is null in row 3" in found[0].title


@pytest.mark.parametrize("content", [b"", b"PAR1", b"not parquet at all", None])
def test_what_is_no_parquet(tmp_path: Path, fault, content: bytes | None):
    path = put(tmp_path / "a.parquet", n=list(range(1000)))
    path.write_bytes(path.read_bytes()[:-100] if content is None else content)
    with fault("F512") as found:
        list(parquet(path, tuple[int]))
    assert found[0].subject == str(path)


def test_damage_within_a_column(tmp_path: Path, fault):
    path = put(tmp_path / "a.parquet", n=list(range(10_000)))
    data = bytearray(path.read_bytes())
    data[4:400] = b"\xff" * 396
    path.write_bytes(data)
    with fault("F512"):
        list(parquet(path, tuple[int]))
