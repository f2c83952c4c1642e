"""What can be handed in for a collection, how it is read, and what a call costs."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator
from itertools import count, islice
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from flowcc.diagnostics import FlowError
from flowcc.runtime.batches import BATCH, COLUMNS, FIRST, WHOLE, Batch
from flowcc.runtime.local import batches_of, feed, run_here
from flowcc.runtime.node import Node
from flowcc.runtime.results import Handover
from flowcc.runtime.sequence import ColumnSequence
from flowcc.runtime.stage import Stage
from flowcc.runtime.tables import declared_row
from tests.runtime.drive import stage_of


def doubled(items: list[Any]) -> list[Any]:
    return [2 * x for x in items]


def double(stage: Stage) -> None:
    stage.result(stage.each(doubled, stage.source("xs", at=1), at=2), at=3)


class Shared:
    """A source: files, for instance."""

    def batches(self, share: int, shares: int) -> Iterator[list[int]]:
        yield [share, shares]


class Indexed:
    def __getitem__(self, index: int) -> int:
        return (5, 6, 7)[index]


@pytest.mark.parametrize(
    ("argument", "items"),
    [
        ([1, 2], [1, 2]),
        ((1, 2), [1, 2]),
        (range(3), [0, 1, 2]),
        (iter([1, 2]), [1, 2]),
        ((x for x in [3, 4]), [3, 4]),
        ({5: 6}, [5]),
        (deque([7, 8]), [7, 8]),
        ("ab", ["a", "b"]),
        (b"ab", [97, 98]),
        (Indexed(), [5, 6, 7]),
        (Shared(), [0, 1]),
        (np.array([1, 2]), [1, 2]),
        (np.array([1.5, float("inf")], dtype="float32"), [1.5, float("inf")]),
        (pa.array(["a", None, "c"][::2]), ["a", "c"]),
        (pd.Series([1, 2]), [1, 2]),
        (pl.Series([1.5, 2.5]), [1.5, 2.5]),
        ([], []),
        (np.array([], dtype="int64"), []),
        (iter(()), []),
    ],
    ids=lambda value: type(value).__name__,
)
def test_arguments(argument: Any, items: list[Any]) -> None:
    result = run_here(double, {"xs": argument}, flow="f", filename="f.py")
    assert repr(result) == repr(doubled(items))


@pytest.mark.parametrize("argument", [3, None, int, len, 2.5], ids=repr)
def test_what_is_no_collection(argument: Any) -> None:
    with pytest.raises(FlowError, match=r"`xs` is to be a collection") as raised:
        run_here(double, {"xs": argument}, flow="f", filename="f.py")
    assert raised.value.code == "F520"


def test_nothing_runs_before_all_arguments_are_known_to_be_collections() -> None:
    def wire(stage: Stage) -> None:
        xs = stage.each(lambda items: [1 // 0 for _ in items], stage.source("xs", at=1), at=1)
        stage.result(stage.merge(xs, stage.source("ys", at=2), at=3), at=3)

    with pytest.raises(FlowError):
        run_here(wire, {"xs": [1], "ys": 3}, flow="f", filename="f.py")


def batch_sizes(argument: Any, reader: str = "each") -> list[int]:
    seen: list[int] = []

    class Watch(Node):
        def push(self, port: int, batch: Batch) -> None:
            seen.append(len(batch))

        def end(self, port: int) -> None:
            seen.append(-1)

    def wire(stage: Stage) -> None:
        Watch(stage, reader, 1, "items", (stage.source("xs", at=1),))

    feed(stage_of(wire), {"xs": argument})
    return seen


def test_batches() -> None:
    assert batch_sizes(list(range(WHOLE))) == [WHOLE, -1]
    assert batch_sizes(list(range(BATCH + 1))) == [BATCH, 1, -1]
    assert batch_sizes(list(range(BATCH + 1)), reader="fold") == [BATCH + 1, -1]
    items = COLUMNS // 8
    assert batch_sizes(np.arange(2 * items)) == [items, items, -1]
    assert batch_sizes(iter(range(4 * FIRST))) == [FIRST, 2 * FIRST, FIRST, -1]


def test_a_generator_is_read_batch_by_batch_and_only_as_far_as_it_is_wanted() -> None:
    read: list[int] = []

    def numbers() -> Iterator[int]:
        for number in count():
            read.append(number)
            yield number

    def wire(stage: Stage) -> None:
        stage.result(stage.take(stage.source("xs", at=1), start=300, stop=302, at=2), at=3)

    assert run_here(wire, {"xs": numbers()}, flow="f", filename="f.py") == [300, 301]
    assert len(read) == 3 * FIRST


def test_two_iterators_are_read_in_turn() -> None:
    def wire(stage: Stage) -> None:
        stage.result(stage.zip(stage.source("xs", at=1), stage.source("ys", at=1), at=2), at=3)

    result = run_here(wire, {"xs": count(), "ys": islice(count(10), 1000)}, flow="f", filename="f.py")
    assert result == list(zip(range(1000), range(10, 1010), strict=True))


def test_a_source_is_read_by_shares() -> None:
    assert list(batches_of("xs", Shared(), 2, 3)) == [[2, 3]]


def test_the_result_is_a_list_of_its_own() -> None:
    xs = list(range(WHOLE * 2))
    result = run_here(double, {"xs": xs}, flow="f", filename="f.py")
    result.clear()
    assert len(xs) == WHOLE * 2


class Row(NamedTuple):
    name: str
    size: int


def test_rows_of_a_table_are_records_where_that_is_declared() -> None:
    table = pd.DataFrame({"size": [3, 4], "more": [0, 0], "name": ["a", "b"]})

    def wire(stage: Stage) -> None:
        stage.result(stage.source("xs", at=1), at=2)

    row = declared_row(Row, "xs")
    assert row is not None
    rows = run_here(wire, {"xs": table}, flow="f", filename="f.py", rows={"xs": row})
    assert repr(rows) == "[Row(name='a', size=3), Row(name='b', size=4)]"


@pytest.mark.parametrize(
    ("argument", "result"),
    [
        (np.array([1, 2]), np.array([2, 4])),
        (np.arange(3 * BATCH), np.arange(3 * BATCH) * 2),
        (np.array([0.5, 2]), np.array([1.0, 4.0])),
        (pa.array(["a", "b"]), ColumnSequence(["aa", "bb"])),
        (pd.Series([1, 2]), ColumnSequence([2, 4])),
        (np.array([2**62, 1]), ColumnSequence([2**63, 2])),
        (np.array([], dtype="int64"), np.array([], dtype="int64")),
    ],
)
def test_columns_come_back_where_they_can_hold_the_result(argument: Any, result: Any) -> None:
    handover = Handover(like=argument, given=[argument])
    got = run_here(double, {"xs": argument}, flow="f", filename="f.py", handover=handover)
    assert type(got) is type(result)
    assert list(got) == list(result)


def test_a_call_on_ten_items_costs_little() -> None:
    """About 8 µs is what it costs on an idle machine; the bound leaves room for a loaded one."""
    xs = list(range(10))
    run_here(double, {"xs": xs}, flow="f", filename="f.py")
    costs = []
    for _ in range(200):
        before = time.perf_counter()
        run_here(double, {"xs": xs}, flow="f", filename="f.py")
        costs.append(time.perf_counter() - before)
    assert min(costs) < 60e-6
