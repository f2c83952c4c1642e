"""What numbers, pairs, cuts and merges columns gives what Python's own function gives for their items."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from itertools import chain, dropwhile, groupby, islice, pairwise, takewhile
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flowcc.backend.kernels.hot import Hot
from flowcc.runtime.stage import Stage
from tests.columnar.over_columns import InColumns, cuts, floats, ints, odd, run, texts
from tests.runtime.drive import outcome


class Point(NamedTuple):
    x: int
    y: float


small = st.integers(-2, 2)
KINDS: dict[str, st.SearchStrategy[Any]] = {
    "ints": ints,
    "few": small,
    "floats": floats,
    "zeros": st.sampled_from([0.0, -0.0, 1.0, float("nan")]),
    "bools": st.booleans(),
    "texts": texts,
    "optional": st.one_of(st.none(), small),
    "pairs": st.tuples(small, texts),
    "points": st.builds(Point, small, floats),
}


def batches_of(n: int) -> Callable[[list[Any]], list[Any]]:
    return lambda xs: [tuple(xs[start : start + n]) for start in range(0, len(xs), n)]


def scan(function: str, **arguments: Any) -> Callable[[Stage, Any], Any]:
    return lambda stage, xs: stage.scan(function, xs, at=2, **arguments)


def take(*bounds: Any) -> Callable[[Stage, Any], Any]:
    start, stop, step = bounds
    return lambda stage, xs: stage.take(xs, at=2, start=start, stop=stop, step=step)


def first(item: Any) -> Any:
    return item[0]


def is_small(item: Any) -> Any:
    return item < 2


def sign(item: Any) -> Any:
    return item > 0


OPERATORS: list[tuple[Callable[[Stage, Any], Any], Callable[[list[Any]], Any]]] = [
    (scan("enumerate"), lambda xs: list(enumerate(xs))),
    (scan("enumerate", start=2**63 - 3), lambda xs: list(enumerate(xs, 2**63 - 3))),
    (scan("pairwise"), lambda xs: list(pairwise(xs))),
    (scan("batched", n=1), batches_of(1)),
    (scan("batched", n=3), batches_of(3)),
    (scan("batched", n=40), batches_of(40)),
    (scan("takewhile", predicate=is_small), lambda xs: list(takewhile(is_small, xs))),
    (scan("dropwhile", predicate=is_small), lambda xs: list(dropwhile(is_small, xs))),
    (scan("takewhile", predicate=first), lambda xs: list(takewhile(first, xs))),
    (scan("groupby"), lambda xs: [(key, list(run)) for key, run in groupby(xs)]),
    (scan("groupby", key=sign), lambda xs: [(key, list(run)) for key, run in groupby(xs, sign)]),
    (scan("groupby", key=first), lambda xs: [(key, list(run)) for key, run in groupby(xs, first)]),
    (lambda stage, xs: stage.sort("reversed", xs, at=2), lambda xs: xs[::-1]),
    *((take(*bounds), lambda xs, bounds=bounds: xs[slice(*bounds)])
      for bounds in [(None, 3, None), (2, 9, 2), (-3, None, None), (None, None, -1), (5, -2, 2), (2**70, None, None)]),
    (lambda stage, xs: stage.zip(xs, xs, at=2), lambda xs: list(zip(xs, xs, strict=True))),
    (lambda stage, xs: stage.zip(xs, stage.scan("enumerate", xs, at=3), at=2),
     lambda xs: list(zip(xs, enumerate(xs), strict=True))),
    (lambda stage, xs: stage.zip(xs, stage.take(xs, at=3, start=1), at=2),
     lambda xs: list(zip(xs, islice(xs, 1, None), strict=False))),
    (lambda stage, xs: stage.zip(xs, stage.take(xs, at=3, start=1), at=2, strict=True),
     lambda xs: list(zip(xs, islice(xs, 1, None), strict=True))),
    (lambda stage, xs: stage.concat("chain", xs, xs, at=2), lambda xs: list(chain(xs, xs))),
    (lambda stage, xs: stage.concat("merge", xs, xs, at=2), lambda xs: list(heapq.merge(xs, xs))),
    (lambda stage, xs: stage.concat("merge", stage.sort("sorted", xs, at=3), stage.sort("sorted", xs, at=3), at=2),
     lambda xs: list(heapq.merge(sorted(xs), sorted(xs)))),
    (lambda stage, xs: stage.concat("merge", stage.sort("sorted", xs, at=3, reverse=True), xs, at=2, reverse=True),
     lambda xs: list(heapq.merge(sorted(xs, reverse=True), xs, reverse=True))),
]  # fmt: skip


def agree(operator: Any, plain: Any, items: list[Any], sizes: list[int], lists: int) -> None:
    def wire(stage: Stage) -> None:
        stage.result(operator(stage, stage.source("xs", at=1)), at=4)

    expected = outcome(plain, items)
    source = InColumns(items, sizes, lists)
    assert [outcome(run, wire, {"xs": source}, jit) for jit in (None, Hot("always"), Hot("auto"))] == [expected] * 3


@pytest.mark.parametrize(("operator", "plain"), OPERATORS)
@given(kind=st.sampled_from(sorted(KINDS)), data=st.data(), sizes=cuts, lists=st.integers(0, 3))
@settings(deadline=None, max_examples=40)
def test_as_python(operator: Any, plain: Any, kind: str, data: st.DataObject, sizes: list[int], lists: int) -> None:
    agree(operator, plain, data.draw(st.lists(KINDS[kind])), sizes, lists)


@pytest.mark.parametrize(("operator", "plain"), OPERATORS)
@given(items=st.lists(small), others=st.lists(odd, min_size=1), sizes=cuts)
@settings(deadline=None, max_examples=20)
def test_other_items_in_between(operator: Any, plain: Any, items: Any, others: Any, sizes: list[int]) -> None:
    agree(operator, plain, [*items, *others, *items], sizes, 0)


def test_columns_stay_columns() -> None:
    import numpy as np

    from flowcc.runtime.columns import Columns, columns_of

    items = list(range(1000))
    structural = [scan("enumerate"), scan("pairwise"), scan("batched", n=4), take(None, None, -1), take(3, None, 2)]
    for operator in [*structural, lambda stage, xs: stage.zip(xs, xs, at=2)]:
        stage = Stage(flow="f", filename="f.py", jit=Hot("always"))
        stage.result(operator(stage, stage.source("xs", at=1)), at=3)
        stage.start()
        for part in np.array_split(np.array(items), 3):
            stage.sources["xs"].emit(columns_of(part.tolist()))  # type: ignore[arg-type]
        stage.sources["xs"].finish()
        assert stage.results[0].batches[0]
        assert all(isinstance(batch, Columns) for batch in stage.results[0].batches[:-1])
