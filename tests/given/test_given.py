"""Whatever is handed in gives what the plain function gives for the list that it means: values, types, exceptions."""

from __future__ import annotations

import importlib.util
import sys
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from flowcc import FlowError, threads
from flowcc.flow import Flow
from flowcc.runtime.batches import BATCH
from flowcc.runtime.sequence import ColumnSequence
from tests.given import programs
from tests.given.given import GIVEN, LISTS, Loud, Own, meant

COLUMNS = (np.ndarray, pa.Array, pa.ChunkedArray, pa.Table, pd.Series, pd.DataFrame, pl.Series, pl.DataFrame)
ODD = [True, 1.5, None, 2**63, -(2**63) - 1, float("nan"), Own(3), np.int64(3), np.float64(2), "a", "\ud800", Loud("b"),
       (1, 2), [1]]  # fmt: skip
MANY = 700  # enough for lists to go into columns


def form(value: Any) -> Any:
    """Return a value so that other types, other floats and another order of items show."""
    if isinstance(value, COLUMNS):
        return form(meant(value))
    if isinstance(value, ColumnSequence):
        return form(list(value))
    if isinstance(value, list | tuple):
        return (type(value), [form(item) for item in value])
    if isinstance(value, Mapping):
        return (type(value), [(form(key), form(held)) for key, held in value.items()])
    if isinstance(value, set | frozenset):
        return (type(value), sorted(repr(form(item)) for item in value))
    return (type(value), repr(value))


