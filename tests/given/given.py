"""Arrays, series, tables and lists that a caller may hand in, each with the list of Python objects that it means."""

from __future__ import annotations

import datetime
import decimal
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa

STAMPS = [datetime.datetime(2020, 1, 2, 3, 4, 5), datetime.datetime(1969, 12, 31)]
AMOUNTS = [decimal.Decimal("1.50"), decimal.Decimal("-2.25")]


class Own(int):
    """An int that adds otherwise."""

    def __add__(self, other: Any) -> Any:
        return Own(100)

    __radd__ = __add__


class Loud(str):
    """A str that answers otherwise."""

    __slots__ = ()

    def upper(self) -> str:
        """Return something else than `str.upper`."""
        return "loud"

    def __len__(self) -> int:
        return 7


class Half(float):
    """A float that adds otherwise."""

    def __add__(self, other: Any) -> Any:
        return -1.0

    __radd__ = __add__


def read_only(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return the same array, which nobody may write to."""
    array.flags.writeable = False
    return array


def unaligned() -> np.ndarray[Any, Any]:
    """Return whole numbers that do not start where a processor likes them to."""
    return np.frombuffer(b"\0" + np.arange(5).tobytes(), np.uint8)[1:].view(np.int64)


NUMPY: dict[str, Any] = {
    **{
        f"numpy {kind}": np.array([0, 1, 2, 1, 100, 127]).astype(kind)
        for kind in ("i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", ">i2", ">i4", ">i8", ">u8", "<i8")
    },
    **{
        f"numpy {kind}": np.array([0.0, -0.0, 0.1, -2.5, 2.5, 6e4]).astype(kind)
        for kind in ("f2", "f4", "f8", ">f2", ">f4", ">f8", "g", "c16", "c8")
    },
    "numpy bool": np.array([True, False, True]),
    "numpy int64 edges": np.array([2**63 - 1, -(2**63), 0, 2**62, 2**62]),
    "numpy uint64 past int64": np.array([2**63, 1, 2**64 - 1], np.uint64),
    "numpy uint64 at its edge": np.array([2**63 - 1, 1], np.uint64),
    "numpy floats with nan": np.array([1.0, np.nan, np.inf, -np.inf, 5e-324]),
    "numpy strided": np.arange(20)[::3],
    "numpy backwards": np.arange(9)[::-1],
    "numpy strided floats": np.arange(12.0).reshape(3, 4)[:, 1],
    "numpy broadcast": np.broadcast_to(np.int64(7), (5,)),
    "numpy unaligned": unaligned(),
    "numpy read-only": read_only(np.arange(6)),
    "numpy read-only bools": read_only(np.array([True, False])),
    "numpy of no items": np.zeros(0, np.int64),
    "numpy of no objects": np.zeros(0, object),
    "numpy of no texts": np.zeros(0, "U3"),
    "numpy masked": np.ma.array([1, 2, 3, 4], mask=[0, 1, 0, 0]),
    "numpy masked, nothing hidden": np.ma.array([1, 2, 3]),
    "numpy masked, all hidden": np.ma.array([1, 2], mask=[1, 1]),
    "numpy masked floats": np.ma.array([1.5, 2.5, 0.5], mask=[1, 0, 0]),
    "numpy masked bools": np.ma.array([True, False, True], mask=[0, 0, 1]),
    "numpy masked uint64": np.ma.array(np.array([2**63, 1], np.uint64), mask=[1, 0]),
    "numpy masked texts": np.ma.array(["a", "b"], mask=[0, 1]),
    "numpy matrix": np.arange(6).reshape(2, 3),
    "numpy of matrices": np.arange(8).reshape(2, 2, 2),
    "numpy matrix of no rows": np.zeros((0, 3)),
    "numpy texts": np.array(["a", "é", "", "a", "𝔘"]),
    "numpy texts, other order": np.array(["a", "é"]).astype(">U2"),
    "numpy bytes": np.array([b"x", b"yz"]),
    "numpy days": np.array(["2020-01-01", "1969-12-31", "NaT"], "M8[D]"),
    "numpy odd seconds": np.array([3, 4], "M8[7s]"),
    "numpy microseconds": np.array([3, 4], "M8[us]"),
    "numpy nanoseconds": np.array([3, -4], "M8[ns]"),
    "numpy months": np.array([3, 4], "M8[M]"),
    "numpy spans": np.array([3, 4], "m8[ms]"),
    "numpy spans of 25 ps": np.array([3, 4], "m8[25ps]"),
    "numpy records": np.array([(1, 2.5), (3, 4.5)], [("x", "i4"), ("y", "f8")]),
    "numpy records of one field": np.array([(1,), (3,)], [("x", "i4")]),
    "numpy records with texts": np.array([(1, "a"), (3, "bc")], [("x", "i4"), ("y", "U2")]),
    "numpy recarray": np.rec.array([(1, 2.5), (3, 4.5)], dtype=[("x", "i4"), ("y", "f8")]),
    "numpy nested records": np.array([((1, 2), 3.0)], [("p", [("a", "i1"), ("b", "i1")]), ("q", "f4")]),
    "numpy records of arrays": np.array([([1, 2], 3)], [("p", "i4", (2,)), ("q", "i4")]),
    "numpy void": np.zeros(2, "V3"),
    "numpy objects": np.array([1, None, "a", 2.5, True], object),
    "numpy whole objects": np.array([1, 2, 2**70], object),
    "numpy objects of its own": np.array([np.int64(3), np.float32(0.1), np.bool_(True)], object),
    "numpy variable texts": np.array(["a", "é", "abc" * 9], np.dtypes.StringDType()),
}
NUMPY["numpy variable texts, some missing"] = np.array(["a", None], np.dtypes.StringDType(na_object=None))

ARROW: dict[str, Any] = {
    **{f"arrow {kind}": pa.array([0, 1, 2, 1, 100], kind) for kind in map(pa.type_for_alias, (
        "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64"))},
    "arrow half floats": pa.array([np.float16(0.1), None, np.float16(2)], pa.float16()),
    "arrow floats": pa.array([0.1, None, -0.0], pa.float32()),
    "arrow doubles": pa.array([0.1, None, -0.0, float("nan")]),
    "arrow missing": pa.array([1, None, 3]),
    "arrow missing texts": pa.array(["a", None, "é", ""]),
    "arrow bools": pa.array([True, None, False, True] * 5)[3:],
    "arrow uint64 past int64": pa.array([2**63, 1, None], pa.uint64()),
    "arrow uint64 hidden": pa.array([1, None], pa.uint64()),
    "arrow sliced": pa.array([1, None, 3, 4])[1:3],
    "arrow sliced texts": pa.array(["a", "bb", None, "ccc"])[1:],
    "arrow chunked": pa.chunked_array([[1, 2], [], [3, None]]),
    "arrow chunked texts": pa.chunked_array([["a"], ["b", None], ["é"]]),
    "arrow chunks of none": pa.chunked_array([], pa.int64()),
    "arrow of no items": pa.array([], pa.int64()),
    "arrow of no texts": pa.array([], pa.string()),
    "arrow null": pa.array([None, None]),
    "arrow null of no items": pa.array([], pa.null()),
    "arrow large texts": pa.array(["a", "é", None], pa.large_string()),
    "arrow text views": pa.array(["a", "é" * 30, None], pa.string_view()),
    "arrow dictionary": pa.array(["a", "b", None, "a"]).dictionary_encode(),
    "arrow dictionary with null in it": pa.DictionaryArray.from_arrays([0, 1, 1, None], ["a", None]),
    "arrow chunks of dictionaries": pa.chunked_array([pa.array(["a", "b"]).dictionary_encode(),
                                                      pa.array(["b", "c"]).dictionary_encode()]),
    "arrow dictionary of numbers": pa.array([5, 6, 5]).dictionary_encode(),
    "arrow decimals": pa.array([*AMOUNTS, None]),
    "arrow stamps": pa.array([*STAMPS, None]),
    "arrow stamps in ns": pa.array([1, None], pa.timestamp("ns")),
    "arrow stamps of a zone": pa.array([1, 2], pa.timestamp("s", "UTC")),
    "arrow dates": pa.array([1, None], pa.date32()),
    "arrow times": pa.array([1, 2], pa.time64("us")),
    "arrow durations": pa.array([1, 2], pa.duration("ms")),
    "arrow intervals": pa.array([pa.MonthDayNano([1, 2, 3])]),
    "arrow lists": pa.array([[1], None, [2, 3]]),
    "arrow fixed lists": pa.array([[1, 2], [3, 4]], pa.list_(pa.int64(), 2)),
    "arrow structs": pa.array([{"a": 1, "b": "x"}, None]),
    "arrow maps": pa.array([[("a", 1)]], pa.map_(pa.string(), pa.int64())),
    "arrow bytes": pa.array([b"x", None]),
    "arrow unions": pa.UnionArray.from_dense(pa.array([0, 1], pa.int8()), pa.array([0, 0], pa.int32()),
                                             [pa.array([1]), pa.array(["a"])]),
    "arrow uuid": pa.ExtensionArray.from_storage(pa.uuid(), pa.array([bytes(range(16))], pa.binary(16))),
    "arrow bool8": pa.ExtensionArray.from_storage(pa.bool8(), pa.array([0, 1, 7], pa.int8())),
    "arrow run ends": pa.RunEndEncodedArray.from_arrays([2, 3], ["a", "b"]),
}  # fmt: skip

PANDAS: dict[str, Any] = {
    **{f"pandas {kind}": pd.Series([1, 2, 1], dtype=kind)
       for kind in ("int8", "uint8", "int32", "uint64", "float32", "Int64", "Int8", "UInt64", "Float32", "Float64",
                    "int64[pyarrow]", "uint8[pyarrow]", "double[pyarrow]", "category", "object")},
    "pandas texts": pd.Series(["a", "é"]),
    "pandas texts with nan": pd.Series(["a", None, np.nan]),
    "pandas object texts": pd.Series(["a", None, np.nan], dtype=object),
    "pandas string": pd.Series(["a", None], dtype="string"),
    "pandas arrow texts": pd.Series(["a", None], dtype="string[pyarrow]"),
    "pandas ArrowDtype texts": pd.Series(["a", "b"], dtype=pd.ArrowDtype(pa.string())),
    "pandas missing": pd.Series([1, None], dtype="Int64"),
    "pandas missing floats": pd.Series([1.5, None]),
    "pandas missing bools": pd.Series([True, None], dtype="boolean"),
    "pandas missing arrow": pd.Series([1, None], dtype="int64[pyarrow]"),
    "pandas bools": pd.Series([True, False]),
    "pandas categories": pd.Series(["a", "b", "a", None], dtype="category"),
    "pandas stamps": pd.Series(pd.to_datetime(["2020-01-01", None])),
    "pandas spans": pd.Series(pd.to_timedelta([1, 2], unit="s")),
    "pandas periods": pd.Series(pd.period_range("2020", periods=2)),
    "pandas sparse": pd.Series([0, 0, 1], dtype=pd.SparseDtype("int64")),
    "pandas mixed": pd.Series([1, "a", None, 2.5]),
    "pandas numbers as objects": pd.Series([1, 2], dtype=object),
    "pandas of no items": pd.Series([], dtype="int64"),
    "pandas index": pd.Index([3, 4]),
    "pandas range": pd.RangeIndex(4),
    "pandas array": pd.array([1, None]),
    "pandas reversed": pd.Series([1, 2, 3])[::-1],
    "pandas complex": pd.Series([1j]),
    "pandas decimals": pd.Series([*AMOUNTS], dtype=pd.ArrowDtype(pa.decimal128(5, 2))),
    "pandas lists": pd.Series([[1], [2, 3]]),
}  # fmt: skip

POLARS: dict[str, Any] = {
    **{f"polars {kind}": pl.Series([1, 2, 1, None], dtype=kind)
       for kind in (pl.Int8, pl.UInt8, pl.Int16, pl.UInt16, pl.Int32, pl.UInt32, pl.Int64, pl.UInt64, pl.Float32,
                    pl.Float64)},
    "polars Int128": pl.Series([2**100, 1], dtype=pl.Int128),
    "polars uint64 past int64": pl.Series([2**63, 1], dtype=pl.UInt64),
    "polars texts": pl.Series(["a", "é", None, "x" * 40]),
    "polars categories": pl.Series(["a", "b", None, "a"], dtype=pl.Categorical),
    "polars enum": pl.Series(["a", "b", "a"], dtype=pl.Enum(["b", "a"])),
    "polars bools": pl.Series([True, None, False]),
    "polars decimals": pl.Series(AMOUNTS),
    "polars stamps": pl.Series([*STAMPS, None]),
    "polars dates": pl.Series([STAMPS[0].date()]),
    "polars times": pl.Series([STAMPS[0].time()]),
    "polars spans": pl.Series([datetime.timedelta(1)]),
    "polars null": pl.Series([None, None]),
    "polars of no items": pl.Series([], dtype=pl.Int64),
    "polars bytes": pl.Series([b"x"]),
    "polars objects": pl.Series([object, 3, "a"], dtype=pl.Object),
    "polars lists": pl.Series([[1], [2, 3], None]),
    "polars arrays": pl.Series([[1, 2]], dtype=pl.Array(pl.Int64, 2)),
    "polars structs": pl.Series([{"a": 1}, None]),
    "polars floats with nan": pl.Series([1.0, float("nan"), None]),
    "polars sliced": pl.Series([1, None, 3])[1:],
}  # fmt: skip

TABLES: dict[str, Any] = {
    "arrow table": pa.table({"x": [1, 2, None], "y": ["a", None, "c"]}),
    "arrow table of no rows": pa.table({"x": pa.array([], pa.int64()), "y": pa.array([], pa.string())}),
    "arrow table of one column": pa.table({"x": [1, 2]}),
    "arrow table with dates": pa.table({"x": [1, 2], "y": STAMPS}),
    "arrow table, a name twice": pa.Table.from_arrays([pa.array([1]), pa.array([2])], names=["x", "x"]),
    "arrow record batch": pa.record_batch({"x": [1, 2], "y": [0.5, None]}),
    "pandas frame": pd.DataFrame({"x": [1, 2], "y": ["a", None]}),
    "pandas frame, a name twice": pd.DataFrame([[1, 2.5], [3, 4.5]], columns=["x", "x"]),
    "pandas frame, names that are numbers": pd.DataFrame([[1, 2], [3, 4]]),
    "pandas frame, two rows of names": pd.DataFrame([[1, 2]], columns=pd.MultiIndex.from_tuples([("a", 1), ("b", 2)])),
    "pandas frame of no rows": pd.DataFrame({"x": np.zeros(0, np.int64)}),
    "polars frame": pl.DataFrame({"x": [1, None], "y": ["a", "b"]}),
    "polars frame of no rows": pl.DataFrame({"x": []}, schema={"x": pl.Int64}),
    "polars frame with categories": pl.DataFrame({"x": ["a", "b"]}, schema={"x": pl.Categorical}),
}

LISTS: dict[str, list[Any]] = {
    "ints": [1, 2, 3, 2, -7],
    "bools": [True, False, True],
    "bools where ints are": [1, True, 0, False, 2],
    "a bool at the end": [*range(9), True],
    "ints past 64 bits": [1, 2**63, -(2**63) - 1, 3],
    "int64 edges": [2**63 - 1, -(2**63), 2**62, 2**62, 2**62],
    "floats": [0.1, 0.2, -0.0, 0.0, 1e308, 1e308],
    "nan": [1.0, float("nan"), 2.0],
    "one nan twice": [float("nan")] * 2,
    "None where a number is": [1, None, 3],
    "only None": [None, None],
    "an int among floats": [0.5, 1, 2.5],
    "a float among ints": [1, 2.0, 3],
    "own ints": [Own(1), Own(2), 3],
    "own texts": [Loud("a"), "b"],
    "own floats": [Half(1.5), 2.5],
    "scalars of numpy": [np.int64(3), 4, np.int64(5)],
    "scalars of numpy alone": [np.int64(3), np.int64(4)],
    "floats of numpy": [np.float64(0.5), 0.25, np.float32(0.1)],
    "bools of numpy": [np.bool_(True), False],
    "texts of numpy": [np.str_("a"), "b"],
    "texts": ["a", "é", "", "a", "𝔘b"],
    "lone surrogates": ["a", "\ud800", "b"],
    "a surrogate pair": ["\ud83d\ude00", "😀"],
    "texts and bytes": ["a", b"a"],
    "texts with nul": ["a\0", "a", "\0"],
    "nothing": [],
    "tuples": [(1, "a"), (2, "b"), (1, "a")],
    "tuples with bools": [(1, 2), (True, 2)],
    "tuples of other lengths": [(1,), (1, 2)],
    "tuples of no items": [(), ()],
    "stamps": [pd.Timestamp("2020-01-01"), STAMPS[0]],
    "missing of pandas": [pd.NA, 1],
    "not a time": [pd.NaT, STAMPS[0]],
    "lists": [[1], [2, 3], [1]],
    "dicts": [{"a": 1}, {"a": 2}],
    "decimals": AMOUNTS,
    "complex": [1j, 2.5],
    "scalars of arrow": [pa.scalar(1), pa.scalar(2)],
}  # fmt: skip

GIVEN: dict[str, Any] = {**NUMPY, **ARROW, **PANDAS, **POLARS, **TABLES, **LISTS}


def meant(value: Any) -> list[Any]:
    """Return the list that an argument means, by the libraries' own ways."""
    if isinstance(value, list):
        return value
    if isinstance(value, pa.Table | pa.RecordBatch):
        return list(zip(*(column.to_pylist() for column in value.columns), strict=True))
    if isinstance(value, pd.DataFrame):
        return list(zip(*(value.iloc[:, at].tolist() for at in range(value.shape[1])), strict=True))
    if isinstance(value, pl.DataFrame):
        return value.rows()
    if isinstance(value, pl.Series):
        return value.to_list()
    if hasattr(value, "to_pylist"):
        listed: list[Any] = value.to_pylist()
        return listed
    found: list[Any] = value.tolist()
    return found
