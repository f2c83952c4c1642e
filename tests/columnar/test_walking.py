"""A fixed point that walks over arrays reaches what the plain function reaches, whatever the pairs are made of."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pyarrow
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flowcc import Batch, fixpoint, flow, group
from flowcc.runtime.operators import fixpoint as growing
from tests.columnar.over_columns import EDGE_INTS, odd


class Edge(NamedTuple):
    source: int
    target: int
    weight: int = 1


@flow(jit="always")
def from_pairs(edges: Batch[tuple[int, int]], roots: Batch[int]) -> set[int]:
    return fixpoint(lambda seen: seen | {b for n in seen for a, b in edges if a == n}, set(roots))


@flow(jit="always")
def over_light(edges: Batch[Edge], roots: Batch[int]) -> set[int]:
    return fixpoint(
        lambda seen: seen | {e.target if e.weight else 0 for n in seen for e in edges if n == e.source if e.weight < 3},
        set(roots),
    )


@flow(jit="always")
def from_groups(edges: Batch[Edge], roots: Batch[int]) -> set[int]:
    targets = group(edges, by=lambda edge: edge.source)
    return fixpoint(lambda seen: seen | {e.target for n in seen for e in targets.get(n, [])}, set(roots))


@flow(jit="always")
def groups_read_twice(edges: Batch[Edge], roots: Batch[int]) -> tuple[set[int], dict[int, list[Edge]]]:
    targets = group(edges, by=lambda edge: edge.source)
    return fixpoint(lambda seen: seen | {e.target for n in seen for e in targets.get(n, [])}, set(roots)), targets


@flow(jit="always")
def from_zero(edges: Batch[Edge]) -> tuple[int, set[int]]:
    targets = group(edges, by=lambda edge: edge.source)
    seen = fixpoint(lambda seen: seen | {e.target for n in seen for e in targets.get(n, [])}, {0, 3})
    return len(seen), seen


@pytest.fixture(autouse=True)
def any_number_is_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(growing, "MANY", 1)


small = st.integers(0, 12)
nodes = st.sampled_from([small, st.one_of(small, st.sampled_from(EDGE_INTS)), st.one_of(small, odd)])


@given(data=st.data())
@settings(deadline=None)
def test_walks(data: st.DataObject) -> None:
    kind = data.draw(nodes)
    pairs = data.draw(st.lists(st.tuples(kind, kind), max_size=30))
    roots = data.draw(st.lists(data.draw(nodes), max_size=3))
    assert_same(from_pairs, pairs, roots)
    edges = [Edge(a, b, number % 5) for number, (a, b) in enumerate(pairs)]
    for function in (from_groups, over_light, groups_read_twice):
        assert_same(function, edges, roots)
    assert from_zero(edges) == from_zero.plain(edges)


@given(pairs=st.lists(st.tuples(small, small), max_size=30), roots=st.lists(small, max_size=3))
@settings(deadline=None)
def test_walks_over_arrays(pairs: list[tuple[int, int]], roots: list[int]) -> None:
    edges = [Edge(a, b, number % 5) for number, (a, b) in enumerate(pairs)]
    columns = dict(zip(Edge._fields, (np.array(c, np.int64) for c in zip(*edges, strict=True)), strict=False))
    table = pyarrow.table(columns or {name: pyarrow.array([], pyarrow.int64()) for name in Edge._fields})
    for function in (from_groups, over_light):
        assert function(table, roots) == function.plain(edges, roots)


def assert_same(function: Any, edges: list[Any], roots: list[Any]) -> None:
    try:
        plain = function.plain(edges, roots)
    except Exception as error:
        with pytest.raises(type(error)):
            function(edges, roots)
        return
    found = function(edges, roots)
    assert found == plain
    first = found[0] if isinstance(found, tuple) else found
    assert sorted(map(repr, first)) == sorted(map(repr, plain[0] if isinstance(plain, tuple) else plain))


def test_a_long_path_and_far_numbers() -> None:
    path = [(n * 2**40, (n + 1) * 2**40) for n in range(20_000)]
    assert from_pairs(path, [2**40 * 5]) == {n * 2**40 for n in range(5, 20_001)}
    assert ran(from_pairs) == {"fixpoint": "numba"}
    edges = np.array(path)
    table = pyarrow.table({"source": edges[:, 0], "target": edges[:, 1], "weight": edges[:, 0]})
    assert from_groups(table, [2**40 * 5]) == {n * 2**40 for n in range(5, 20_001)}
    assert ran(from_groups) == {"group": "numpy", "fixpoint": "numba"}


def ran(function: Any) -> dict[object, object]:
    notes = [note for notes in function._signature.runs().values() for note in notes]
    return {note["operator"]: note["runs"] for note in notes if note.get("operator") in ("group", "fixpoint")}
