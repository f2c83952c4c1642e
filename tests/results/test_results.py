"""What a call returns: what its annotation says and the kind of its arguments allow, however many items there are."""

from __future__ import annotations

import copy
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet
import pytest

from flowcc import few, parquet, processes, threads
from flowcc.flow import Flow
from flowcc.runtime.columns import Columns, columns_of, schema_of
from flowcc.runtime.results import joined
from flowcc.runtime.sequence import ColumnSequence
from flowcc.runtime.sinks.results import written
from tests.results import programs
from tests.results.values import form

SIZES = (0, 3, 256, 257, 20_000)  # on either side of where other code takes the calls
COLUMNS: dict[str, Callable[[int], Any]] = {
    "numpy": np.arange,
    "arrow": lambda count: pa.array(range(count), pa.int64()),
    "pandas": lambda count: pd.Series(range(count), dtype="int64"),
    "polars": lambda count: pl.Series(range(count), dtype=pl.Int64),
    "sequence": lambda count: programs.itself(pa.array(range(count), pa.int64())),
}
ARGUMENTS = [*((name, 300) for name in COLUMNS), *((name, count) for name in ("numpy", "arrow") for count in SIZES)]


@pytest.fixture(autouse=True, scope="module")
def kernels(tmp_path_factory: pytest.TempPathFactory) -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FLOWCC_CACHE", str(tmp_path_factory.mktemp("kernels")))
        patch.setattr(few, "FEW", 256)  # as for users: the plain function takes calls on a few items
        patch.setattr(few, "FEWER", 32)
        patch.setattr(few, "SEVERAL", 1 << 14)
        yield


@cache
def ways(flow: Flow[..., Any]) -> dict[str, Callable[..., Any]]:
    """Return the flow as a call that may be the plain function's, one that is not, and a run on stages."""
    return {"call": flow, "compiled": Flow(flow.plain, jit="always"), "run": flow.run}


def check(flow: Flow[..., Any], given: Any, items: list[Any], *kinds: type) -> None:
    """Assert that results are of these types and hold what the plain function gives for the items."""
    expected = flow.plain(items)
    for way, call in ways(flow).items():
        found = call(given)
        pairs = zip(found, expected, strict=True) if len(kinds) > 1 else [(found, expected)]
        for (result, plain), kind in zip(pairs, kinds, strict=True):
            assert type(result) is kind, way
            as_list = isinstance(result, np.ndarray | ColumnSequence)
            assert repr(result.tolist() if as_list else result) == repr(plain), way  # which tells types apart


@pytest.mark.parametrize(("name", "count"), ARGUMENTS)
def test_a_list_is_a_list(name: str, count: int) -> None:
    for flow in (programs.listed, *(listed for _, listed in programs.IN_SEQUENCES)):
        check(flow, COLUMNS[name](count), list(range(count)), list)


@pytest.mark.parametrize(("name", "count"), ARGUMENTS)
def test_other_collections_are_sequences_or_arrays_of_numbers(name: str, count: int) -> None:
    given, items = COLUMNS[name](count), list(range(count))
    numbers = np.ndarray if name == "numpy" else ColumnSequence
    for flow in (programs.batch, programs.halves, programs.odd, programs.nans):
        check(flow, given, items, numbers)
    for flow, _ in programs.IN_SEQUENCES:
        check(flow, given, items, ColumnSequence)


@pytest.mark.parametrize("flow", programs.LISTED, ids=lambda flow: flow.plain.__name__)
def test_annotations_of_lists(flow: Flow[..., Any]) -> None:
    for count in (2, 5000):
        check(flow, np.arange(count), list(range(count)), list)


@pytest.mark.parametrize("flow", programs.AS_COLUMNS, ids=lambda flow: flow.plain.__name__)
def test_annotations_of_other_collections(flow: Flow[..., Any]) -> None:
    for count in (2, 5000):
        check(flow, np.arange(count), list(range(count)), np.ndarray)
        check(flow, pa.array(range(count)), list(range(count)), ColumnSequence)


