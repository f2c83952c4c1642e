"""Look-ups in place of going through a collection give what going through it gives."""

from __future__ import annotations

import ast
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from flowcc.backend.lookups import index_equalities
from flowcc.backend.naming import Names
from flowcc.runtime.lookup import lookup

NAN = float("nan")
INDEXED = [
    "[(a, t) for a in xs for s, t in ys if s == a]",
    "[t for a in xs for s, t in ys if a == s if t]",
    "{a: [t for s, t in ys if s == a and t != a] for a in xs}",
    "[any(y[0] == a for y in ys if y[1] == a) for a in xs]",
    "[(p, q) for p in ys for q in ys if q[0] == p[1]]",
    "(lambda c: {t for s, t in ys if s == c})(xs[0] if xs else 0)",
    "[y for a in xs for y in ys if (y[0], 1) == (a, 1)]",
]
LEFT_ALONE = [
    "[t for a in xs for s, t in ys if s != a]",
    "[t for a in xs for s, t in ys if s == t]",
    "[t for a in xs for s, t in ys if t if s == a]",
    "[s for a in xs for s in (lambda ys: [y for y in ys if y == a])([a])]",
    "[t for a in xs for s, t in ys if s + a == a]",
    "[t for a in xs for s, t in ys if s == a == t]",
    "[t for a in xs for s, t in ys if (k := s) == a]",
]
values = st.integers(0, 3) | st.just(1.0) | st.just(NAN) | st.booleans() | st.lists(st.integers(0, 1), max_size=1)


def indexed(text: str) -> tuple[str, list[tuple[str, str, str]]]:
    tree, found = index_equalities(ast.parse(text, mode="eval").body, {"ys"}, Names({"xs", "ys"}))
    return ast.unparse(tree), [(each.name, each.items, ast.unparse(each.keys)) for each in found]


@pytest.mark.parametrize("text", INDEXED)
@given(xs=st.lists(values, max_size=5), ys=st.lists(st.tuples(values, values), max_size=6))
@example(xs=[1, 1, True, 1.0], ys=[(1, 2), (True, 3), (1.0, 0), (NAN, 1)])
@example(xs=[[1], [1], 1], ys=[(1, 2), (2, 3)])
def test_a_look_up_gives_what_going_through_all_gives(text: str, xs: list[Any], ys: list[Any]) -> None:
    changed, found = indexed(text)
    assert found
    names: dict[str, Any] = {"xs": xs, "ys": ys}
    for name, items, keys in found:
        names[name] = lookup(names[items], lambda keys=keys: eval(keys, {"ys": ys}))  # type: ignore[misc]
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
