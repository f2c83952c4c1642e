"""Every operator gives what Python's own function gives on the whole list, however the list is cut into batches."""

from __future__ import annotations

import heapq
import itertools
import math
import operator
import statistics
from collections import Counter
from collections.abc import Callable
from functools import partial, reduce
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flowcc.operators import group, scan
from flowcc.runtime.local import run_here
from flowcc.runtime.node import Node
from flowcc.runtime.stage import Stage
from tests.runtime.drive import Pieces, anything, cuts, numbers, outcome, words

Plain = Callable[[list[Any]], Any]
Make = Callable[[Stage, Node], Node]


def compiled(make: Make, items: list[Any], sizes: list[int]) -> Any:
    def wire(stage: Stage) -> None:
        stage.result(make(stage, stage.source("xs", at=1)), at=2)

    return run_here(wire, {"xs": Pieces(items, sizes)}, flow="f", filename="f.py")


def fold(function: str, /, **arguments: Any) -> Make:
    return lambda stage, xs: stage.fold(function, xs, at=2, **arguments)


def scanned(function: str, /, **arguments: Any) -> Make:
    return lambda stage, xs: stage.scan(function, xs, at=2, **arguments)


def sort(function: str, /, **arguments: Any) -> Make:
    return lambda stage, xs: stage.sort(function, xs, at=2, **arguments)


def half(x: Any) -> Any:
    return x // 2


def is_small(x: Any) -> bool:
    return bool(x < 3)


def running(state: Any, x: Any) -> tuple[Any, Any]:
    return state + x, (state, x)


def size_of(xs: list[Any]) -> bool:
    return len(xs) == 2


