"""A sequence over columns answers as the list of its items does, and hands out columns that hold just these items."""

from __future__ import annotations

import collections.abc
import copy
import pickle
import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flowcc.runtime import sequence
from flowcc.runtime.columns import Columns, columns_of
from flowcc.runtime.sequence import ColumnSequence
from tests.results.values import ITEMS, SLICES, Point, Sale, form, sequence_of


def outcome(call: Callable[[], Any]) -> Any:
    """Return what a call gives, or the exception it raises."""
    try:
        return form(call())
    except (IndexError, ValueError, TypeError) as error:
        return type(error)


def plain(value: Any) -> Any:
    return list(value) if isinstance(value, ColumnSequence) else value


@given(ITEMS, st.integers(-12, 12), SLICES, SLICES)
def test_reading_agrees_with_the_list(items: list[Any], at: int, first: slice, second: slice) -> None:
    found = sequence_of(items)
    assert form(list(found)) == form(items)
    assert (len(found), bool(found), repr(found)) == (len(items), bool(items), repr(items))
    assert outcome(lambda: found[at]) == outcome(lambda: items[at])
    assert type(found[first]) is ColumnSequence
    assert form(list(found[first])) == form(items[first])
    assert form(list(found[first][second])) == form(items[first][second])
    assert outcome(lambda: found[first][at]) == outcome(lambda: items[first][at])
    assert form(list(reversed(found))) == form(items[::-1])
    assert form(list(reversed(found[first]))) == form(items[first][::-1])


@given(ITEMS, st.data(), SLICES)
def test_looking_for_an_item_agrees_with_the_list(items: list[Any], data: st.DataObject, cut: slice) -> None:
    whole = sequence_of(items)
    found = whole[cut]
    items = list(whole)[cut]  # whose nans are the very objects that the sequence gives
    known = st.sampled_from(items) if items else st.nothing()
    value = data.draw(known | st.sampled_from([0, 1.0, True, None, "", "a", (0, ""), (0, 0), 2**70]))
    start, stop = data.draw(st.tuples(st.integers(-9, 9), st.integers(-9, 9)))
    assert (value in found) == (value in items)
    assert found.count(value) == items.count(value)
    assert outcome(lambda: found.index(value)) == outcome(lambda: items.index(value))
    assert outcome(lambda: found.index(value, start)) == outcome(lambda: items.index(value, start))
    assert outcome(lambda: found.index(value, start, stop)) == outcome(lambda: items.index(value, start, stop))


@given(ITEMS, ITEMS, SLICES)
def test_comparing_agrees_with_the_list(items: list[Any], others: list[Any], cut: slice) -> None:
    found, other = sequence_of(items), sequence_of(others)
    items, others = list(found), list(other)
    assert found == items
    assert items == found
    assert (found != items) is False
    assert found[cut] == items[cut]
    assert (found == others) == (others == found) == (items == others)
    assert found != tuple(items)
    for compare in ("__lt__", "__le__", "__gt__", "__ge__"):
        expected = outcome(lambda: getattr(items, compare)(others))  # noqa: B023 (called at once)
        assert outcome(lambda: getattr(found, compare)(other)) == expected  # noqa: B023
        assert outcome(lambda: getattr(found, compare)(others)) == expected  # noqa: B023


@given(ITEMS, ITEMS, st.integers(-1, 3))
def test_adding_and_repeating_agree_with_the_list(items: list[Any], others: list[Any], times: int) -> None:
    found, other = sequence_of(items), sequence_of(others)
    assert form(plain(found + other)) == form(items + others)
    assert form(found + others) == form(items + others)
    assert form(items + other) == form(items + others)
    assert form(found * times) == form(times * found) == form(items * times)
    assert type(found + other) is ColumnSequence
    for wrong in (lambda: found + (1,), lambda: found + 1, lambda: (1,) + found):  # noqa: RUF005
        with pytest.raises(TypeError):
            wrong()


@given(ITEMS)
def test_a_copy_is_equal_and_never_changes_the_sequence(items: list[Any]) -> None:
    found = sequence_of(items)
    for copied in (copy.copy(found), copy.deepcopy(found), pickle.loads(pickle.dumps(found)), found.copy()):
        assert form(list(copied)) == form(items)
    found.copy().clear()
    found.tolist().clear()
    assert len(found) == len(items)


def test_a_nan_that_was_read_is_the_one_that_is_there() -> None:
    for items in ([1.0, float("nan"), None], [(1, (float("nan"), True))], [Sale("a", float("nan"))]):
        found = sequence_of(items)
        assert found == list(found) == list(found[:])
        assert (found[-1] in found, found.index(found[0]), found.count(found[0])) == (True, 0, 1)
        assert found != items  # whose nan is another