@pytest.mark.parametrize("name", programs.MADE)
def test_annotations_that_are_objects(name: str) -> None:
    annotation, is_list = programs.MADE[name]
    found = programs.with_annotation(annotation)(np.arange(3))
    assert type(found) is (list if is_list else np.ndarray)


@pytest.mark.parametrize("count", [0, 3, 5000])
def test_lists_iterators_and_sources_give_lists(count: int, tmp_path: Path) -> None:
    pa.parquet.write_table(pa.table({"number": range(count), "name": ["a"] * count}), tmp_path / "sales.parquet")
    for flow in (programs.batch, programs.pairs, programs.no_annotation, programs.stream):
        for given in (list, iter, tuple):
            assert type(flow(given(range(count)))) is list
            assert type(flow.run(given(range(count)))) is list
    assert type(programs.itself(parquet(str(tmp_path / "sales.parquet"), programs.Sale))) is list


@pytest.mark.parametrize("count", SIZES)
def test_missing_and_enormous_numbers(count: int) -> None:
    given, items = np.arange(count), list(range(count))
    check(programs.gaps, given, items, np.ndarray if count < 1 else np.ma.MaskedArray)
    check(programs.gaps, pa.array(given), items, ColumnSequence)
    check(programs.huge, given, items, ColumnSequence if count else np.ndarray)
    check(programs.only_none, given, items, np.ma.MaskedArray if count else np.ndarray)


@pytest.mark.parametrize(("name", "count"), ARGUMENTS)
def test_no_items_are_of_the_type_that_is_declared(name: str, count: int) -> None:
    given, items = COLUMNS[name](count), list(range(count))
    numbers = np.ndarray if name == "numpy" else ColumnSequence
    for flow, kind in (
        (programs.none_of_them, numbers),
        (programs.none_unannotated, numbers),
        (programs.no_texts, ColumnSequence),
        (programs.no_sales, ColumnSequence),
        (programs.no_lists, ColumnSequence),
    ):
        check(flow, given, items, kind)
    for call in ways(programs.no_sales).values():
        assert call(given).to_arrow().column_names == ["number", "name"]
    for call in ways(programs.no_texts).values():
        assert call(given).to_arrow().type == pa.large_string()
    if name == "numpy":
        for call in ways(programs.none_of_them).values():
            assert call(given).dtype == np.int64


@pytest.mark.parametrize("count", SIZES)
def test_several_results_are_each_what_they_say(count: int) -> None:
    given, items = np.arange(count), list(range(count))
    check(programs.several, given, items, list, np.ndarray, ColumnSequence, dict, set, int)
    check(programs.several, pa.array(given), items, list, ColumnSequence, ColumnSequence, dict, set, int)
    check(programs.several, items, items, list, list, list, dict, set, int)
    check(programs.two_by_name, given, items, list, np.ndarray)
    check(programs.two_quoted, given, items, list, np.ndarray)
    check(programs.two_unannotated, given, items, np.ndarray, ColumnSequence)


def test_batches_that_differ_become_one_result() -> None:
    given, items = np.arange(70_000), list(range(70_000))
    check(programs.late_gaps, given, items, np.ma.MaskedArray, ColumnSequence)
    check(programs.late_huge, given, items, ColumnSequence)


def test_none_in_some_batches_only_keeps_columns() -> None:
    pairs = [(1, ("a", True))], [(None, (None, False)), (3, ("b", None))]
    for first, second in (([1], [None, 2]), (["a"], [None, "b"]), pairs):
        parts = [columns_of(first), columns_of(second, schema_of(first + second))]
        for batches in (parts, parts[::-1], [parts[0], second], [[], *parts]):
            found = joined(batches)
            assert isinstance(found, Columns)
            assert repr(found.rows()) == repr(second + first if batches[0] is parts[1] else first + second)
    assert joined([columns_of([1]), columns_of(["a"])]) == [1, "a"]
    assert joined([columns_of([1]), [2**70]]) == [1, 2**70]