FOLDS: list[tuple[str, Make, Plain]] = [
    ("sum", fold("sum"), sum),
    ("sum from a float", fold("sum", start=-0.0), lambda xs: sum(xs, -0.0)),
    ("sum from a tuple", fold("sum", start=()), lambda xs: sum(xs, ())),
    ("sum from a string", fold("sum", start=""), lambda xs: sum(xs, "")),
    ("len", fold("len"), len),
    ("min", fold("min"), min),
    ("max", fold("max"), max),
    ("min by key", fold("min", key=half), lambda xs: min(xs, key=half)),
    ("max by key", fold("max", key=half, default=None), lambda xs: max(xs, key=half, default=None)),
    ("max or default", fold("max", default="none"), lambda xs: max(xs, default="none")),
    ("any", fold("any"), any),
    ("all", fold("all"), all),
    ("set", fold("set"), set),
    ("frozenset", fold("frozenset"), frozenset),
    ("tuple", fold("tuple"), tuple),
    ("list", fold("list"), list),
    ("dict", fold("dict"), dict),
    ("Counter", fold("Counter"), Counter),
    ("mean", fold("mean"), statistics.mean),
    ("fmean", fold("fmean"), statistics.fmean),
    ("fsum", fold("fsum"), math.fsum),
    ("prod", fold("prod"), math.prod),
    ("prod from a float", fold("prod", start=0.5), lambda xs: math.prod(xs, start=0.5)),
    ("reduce", fold("reduce", function=operator.sub), lambda xs: reduce(operator.sub, xs)),
    ("reduce from None", fold("reduce", function=lambda a, b: b, initial=None),
     lambda xs: reduce(lambda a, b: b, xs, None)),
    ("first", fold("item", index=0), lambda xs: xs[0]),
    ("third", fold("item", index=2), lambda xs: xs[2]),
    ("last", fold("item", index=-1), lambda xs: xs[-1]),
    ("third last", fold("item", index=-3), lambda xs: xs[-3]),
    ("no index", fold("item", index="0"), lambda xs: xs["0"]),
    ("join", fold("join", separator="-"), "-".join),
]  # fmt: skip
ORDERS: list[tuple[str, Make, Plain]] = [
    ("sorted", sort("sorted"), sorted),
    ("sorted by key", sort("sorted", key=half, reverse=True), lambda xs: sorted(xs, key=half, reverse=True)),
    ("reversed", sort("reversed"), lambda xs: list(reversed(xs))),
    ("nlargest", sort("nlargest", n=3), lambda xs: heapq.nlargest(3, xs)),
    ("nsmallest by key", sort("nsmallest", n=2, key=half), lambda xs: heapq.nsmallest(2, xs, half)),
    ("nsmallest of one", sort("nsmallest", n=1), lambda xs: heapq.nsmallest(1, xs)),
]
SCANS: list[tuple[str, Make, Plain]] = [
    ("scan", scanned("scan", step=running, init=0), lambda xs: scan(running, xs, 0)),
    ("scan by key", scanned("scan", step=running, init=0, by=half), lambda xs: scan(running, xs, 0, by=half)),
    ("accumulate", scanned("accumulate"), lambda xs: list(itertools.accumulate(xs))),
    ("accumulate from", scanned("accumulate", function=max, initial=1),
     lambda xs: list(itertools.accumulate(xs, max, initial=1))),
    ("accumulate to None", scanned("accumulate", function=lambda a, b: None),
     lambda xs: list(itertools.accumulate(xs, lambda a, b: None))),
    ("enumerate", scanned("enumerate", start=-2), lambda xs: list(enumerate(xs, -2))),
    ("enumerate from no number", scanned("enumerate", start=1.5), lambda xs: list(enumerate(xs, 1.5))),  # type: ignore[arg-type]
    ("pairwise", scanned("pairwise"), lambda xs: list(itertools.pairwise(xs))),
    ("takewhile", scanned("takewhile", predicate=is_small), lambda xs: list(itertools.takewhile(is_small, xs))),
    ("dropwhile", scanned("dropwhile", predicate=is_small), lambda xs: list(itertools.dropwhile(is_small, xs))),
    ("groupby", scanned("groupby"), lambda xs: [(key, list(run)) for key, run in itertools.groupby(xs)]),
    ("groupby key", scanned("groupby", key=half),
     lambda xs: [(key, list(run)) for key, run in itertools.groupby(xs, half)]),
    ("batched", scanned("batched", n=3), lambda xs: [tuple(xs[i : i + 3]) for i in range(0, len(xs), 3)]),
]  # fmt: skip
GROUPS: list[tuple[str, Make, Plain]] = [
    ("group by", lambda stage, xs: stage.group(xs, by=half, at=2), lambda xs: group(xs, by=half)),
    ("group pairs", lambda stage, xs: stage.group(xs, at=2), group),
    ("group until", lambda stage, xs: stage.group(xs, by=half, until=size_of, at=2),
     lambda xs: group(xs, by=half, until=size_of)),
    ("group and take keys", lambda stage, xs: stage.entries("keys", stage.group(xs, by=half, at=2), at=3),
     lambda xs: list(group(xs, by=half))),
    ("count and take values", lambda stage, xs: stage.entries("values", stage.fold("Counter", xs, at=2), at=3),
     lambda xs: list(Counter(xs).values())),
]  # fmt: skip
ALL = FOLDS + ORDERS + SCANS + GROUPS


@pytest.mark.parametrize(("make", "plain"), [case[1:] for case in ALL], ids=[case[0] for case in ALL])
@pytest.mark.parametrize("items", [numbers, words, anything], ids=["numbers", "words", "anything"])
@settings(max_examples=40)
@given(drawn=st.data(), sizes=cuts)
def test_as_python(
    make: Make, plain: Plain, items: st.SearchStrategy[Any], drawn: st.DataObject, sizes: list[int]
) -> None:
    xs = drawn.draw(st.lists(items, max_size=12))
    before = list(xs)
    assert outcome(compiled, make, xs, sizes) == outcome(plain, xs)
    assert repr(xs) == repr(before), "an argument is left as it was"


@given(st.lists(numbers, max_size=15), cuts, *[st.none() | st.integers(-9, 9)] * 3)
def test_slices(xs: list[Any], sizes: list[int], start: int | None, stop: int | None, step: int | None) -> None:
    def make(stage: Stage, node: Node) -> Node:
        return stage.take(node, start=start, stop=stop, step=step, at=2)

    assert outcome(compiled, make, xs, sizes) == outcome(lambda: xs[start:stop:step])