def test_a_deep_copy_has_items_of_its_own() -> None:
    found = sequence_of([[1], [2]])
    copy.deepcopy(found[1:])[0].append(9)
    copy.deepcopy(found)[0].append(9)
    assert found == [[1], [2]]
    assert copy.deepcopy(found[1:]) == [[2]]


def test_it_is_a_read_only_sequence() -> None:
    found = sequence_of([1, 2, 3])
    assert isinstance(found, collections.abc.Sequence)
    assert not isinstance(found, collections.abc.MutableSequence)
    match found:
        case [first, *rest]:
            assert (first, rest) == (1, [2, 3])
    with pytest.raises(TypeError, match="unhashable"):
        hash(found)
    with pytest.raises(TypeError):
        found[0] = 5  # type: ignore[index]
    for name in ("append", "sort", "clear", "pop", "extend", "insert", "remove"):
        with pytest.raises(AttributeError, match=f"read-only: list\\(result\\) can {name}"):
            getattr(found, name)
    with pytest.raises(AttributeError, match="no attribute 'sum'"):
        found.sum()
    for wrong in ("0", 1.0, None):
        with pytest.raises(TypeError):
            found[wrong]  # type: ignore[call-overload]


def test_a_long_one_is_shown_by_its_ends() -> None:
    assert repr(sequence_of(list(range(1000)))) == repr(list(range(1000)))
    assert repr(sequence_of(list(range(12345)))) == "[0, 1, 2, ..., 12342, 12343, 12344] (12,345 items)"


@settings(max_examples=30)
@given(ITEMS.filter(bool), SLICES)
def test_many_items_are_read_in_pieces(items: list[Any], cut: slice) -> None:
    copies = 600 // len(items) + 1
    found, expected = sequence_of(items, copies), items * copies
    assert repr(list(found)) == repr(expected)
    assert repr(list(found[cut.start :: cut.step])) == repr(expected[cut.start :: cut.step])
    assert repr(list(reversed(found))) == repr(expected[::-1])
    expected = list(found)  # whose nans are the very objects that the sequence gives
    assert found == expected
    assert expected[-1] in found
    assert found.index(expected[-1]) == expected.index(expected[-1])
    assert found.count(expected[-1]) == expected.count(expected[-1])