def outcome(function: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
    """Return what a call gives, or which exception it raises."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the libraries' own, about what is odd here on purpose
        try:
            return form(function(*arguments, **options))
        except Exception as error:  # whatever Python raises is what is compared
            return (type(error), str(error))


def many(value: Any) -> Any:
    """Return a list repeated until it is long, so that kernels and columns take it."""
    return value * (MANY // len(value) + 1) if isinstance(value, list) and value else value


def with_jit(flow: Flow[..., Any], jit: str) -> Flow[..., Any]:
    return Flow(flow.plain, jit=jit)


FLOWS = {flow.plain.__name__: with_jit(flow, "always") for flow in (*programs.ONE, *programs.TWO)}


def check(name: str, value: Any) -> None:
    flow = FLOWS[name]
    once = name not in ("joined", "among")
    value = many(value) if once else value
    expected = outcome(flow.plain, *([meant(value)] if once else [meant(value), meant(value)]))
    found = outcome(flow, *([value] if once else [value, value]))
    if isinstance(expected[1], str) and name in ("summed_after", "sum_of_firsts"):
        assert isinstance(found[1], str)  # two steps may fail, each of another item, and either may be told of
    else:
        assert found == expected


@pytest.mark.parametrize("given", GIVEN)
def test_in_this_process(given: str) -> None:
    for name in FLOWS:
        check(name, GIVEN[given])


@pytest.mark.parametrize("given", GIVEN)
def test_in_this_process_as_time_says(given: str) -> None:
    value = GIVEN[given]
    for flow in (programs.itself, programs.paired, programs.added, programs.summed, programs.counted):
        assert outcome(flow, value) == outcome(flow.plain, meant(value))


@pytest.mark.parametrize("given", LISTS)
def test_a_short_list(given: str) -> None:
    for flow in programs.ONE:
        compiled = FLOWS[flow.plain.__name__]
        expected, found = outcome(flow.plain, LISTS[given]), outcome(compiled, LISTS[given])
        assert found == expected or (isinstance(expected[1], str) and isinstance(found[1], str))


@pytest.mark.parametrize("odd", ODD, ids=repr)
def test_an_odd_item_after_many_of_one_kind(odd: Any) -> None:
    """Columns and kernels are at work when it comes, and go on, or hand what they hold to Python."""
    usual = list(range(5)) if not isinstance(odd, str) else ["a", "b", "c"]
    items = usual * (BATCH // len(usual) + 9) + [odd] + usual * 20
    for flow in programs.ONE:
        expected, found = outcome(flow.plain, items), outcome(FLOWS[flow.plain.__name__], items)
        assert found == expected or (isinstance(expected[1], str) and isinstance(found[1], str))


@pytest.mark.parametrize("given", GIVEN)
def test_on_stages(given: str) -> None:
    value = GIVEN[given]
    repeats_nan = given in ("pandas texts with nan", "one nan twice")
    for flow in programs.STAGED[: 2 if repeats_nan else 3]:  # which nan is which is lost on the way, and Counter tells
        expected = outcome(flow.plain, meant(value))
        found = outcome(flow.run, value, on=threads(), members={"Workers": 2})
        if flow is programs.counted_apart and not isinstance(expected[1], str) and not isinstance(found[1], str):
            expected, found = [(kind, sorted(map(repr, items))) for kind, items in (expected, found)]
        assert found == expected or (isinstance(found[1], str) and "F5" in found[1])  # a fault where nothing can travel


def test_bytes_that_are_no_text_are_pythons_to_refuse() -> None:
    offsets, data = np.array([0, 1, 3], np.int32), b"a\xf0\x9f"
    array = pa.Array.from_buffers(pa.string(), 2, [None, pa.py_buffer(offsets), pa.py_buffer(data)])
    for given in (array, pa.chunked_array([array]), pa.table({"x": array})):
        for name in ("upper", "lengths", "counted"):
            with pytest.raises(UnicodeDecodeError):
                FLOWS[name](given)


def test_what_has_no_items_is_a_fault() -> None:
    for value in (np.array(5), np.ma.masked, np.int64(5), np.array("a"), pd.NA, pa.scalar(1), np.array(None)):
        with pytest.raises(FlowError, match="F520"):
            programs.itself(value)


@pytest.mark.parametrize("table", [pa.table, pd.DataFrame, pl.DataFrame])
def test_rows_of_a_table_are_the_declared_records(table: Callable[..., Any]) -> None:
    given = table({"day": [programs.DAY] * 2, "name": ["a", "b"], "size": [1, 2]})
    for flow in (programs.sizes, programs.days, programs.names):
        for found in (flow(given), flow.run(given, on=threads())):
            assert form(found) == (list, form(flow.plain(programs.ROWS[flow.plain.__name__]))[1])


@pytest.mark.parametrize("table", [pa.table, pd.DataFrame, pl.DataFrame])
def test_a_column_that_is_missing_is_a_fault(table: Callable[..., Any]) -> None:
    for call in (programs.sizes, programs.sizes.run):
        with pytest.raises(FlowError, match="no column `size`, and `Sized` has one") as caught:
            call(table({"name": ["a"]}))
        assert caught.value.code == "F522"


def test_a_result_is_not_the_argument() -> None:
    for name in ("itself", "cut", "paired", "in_order"):
        array, series = np.arange(9), pd.Series(np.arange(9))
        frame = pd.DataFrame({"x": np.arange(9), "y": np.arange(9) * 0.5})
        found = [FLOWS[name](given) for given in (array, series, frame)]
        before = [form(each) for each in found]
        array[:] = -1
        series[:] = -1
        frame.iloc[:, 0] = -1
        assert [form(each) for each in found] == before


def test_declared_types_change_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = Path(programs.__file__).read_text(encoding="utf-8").replace(": Batch[Any", ": Batch[int")
    (tmp_path / "declared.py").write_text(text, encoding="utf-8")
    specification = importlib.util.spec_from_file_location("declared", tmp_path / "declared.py")
    assert specification is not None
    assert specification.loader is not None
    declared = importlib.util.module_from_spec(specification)
    monkeypatch.setitem(sys.modules, "declared", declared)
    specification.loader.exec_module(declared)
    for flow in (with_jit(flow, "always") for flow in declared.ONE[:12]):
        for value in LISTS.values():
            expected, found = outcome(flow.plain, value), outcome(flow, value)
            assert found == expected or (isinstance(expected[1], str) and isinstance(found[1], str))


RESULTS = [
    ("numpy i4", "added", np.ndarray),
    ("numpy >i8", "added", np.ndarray),
    ("numpy f2", "added", np.ndarray),
    ("numpy bool", "itself", np.ndarray),
    ("numpy masked", "either", np.ndarray),
    ("numpy records", "itself", np.ndarray),
    ("numpy records with texts", "itself", ColumnSequence),
    ("numpy texts", "upper", ColumnSequence),
    ("numpy int64 edges", "halved", np.ndarray),
    ("numpy int64 edges", "added", ColumnSequence),
    ("numpy of no items", "itself", np.ndarray),
    ("numpy floats with nan", "itself", np.ndarray),
    ("numpy matrix", "itself", ColumnSequence),
    ("numpy days", "itself", ColumnSequence),
    ("arrow missing", "either", ColumnSequence),
    ("arrow texts", "upper", ColumnSequence),
    ("arrow table", "itself", ColumnSequence),
    ("arrow table", "paired", ColumnSequence),
    ("arrow int8", "paired", ColumnSequence),
    ("pandas int8", "added", ColumnSequence),
    ("pandas frame of no rows", "itself", ColumnSequence),
    ("pandas frame, a name twice", "itself", ColumnSequence),
    ("numpy masked", "itself", np.ma.MaskedArray),
    ("numpy masked, all hidden", "itself", np.ma.MaskedArray),
    ("numpy masked texts", "itself", ColumnSequence),
    ("polars Int8", "either", ColumnSequence),
    ("polars frame", "itself", ColumnSequence),
    ("polars lists", "itself", ColumnSequence),
]


@pytest.mark.parametrize(("given", "name", "kind"), RESULTS)
def test_what_comes_back(given: str, name: str, kind: type) -> None:
    value = pa.array(["a", "é"]) if given == "arrow texts" else GIVEN[given]
    expected = form(FLOWS[name].plain(meant(value)))
    for call in (FLOWS[name], Flow(FLOWS[name].plain), FLOWS[name].run):
        found = call(value)
        assert type(found) is kind
        assert form(found) == expected
        if given == "numpy records":
            assert found.dtype.names == value.dtype.names