@given(st.lists(st.tuples(st.integers(0, 3), numbers), max_size=15), cuts, st.booleans(), st.integers(0, 20))
def test_folded_groups(xs: list[Any], sizes: list[int], picky: bool, pending: int) -> None:
    folds = [("n", "len", {}), ("total", "sum", {}), ("top", "max", {"key": half})]

    def plain(items: list[Any]) -> dict[Any, Any]:
        groups = group(items).items()
        found = [(key, len(held), sum(held), max(held, key=half)) for key, held in groups]
        return {key: parts for key, *parts in found if not picky or parts[0] > 1}

    def make(stage: Stage, node: Node) -> Node:
        where = (lambda key, n, total, top: n > 1) if picky else None
        return stage.group_fold(node, folds=folds, result=lambda key, *parts: (key, list(parts)), where=where, at=2)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("flowcc.runtime.operators.group.PENDING", pending)
        assert outcome(compiled, make, xs, sizes) == outcome(plain, xs)


@given(st.lists(st.integers(-3, 3) | st.sampled_from([0.1, 1e16, 2**63, -(2**62)]), max_size=15), cuts)
def test_a_sum_that_keeps_its_items_adds_integers_up(xs: list[Any], sizes: list[int]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("flowcc.runtime.operators.make_fold.COMPENSATED", True)
        patch.setattr("flowcc.runtime.operators.compensated_sum.PENDING", 3)
        assert outcome(compiled, fold("sum"), xs, sizes) == outcome(sum, xs)


@given(st.lists(numbers, max_size=15), cuts, st.integers(-1, 4), st.sampled_from([None, abs, half]), st.booleans())
def test_the_best_of_many(xs: list[Any], sizes: list[int], n: int, key: Any, large: bool) -> None:
    make = sort("nlargest" if large else "nsmallest", n=n, key=key)
    best = heapq.nlargest if large else heapq.nsmallest
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("flowcc.runtime.operators.order.PENDING", 4)
        assert outcome(compiled, make, xs, sizes) == outcome(best, n, xs, key)


EACH_JOIN = st.lists(st.tuples(anything, st.integers(0, 3)), max_size=8)


@given(EACH_JOIN, EACH_JOIN, cuts, cuts)
def test_join_is_a_product_with_an_equality(
    left: list[Any], right: list[Any], left_cuts: list[int], right_cuts: list[int]
) -> None:
    def wire(stage: Stage) -> None:
        xs, ys = stage.source("xs", at=1), stage.source("ys", at=1)
        ys_with = stage.by_key(ys, key=operator.itemgetter(0), at=2)
        joined = stage.each(
            lambda items, lookup: [(x, y) for x in items for y in lookup(x[0]) if x[0] == y[0]], xs, ys_with, at=2
        )
        stage.result(joined, at=3)

    given_ = {"xs": Pieces(left, left_cuts), "ys": Pieces(right, right_cuts)}
    got = run_here(wire, given_, flow="f", filename="f.py")
    assert repr(got) == repr([(x, y) for x in left for y in right if x[0] == y[0]])


@pytest.mark.parametrize("swap", [False, True])
def test_join_on_keys_that_cannot_be_hashed(swap: bool) -> None:
    plain_keys: list[Any] = [(1, "a"), ((1,), "b")]
    odd_keys: list[Any] = [([1], "c"), (1, "d"), ((1,), "e")]
    left, right = (odd_keys, plain_keys) if swap else (plain_keys, odd_keys)

    def wire(stage: Stage) -> None:
        first = operator.itemgetter(0)
        joined = stage.each(
            lambda items, lookup: [x[1] + y[1] for x in items for y in lookup(x[0]) if x[0] == y[0]],
            stage.source("xs", at=1), stage.by_key(stage.source("ys", at=1), key=first, at=2), at=2,
        )  # fmt: skip
        stage.result(joined, at=3)

    got = run_here(wire, {"xs": left, "ys": right}, flow="f", filename="f.py")
    assert got == [x[1] + y[1] for x in left for y in right if x[0] == y[0]]


@given(st.lists(st.lists(numbers, max_size=6), max_size=3), cuts, st.booleans())
def test_several_streams(streams: list[list[Any]], sizes: list[int], strict: bool) -> None:
    names = [f"xs{number}" for number in range(len(streams))]
    ordered = [sorted(x for x in xs if x == x) for xs in streams]

    def several(make: Callable[..., Node], lists: list[list[Any]]) -> Any:
        def wire(stage: Stage) -> None:
            stage.result(make(stage)(*(stage.source(name, at=1) for name in names), at=2), at=3)

        pieces = {name: Pieces(xs, sizes) for name, xs in zip(names, lists, strict=True)}
        return run_here(wire, pieces, flow="f", filename="f.py")

    zipped: Any = several
    assert outcome(zipped, lambda stage: partial(stage.zip, strict=strict), streams) == outcome(
        lambda: list(zip(*streams, strict=strict))
    )
    assert repr(several(lambda stage: partial(stage.concat, "chain"), streams)) == repr(list(itertools.chain(*streams)))
    assert repr(several(lambda stage: partial(stage.concat, "merge", reverse=False), ordered)) == repr(
        list(heapq.merge(*ordered))
    )
    merged = several(lambda stage: stage.merge, ordered)
    assert Counter(map(repr, merged)) == Counter(repr(x) for xs in ordered for x in xs)


@given(st.sets(st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=12), cuts)
def test_fixpoint_with_and_without_growing(edges: set[tuple[int, int]], sizes: list[int]) -> None:
    def next_to(nodes: set[int]) -> set[int]:
        return {target for node in nodes for source, target in edges if source == node}

    def make(stage: Stage, node: Node, grow: bool) -> Node:
        start = stage.fold("set", node, at=2)
        return stage.fixpoint(start, step=lambda seen: seen | next_to(seen), grow=next_to if grow else None, at=3)

    whole = compiled(partial(make, grow=False), [0], sizes)
    assert whole == compiled(partial(make, grow=True), [0], sizes)
    assert 0 in whole
    assert next_to(whole) <= whole


def test_sides_are_read_whole_before_the_stream() -> None:
    def wire(stage: Stage) -> None:
        xs, ys = stage.source("xs", at=1), stage.source("ys", at=2)
        least = stage.fold("min", ys, at=3)
        counts = stage.fold("Counter", ys, at=4)
        kept = stage.each(
            lambda items, low, all_ys, seen: [(x, seen[x]) for x in items if x >= low and x in all_ys],
            xs, least, ys, counts, at=5,
        )  # fmt: skip
        top = stage.sort("sorted", kept, least, key=lambda low: lambda pair: abs(pair[0] - low), at=6)
        stage.result(kept, top, stage.take(kept, least, stop=lambda low: low, at=7), many=True, at=8)

    xs, ys = [5, 2, 9, 1], [9, 2, 2, 5]
    result = run_here(wire, {"xs": Pieces(xs, [1]), "ys": Pieces(ys, [1])}, flow="f", filename="f.py")
    assert result == ([(5, 1), (2, 2), (9, 1)], [(2, 2), (5, 1), (9, 1)], [(5, 1), (2, 2)])


def test_values_without_inputs() -> None:
    def wire(stage: Stage) -> None:
        four = stage.apply(lambda: 4, at=1)
        many = stage.literal([1, 2, 3], at=2)
        total = stage.fold("sum", many, at=3)
        stage.result(stage.apply(operator.mul, four, total, at=4), at=5)

    assert run_here(wire, {}, flow="f", filename="f.py") == 24


def test_a_graph_may_be_deep() -> None:
    def wire(stage: Stage) -> None:
        xs: Node = stage.source("xs", at=1)
        for _ in range(1000):
            xs = stage.each(lambda items, n: [x + n for x in items], xs, stage.fold("len", xs, at=2), at=2)
        stage.result(stage.take(xs, stop=2, at=3), at=3)

    assert run_here(wire, {"xs": iter([1, 2, 3])}, flow="f", filename="f.py") == [3001, 3002]


def test_a_prefix_of_an_endless_stream_ends() -> None:
    def wire(stage: Stage) -> None:
        source = stage.source("xs", at=1)
        lazily = lambda items: (x * x for x in items)  # noqa: E731
        squares = stage.each(lambda items: [x * x for x in items], source, lazily=lazily, at=2)
        small = stage.scan("takewhile", squares, predicate=lambda x: x < 50, lazy=True, at=3)
        stage.result(stage.take(squares, stop=4, at=4), stage.fold("sum", small, at=5), many=True, at=6)

    assert run_here(wire, {"xs": itertools.count()}, flow="f", filename="f.py") == ([0, 1, 4, 9], 140)