class Counting:
    """Columns that tell how many of their items were made."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.made = 0
        rows = Columns.rows

        def counting(columns: Columns) -> list[Any]:
            self.made += len(columns)
            return rows(columns)

        monkeypatch.setattr(Columns, "rows", counting)


def test_what_is_not_read_is_not_made(monkeypatch: pytest.MonkeyPatch) -> None:
    found = sequence_of(list(range(100_000)))
    counting = Counting(monkeypatch)
    part = found[10:][::-2]
    assert (len(found), bool(found), len(part)) == (100_000, True, 49_995)
    part.to_arrow(), part.to_numpy(), part.to_pandas(), part.to_polars(), np.asarray(part), pa.array(part)
    assert counting.made == 0
    assert (found[-1], part[0]) == (99_999, 99_999)
    assert counting.made == 2
    assert next(iter(found)) == 0
    assert 5 in found
    assert counting.made == 2 + 2 * sequence.FIRST


def test_a_slice_shares_its_columns() -> None:
    found = sequence_of(list(range(1000)))
    for part in (found[100:200], found[100:200][10:]):
        assert np.shares_memory(part.to_numpy(), found.to_numpy())


def records_as_tuples(value: Any) -> Any:
    """Return an item of Arrow, NumPy, pandas or polars, whose records have no class, as tuples all the way down."""
    if isinstance(value, dict):
        value = tuple(value.values())
    elif isinstance(value, Point):
        value = (value.x, value.y)
    if isinstance(value, tuple):
        return tuple(map(records_as_tuples, value))
    return None if value is pd.NA else value


def same_items(found: Any, items: list[Any]) -> None:
    assert form([records_as_tuples(item) for item in found]) == form([records_as_tuples(item) for item in items])


COLUMNAR = ITEMS.filter(lambda items: columns_of(items, any_nan=True) is not None)


@given(COLUMNAR, SLICES)
def test_round_trips(items: list[Any], cut: slice) -> None:
    found = sequence_of(items)[cut]
    items = items[cut]
    arrow = found.to_arrow()
    is_table = isinstance(arrow, pa.Table)
    if items:
        assert is_table == isinstance(items[0], tuple | Point)
    same_items(arrow.to_pylist(), items)
    same_items(found.to_numpy().tolist(), items)
    polars = found.to_polars()
    same_items(polars.rows() if isinstance(polars, pl.DataFrame) else polars.to_list(), items)
    if not is_table and None not in items:
        same_items(found.to_pandas().tolist(), items)
        same_items(pd.Series(found).tolist(), items)


@given(COLUMNAR)
def test_pandas_keeps_values_beside_missing_ones(items: list[Any]) -> None:
    given = sequence_of(items).to_pandas()
    series = [given] if isinstance(given, pd.Series) else [given.iloc[:, at] for at in range(given.shape[1])]
    columns = [items] if isinstance(given, pd.Series) else list(zip(*map(records_as_tuples, items), strict=True))
    for column, values in zip(series, columns, strict=True):
        for held, value in zip(column.tolist(), values, strict=True):
            assert held is pd.NA or held != held if value is None else form(held) == form(value)


@given(COLUMNAR, SLICES)
def test_arrow_takes_it_as_it_is(items: list[Any], cut: slice) -> None:
    found = sequence_of(items)[cut]
    items = items[cut]
    same_items(pa.array(found).to_pylist(), items)
    same_items(pa.chunked_array(found).to_pylist(), items)
    if isinstance(found.to_arrow(), pa.Table):
        same_items(pa.table(found).to_pylist(), items)
        assert pa.table(found).schema == pa.schema(found) == found.to_arrow().schema
    else:
        assert pa.array(found).type == found.to_arrow().type


def test_arrow_gets_the_memory_itself() -> None:
    found = sequence_of(list(range(1000)))
    assert pa.array(found).buffers()[1].address == found.to_numpy().ctypes.data


@pytest.mark.parametrize(
    ("items", "array"),
    [
        ([1, 2], np.array([1, 2])),
        ([1.5, float("nan")], np.array([1.5, float("nan")])),
        ([True, False], np.array([True, False])),
        ([(1, 2), (3, 4)], np.array([(1, 2), (3, 4)])),
        ([Point(1, 0.5)], np.array([Point(1, 0.5)], object)),
        (["a", "b\0"], np.array(["a", "b\0"], object)),
        ([1, None], np.array([1, None], object)),
        ([1, "a"], np.array([1, "a"], object)),
    ],
    ids=repr,
)
def test_numpy_changes_no_item(items: list[Any], array: Any) -> None:
    found = np.asarray(sequence_of(items))
    assert (found.dtype, found.shape) == (array.dtype, array.shape)
    assert repr(found.tolist()) == repr(array.tolist())


def test_numpy_of_a_type() -> None:
    assert np.array(sequence_of([1, 2]), dtype="f4").dtype == np.float32
    assert np.array(sequence_of(["a", "bc"]), dtype=str).dtype == np.dtype("U2")
    with pytest.raises(ValueError, match="copy"):
        np.array(sequence_of(["a"]), copy=False)
    pair = np.array(sequence_of([1, 2]))
    pair[0] = 9
    assert pair.tolist() == [9, 2]


def test_what_numpy_and_pandas_get_cannot_change_it() -> None:
    found = sequence_of([1, 2, 3])
    with pytest.raises(ValueError, match="read-only"):
        found.to_numpy()[0] = 9
    with pytest.raises(ValueError, match="read-only"):
        np.array(found, copy=False)[0] = 9
    for held in (found.to_pandas(), found.to_polars(), pd.Series(found), np.asarray(found)):
        held[0] = 9
        assert held[0] == 9
    assert found == [1, 2, 3]


def test_records_keep_their_names() -> None:
    found = sequence_of([Sale("a", 1.5), Sale("b", None)])
    assert found.to_arrow().column_names == ["name", "amount"]
    assert list(found.to_pandas().columns) == ["name", "amount"]
    assert found.to_polars().columns == ["name", "amount"]
    assert found.to_numpy().dtype.names == ("name", "amount")
    assert pl.DataFrame(found).columns == ["name", "amount"]
    assert list(pd.DataFrame(found).columns) == ["name", "amount"]


def test_several_threads_read_one() -> None:
    items = [float(number) if number % 7 else float("nan") for number in range(20_000)]
    found = sequence_of(items)
    seen: list[list[Any]] = []
    threads = [threading.Thread(target=lambda: seen.append(list(found))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [form(each) for each in seen] == [form(items)] * 4
    assert all(each == seen[0] for each in seen)
