"""Look-ups in place of going through a collection give what going through it gives."""

from __future__ import annotations

import ast
from functools import partial
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from flowcc import Batch, flow
from flowcc.backend.lookups import Index, index_equalities
from flowcc.backend.naming import Names
from flowcc.runtime.lookup import lookup, made_once, members

NAN = float("nan")
INDEXED = [
    "[(a, t) for a in xs for s, t in ys if s == a]",
    "[t for a in xs for s, t in ys if a == s if t]",
    "{a: [t for s, t in ys if s == a and t != a] for a in xs}",
    "[any(y[0] == a for y in ys if y[1] == a) for a in xs]",
    "[(p, q) for p in ys for q in ys if q[0] == p[1]]",
    "(lambda c: {t for s, t in ys if s == c})(xs[0] if xs else 0)",
    "[y for a in xs for y in ys if (y[0], 1) == (a, 1)]",
    "[a for a in xs if any(a == s and t != 1 for s, t in ys)]",
    "[a for a in xs if not any([s == a for s, _ in ys])]",
    "[a for a in xs if all(a != y[0] or y[1] for y in ys)]",
    "[a for a in xs if all(not s == a for s, _ in ys)]",
    "[(a, y) for a in xs for y in [y for y in ys if y[0] == a] or [None]]",
    "[(a, b) for a in xs for b in xs for s, t in ys if s == a and t == b and s]",
    "[t for a in xs for s, t in ys if s == a if t == a]",
    "[a for a in xs if all(s != a or t != a or not t for s, t in ys)]",
    "[a for a in xs if a in ys or (a, a) not in ys]",
    "[[(a, b) in ys for b in xs] for a in xs]",
    "[a for a in xs if a in {s for s, _ in ys}]",
    "[a for a in xs if a not in [t for s, t in ys if s]]",
    "[(a in {s + 0 for s, t in ys}, a in [t for _, t in ys]) for a in xs]",
    "(lambda c: c not in {s for s, t in ys})(xs[0] if xs else 0)",
    "[a for a in xs if a and a in {1 // s for s, _ in ys}]",
    "[a for a in xs if a in {s for y in ys for s in y}]",
]
LEFT_ALONE = [
    "[t for a in xs for s, t in ys if s != a]",
    "[a for a in xs if any(a != s for s, t in ys)]",
    "[a for a in xs if all(a == s for s, t in ys)]",
    "[a for a in xs if any(t and a == s for s, t in ys)]",
    "[a for a in xs if any(a == s or t for s, t in ys)]",
    "[(lambda any: any(a == s for s, t in ys))(sum) for a in xs]",
    "[t for a in xs for s, t in ys if s == t]",
    "[t for a in xs for s, t in ys if t if s == a]",
    "[s for a in xs for s in (lambda ys: [y for y in ys if y == a])([a])]",
    "[t for a in xs for s, t in ys if s + a == a]",
    "[t for a in xs for s, t in ys if s == a == t]",
    "[t for a in xs for s, t in ys if (k := s) == a]",
    "[a for a in xs for ys in [[a]] if a in ys]",
    "[a for a in xs if a in ys in [xs]]",
    "[a for a in xs if a in {s for s, t in ys if t != a}]",
    "[a for a in xs if a in {s for s in xs}]",
    "[a for a in xs if a in (s for s, t in ys)]",
    "[a for a in xs if a in {(k := s) for s, t in ys}]",
    "[a for a in xs for ys in [[(a, a)]] if a in {s for s, t in ys}]",
    "[a for a in xs if a in {s for s, ys in ys for a in ys}]",
]
values = st.integers(0, 3) | st.just(1.0) | st.just(NAN) | st.booleans() | st.lists(st.integers(0, 1), max_size=1)


def indexed(text: str) -> tuple[str, list[Index]]:
    tree, found = index_equalities(ast.parse(text, mode="eval").body, {"ys"}, Names({"xs", "ys"}))
    return ast.unparse(tree), found


