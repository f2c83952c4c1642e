"""Columns: Python objects there and back, and what comes from NumPy, Arrow, pandas and polars."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from flowcc.runtime.arrays import batch_of, result_of
from flowcc.runtime.arrow import to_arrow
from flowcc.runtime.columns import Columns, columns_of, concat
from flowcc.runtime.results import UNANNOTATED
from flowcc.runtime.schema import Scalar, schema_of_annotation
from flowcc.runtime.tables import declared_row
from tests.kernels.programs import Point, Word


class Own(int):
    """A subclass of int."""


class Text(str):
    """A subclass of str."""

    __slots__ = ()


class Opaque:
    """An object of no known kind; its `repr`, which names a test, has no address."""

    def __repr__(self) -> str:
        return "Opaque()"


ROWS: list[list[Any]] = [
    [1, -1, 2**63 - 1, -(2**63)],
    [0.5, -0.0, 5e-324, float("inf")],
    [True, False],
    ["", "é", "a\0b", "𝔘"],
    [1, None, 3],
    [None, "x"],
    [(1, "a"), (2, "b")],
    [Point(1), Point(2, 0.25)],
    [Word("a", 1)],
    [((1, 2.0), True)],
]
LOST: list[list[Any]] = [
    [True, 1],
    [1, 1.0],
    [Own(1)],
    [Text("a")],
    [2**63],
    [-(2**63) - 1],
    ["\ud800"],
    [],
    [None],
    [()],
    [(1,), (1, 2)],
    [[1]],
    [float("nan")],
    [Opaque()],
    [b"x"],
    [1j],
    [{1: 2}],
    [Point(True), Point(1)],
]


@pytest.mark.parametrize("items", ROWS, ids=repr)
def test_objects_come_back_as_they_were(items: list[Any]) -> None:
    columns = columns_of(items)
    assert columns is not None
    assert repr(columns.rows()) == repr(items)
    assert [type(item) for item in columns.rows()] == [type(item) for item in items]
    assert columns[1:].rows() == items[1:]
    assert columns[::-1].rows() == items[::-1]
    assert concat([columns, columns[1:]]).rows() == items + items[1:]


@pytest.mark.parametrize("items", LOST, ids=repr)
def test_what_would_be_lost_stays_objects(items: list[Any]) -> None:
    assert columns_of(items) is None


ARRAYS = [
    *(
        np.arange(5).astype(kind)
        for kind in ("i1", "u1", "i2", "u4", "i8", "u8", ">i4", ">i8", "f2", "f4", "f8", ">f8", "?")
    ),
    np.array([2**63], "u8"),
    np.arange(10)[::2],
    np.array(["a", "é"]),
    np.array([1, None, "a"], object),
    np.zeros(0),
    np.ma.array([1, 2, 3], mask=[0, 1, 0]),
    np.array(["2020-01-01"], "M8[D]"),
    np.array([3], "M8[7s]"),
    np.array([1.0, np.nan]),
    np.zeros((2, 2)),
    np.array([b"x"]),
]


@pytest.mark.parametrize("array", ARRAYS, ids=lambda array: f"{array.dtype}-{array.ndim}")
def test_an_array_is_its_list(array: Any) -> None:
    array.flags.writeable = False
    assert_same(batch_of(array), array.tolist())


ARROW = [
    pa.array([1, None, 3]),
    pa.array(["a", "é", None])[1:],
    pa.chunked_array([[1, 2], [None]]),
    pa.array([True, None, False])[1:],
    pa.array(["a", "b", "a"]).dictionary_encode(),
    pa.array([1.5, None], pa.float32()),
    pa.array([None, None]),
    pa.array([[1], [2]]),
    pa.array([2**63], pa.uint64()),
    pa.array([], pa.string()),
    pa.array(["x"], pa.string_view()),
    pa.chunked_array([], pa.int64()),
    pa.array(["a"], pa.large_string()),
    pa.array([{"a": 1}]),
]


@pytest.mark.parametrize("array", ARROW, ids=lambda array: str(array.type))
def test_an_arrow_array_is_its_list(array: Any) -> None:
    batch = batch_of(array)
    assert_same(batch, array.to_pylist())
    if isinstance(batch, Columns):
        assert to_arrow(batch).to_pylist() == array.to_pylist()


SERIES = [
    pd.Series([1, 2]),
    pd.Series(["a", "b"]),
    pd.Series(["a", None]),
    pd.Series([1, None], dtype="Int64"),
    pd.Series([0.5, None]),
    pd.Series(["a", "b"], dtype="category"),
    pd.Series(pd.to_datetime(["2020-01-01"])),
    pd.Series([True, False]),
]


@pytest.mark.parametrize("series", SERIES, ids=lambda series: str(series.dtype))
def test_a_pandas_series_is_its_list(series: Any) -> None:
    assert_same(batch_of(series), series.tolist())


@pytest.mark.parametrize("values", [[1, None], ["a", "b"], [1.0, None], [[1], [2]], [True, None]], ids=repr)
def test_a_polars_series_is_its_list(values: list[Any]) -> None:
    assert_same(batch_of(pl.Series(values)), values)


def test_tables_are_rows() -> None:
    columns = {"y": [0.5, 1.5], "x": [1, 2]}
    row = declared_row(Point, "points")
    for table in (pa.table(columns), pd.DataFrame(columns), pl.DataFrame(columns)):
        assert_same(batch_of(table), [(0.5, 1), (1.5, 2)])
        assert_same(batch_of(table, row), [Point(1, 0.5), Point(2, 1.5)])


def test_strings_share_their_bytes_with_arrow() -> None:
    array = pa.array(["abc", "de"])
    batch = batch_of(array)
    assert isinstance(batch, Columns)
    assert batch.buffers[1].ctypes.data == array.buffers()[2].address


def test_numbers_share_their_memory_with_numpy() -> None:
    array = np.arange(10)
    batch = batch_of(array)
    assert isinstance(batch, Columns)
    assert np.shares_memory(batch.buffers[0], array)
    assert result_of(batch, array, UNANNOTATED, []) is batch.buffers[0]
    assert np.shares_memory(result_of(batch, pa.array([1]), UNANNOTATED, []).to_numpy(), array)


def test_annotations_have_schemas() -> None:
    assert schema_of_annotation(int | None) == Scalar("int64", True)
    assert str(schema_of_annotation(Point)) == "Point(x: int64, y: float64)"
    assert str(schema_of_annotation(tuple[int, str])) == "(int64, utf8)"
    assert schema_of_annotation(list[int]) is None
    assert schema_of_annotation(int | str) is None


def assert_same(batch: Any, items: list[Any]) -> None:
    rows = batch.rows() if isinstance(batch, Columns) else batch
    assert repr(rows) == repr(items)