@pytest.mark.parametrize("on", [threads(), processes()], ids=["threads", "processes"])
def test_results_of_stages(on: Any) -> None:
    for given, kind in ((np.arange(5000), np.ndarray), (pa.array(range(5000)), ColumnSequence)):
        listed, found = programs.moved.run(given, on=on, members={"Workers": 2})
        assert (type(listed), type(found)) == (list, kind)
        assert listed == found.tolist() == list(range(1, 5001))
        if isinstance(found, np.ndarray):
            found[0] = 7  # nobody else's memory


@pytest.mark.parametrize(
    "array",
    [
        np.arange(5000),
        np.arange(5000) / 4,
        np.arange(5000) % 2 == 0,
        np.ma.array(np.arange(5000), mask=np.arange(5000) % 3 == 0),
        np.array([(1, 2.5)] * 300, [("x", "i8"), ("y", "f8")]),
        pd.Series(np.arange(5000)),
        pd.DataFrame({"x": np.arange(5000), "y": np.arange(5000) / 2}),
        pl.Series(np.arange(5000)),
        np.arange(10_000)[::2],
        np.arange(9),
    ],
    ids=lambda array: f"{type(array).__name__} {getattr(array, 'dtype', '')}",
)
def test_changing_an_argument_changes_no_result(array: Any) -> None:
    for flow in (programs.itself, programs.itself_twice):
        for call in ways(flow).values():
            given = copy.deepcopy(array)
            found = call(given)
            results = found if isinstance(found, tuple) else (found,)
            before = [form(list(each)) for each in results]
            if isinstance(given, pd.DataFrame):
                given.iloc[:] = 7
            elif isinstance(given, pl.Series):
                given[0] = 7
            else:
                given[:] = given[1]
            assert [form(list(each)) for each in results] == before


def test_changing_a_result_changes_nothing_else() -> None:
    for count in (9, 5000):
        given = np.arange(count)
        first, second, tail = programs.itself_twice(given)
        first[1] = 99
        assert (given[1], second[1], tail[0]) == (1, 1, 1)
        chained = programs.itself(pa.array(given))
        found, _ = programs.second(given, chained)
        found[0] = 99
        assert chained == given.tolist()
        items = given.tolist()
        found, back = programs.second(given, items)
        items[0] = 99
        assert (found[0], back[0]) == (0, 0)
        own = list(range(count))
        programs.copied(own).clear()
        assert len(own) == count


def test_a_known_result_is_made_anew_for_each_call() -> None:
    for given in ([1], np.arange(3)):
        for call in (programs.known, programs.known.run):
            found = call(given)
            found[0] = 99
            assert list(call(given)) == [1, 2, 3]
        listed, by_name = programs.known_nested(given)
        listed[0].append(9)
        by_name["a"].append(9)
        assert programs.known_nested(given) == ([[1], [2]], {"a": [1]})


def test_a_result_is_an_argument() -> None:
    for count in (3, 5000):
        found = programs.sales(pa.array(range(count)))
        for call in ways(programs.itself).values():
            assert type(call(found)) is ColumnSequence
            assert call(found) == found
            assert call(found[::-2]) == list(found)[::-2]
        assert programs.itself.plain(found) is found
    assert type(programs.batch(programs.batch(pa.array([1])))) is ColumnSequence


def test_the_plain_function_took_calls() -> None:
    """Else nothing above would say that its results are of the same kinds."""
    programs.pairs(np.arange(3))
    assert "calls that the plain function took" in str(programs.pairs.explain())


def test_a_sink_writes_columns() -> None:
    found = programs.itself(pa.table({"number": range(50_000), "name": ["a", "b"] * 25_000}))
    (batch,) = written(found[10:]).batches
    assert isinstance(batch, Columns)
    assert batch.rows() == list(found)[10:]


def test_ten_million_items_cost_nothing_until_they_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(columns: Columns) -> Any:
        raise AssertionError("items were made")

    numbers = pa.array(np.arange(10_000_000))
    monkeypatch.setattr(Columns, "rows", fail)
    found = programs.itself(numbers)
    assert len(found) == len(numbers)
    assert found.to_arrow().buffers()[1].address == numbers.buffers()[1].address