def made_of(index: Index, ys: list[Any]) -> Any:
    """Return what a module makes of an index."""
    if index.keys is None:
        return members(ys)
    text = ast.unparse(index.keys)
    return (made_once if index.made else partial(lookup, ys))(lambda: eval(text, {"ys": ys}))


@pytest.mark.parametrize("text", INDEXED)
@given(xs=st.lists(values, max_size=5), ys=st.lists(st.tuples(values, values), max_size=6))
@example(xs=[1, 1, True, 1.0], ys=[(1, 2), (True, 3), (1.0, 0), (NAN, 1)])
@example(xs=[[1], [1], 1], ys=[(1, 2), (2, 3)])
def test_a_look_up_gives_what_going_through_all_gives(text: str, xs: list[Any], ys: list[Any]) -> None:
    changed, found = indexed(text)
    assert found
    names: dict[str, Any] = {"xs": xs, "ys": ys}
    for index in found:
        names[index.name] = made_of(index, ys)
    assert outcome(changed, names) == outcome(text, {"xs": xs, "ys": ys})


def outcome(text: str, names: dict[str, Any]) -> str:
    try:
        return repr(eval(text, names))
    except Exception as error:  # whatever going through all raises
        return repr(error)


@pytest.mark.parametrize("text", LEFT_ALONE)
def test_other_conditions_are_left_alone(text: str) -> None:
    assert indexed(text) == (ast.unparse(ast.parse(text)), [])


def test_a_table_is_made_once_and_only_when_it_is_asked_twice() -> None:
    made = []
    find = lookup(["a", "bb", "c"], lambda: made.append(1) or [1, 2, 1])  # type: ignore[func-returns-value]
    assert find(1) == ["a", "bb", "c"]
    assert made == []
    find(1)
    assert [find(1), find(2), find(3), find([])] == [["a", "c"], ["bb"], (), ["a", "bb", "c"]]
    assert made == [1]


def test_keys_that_raise_leave_it_to_the_condition_to_raise() -> None:
    find = lookup([1, 0, 2], lambda: [1 // x for x in (1, 0, 2)])
    assert [find(1) for _ in range(3)] == [[1, 0, 2]] * 3


class Once:
    """Equal to nothing but itself, and hashed once only."""

    def __init__(self) -> None:
        self.hashed = 0

    def __hash__(self) -> int:
        self.hashed += 1
        if self.hashed > 1:
            raise RuntimeError("once")
        return 7


def test_members_answer_as_the_list_does_when_hashes_fail() -> None:
    once = Once()
    known = members([once, 1, NAN])
    assert [once in known, once in known, once in known, 1 in known, True in known, NAN in known] == [True] * 6
    assert [2 in known, float("nan") in known, [] in known] == [False] * 3
    unhashable = members([[1], 2])
    assert [[1] in unhashable, 2 in unhashable, 3 in unhashable] == [True, True, False]


@settings(deadline=None)  # the first call compiles
@given(xs=st.lists(values, max_size=6), ys=st.lists(values, max_size=6))
def test_a_flow_that_asks_gives_what_plain_python_gives(xs: list[Any], ys: list[Any]) -> None:
    assert [repr(found) for found in asking(xs, ys)] == [repr(found) for found in asking.plain(xs, ys)]


@flow
def asking(xs: Batch[object], ys: Batch[object]) -> tuple[list[object], list[object], list[list[object]], list[object]]:
    """Ask whether, where not, how often, and under a condition that reads another collection."""
    there = [x for x in xs if x in ys]
    pairs = [(x, y) for x in xs for y in ys if y == x if x in ys]
    counts = [[y for y in ys if y == x and x in there] for x in xs if x not in ys[1:]]
    top = len(xs)
    shifted = [[y for y in ys if (y, top) == (x, top)] for x in xs]
    return there, pairs, counts, shifted
