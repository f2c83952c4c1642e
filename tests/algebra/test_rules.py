"""Each rule against brute force: the table of laws, the bounds of values, and whatever random programs are accepted."""

from __future__ import annotations

import ast
import math
from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flowcc import FlowError
from flowcc.algebra.agreement import keeps_default
from flowcc.algebra.names import Names
from flowcc.algebra.operations import COUNTER, LAWS, Law
from flowcc.algebra.refute import CALLABLE, evaluated, same
from flowcc.algebra.values import FLOAT, Fact, Reading, fact_of_type
from flowcc.compiler import compile_flow
from flowcc.environment import Environment
from flowcc.facts import Type
from flowcc.frontend.meanings import is_home
from flowcc.frontend.parse import parse_function
from tests.algebra.any_shares import FLOATS, Case, items_like
from tests.algebra.random_laws import HEAD, OF, drawn
from tests.flows.agreement import imported

FEW = settings(max_examples=60, deadline=None, database=None, derandomize=True)
SAMPLES: dict[str, tuple[Fact, st.SearchStrategy[Any]]] = {
    "int": (fact_of_type(Type("int")), items_like(int)),
    "natural": (Fact(Type("int"), 0), items_like(int).map(abs)),
    "bool": (fact_of_type(Type("bool")), items_like(bool)),
    "str": (fact_of_type(Type("str")), items_like(str)),
    "float": (fact_of_type(FLOAT), items_like(float)),
    "total": (Fact(FLOAT, total=True), FLOATS.filter(lambda x: x == x and repr(x) != "-0.0")),
    "pair": (fact_of_type(Type("tuple", (Type("int"), Type("str")))), items_like(tuple[int, str])),
    "measured": (fact_of_type(Type("tuple", (FLOAT, Type("int")))), items_like(tuple[float, int])),
    "list": (fact_of_type(Type("list", (Type("int"),))), items_like(list[int])),
    "set": (fact_of_type(Type("set", (Type("int"),))), items_like(set[int])),
    "frozenset": (fact_of_type(Type("frozenset", (Type("str"),))), items_like(frozenset[str])),
    "dict": (fact_of_type(Type("dict", (Type("str"), Type("int")))), items_like(dict[str, int])),
    "Counter": (Fact(Type(COUNTER, (Type("str"),))), st.lists(items_like(str), max_size=4).map(Counter)),
    "None": (fact_of_type(Type("None")), st.none()),
}  # fmt: skip
OPERATIONS = {
    **CALLABLE, "or": lambda a, b: a or b, "and": lambda a, b: a and b, "unite": lambda a, b: {*a, *b},
    "update": lambda a, b: {**a, **b}, "intersection": lambda a, b: a.intersection(b),
    "symmetric_difference": lambda a, b: a.symmetric_difference(b), "set.union": set.union,
    "frozenset.union": frozenset.union,
}  # fmt: skip
CASES = [
    (law, name, operation)
    for law in LAWS
    for name, (fact, _) in SAMPLES.items()
    if law.holds(fact)
    for operation in sorted(law.operations)
]


def test_every_law_has_a_sample() -> None:
    assert {law.name for law, _, _ in CASES} == {law.name for law in LAWS}


@pytest.mark.parametrize(("law", "name", "operation"), CASES, ids=lambda part: getattr(part, "name", part))
def test_a_law_holds(law: Law, name: str, operation: str) -> None:
    fact, values = SAMPLES[name]
    f = OPERATIONS[operation]
    rounds = fact.type == FLOAT and law.name in ("sum", "product")  # the documented exception

    @FEW
    @given(values, values, values)
    def check(a: Any, b: Any, c: Any) -> None:
        if law.commutes and not rounds:
            assert same(f(a, b), f(b, a))
            assert same(f(f(a, b), c), f(a, f(b, c)))
        if law.idempotent(fact):
            assert same(f(a, a), a)

    check()


@FEW
@given(st.data())
def test_a_default_that_is_kept_changes_no_item(data: st.DataObject) -> None:
    low, high = sorted(data.draw(st.tuples(st.integers(-3, 3), st.integers(-3, 3))))
    kind = data.draw(st.sampled_from(["int", "bool", "float"]))
    fact = fact_of_type(Type("bool")) if kind == "bool" else Fact(Type(kind), low, high, total=kind == "float")
    values: Any = {"bool": st.booleans(), "int": st.integers(low, high), "float": st.floats(low, high)}[kind]
    item = data.draw(values.filter(lambda x: repr(x) != "-0.0"))
    default = data.draw(st.one_of(st.integers(-4, 4), st.booleans(), st.floats(-4, 4), st.just(-0.0)))
    function = data.draw(st.sampled_from(["min", "max"]))
    pick = CALLABLE[function]
    if keeps_default(function, default, fact):
        assert same(pick(default, item), item)
        assert same(pick(item, default), item)


EXPRESSIONS = [(element, text) for element, texts in OF.items() for text in texts]
ELEMENTS: dict[str, Any] = {
    "int": int, "bool": bool, "str": str, "float": float, "tuple[int, int]": tuple[int, int], "list[int]": list[int],
    "set[int]": set[int], "tuple[bool, str]": tuple[bool, str], "tuple[float, int]": tuple[float, int],
    "tuple[tuple[int, str], int]": tuple[tuple[int, str], int], "dict[str, int]": dict[str, int],
    "set[float]": set[float],
}  # fmt: skip


def check_fact(fact: Fact, value: Any) -> None:
    if fact.parts:
        assert type(value) is tuple
        for each, part in zip(fact.parts, value, strict=True):
            check_fact(each, part)
    elif fact.type != Fact().type:
        assert type(value).__name__ == fact.type.name
        if isinstance(value, int | float) and (fact.total or isinstance(value, int)):
            assert fact.low <= value <= fact.high
        assert not fact.total or (value == value and repr(value) != "-0.0")


@st.composite
def whole_expressions(draw: st.DrawFn, depth: int = 3) -> str:
    if depth == 0:
        return draw(st.sampled_from(["x", "y", "x", "y", "0", "1", "-2", "3"]))
    inner = whole_expressions(depth - 1)
    binary = ["+", "-", "*", "//", "%", "&", "|", "^", ">>", "/"]
    forms = [
        inner.map(lambda a: f"abs({a})"), inner.map(lambda a: f"(-{a})"), inner.map(lambda a: f"({a} * {a})"),
        inner.map(lambda a: f"({a} ** 2)"), inner.map(lambda a: f"int({a})"), inner.map(lambda a: f"(not {a})"),
        inner.map(lambda a: f"float({a})"), inner.map(lambda a: f"sum([{a}, x])"), inner.map(lambda a: f"round({a})"),
        st.tuples(inner, inner).map(lambda ab: f"min({ab[0]}, {ab[1]})"),
        st.tuples(inner, inner).map(lambda ab: f"max({ab[0]}, {ab[1]})"),
        st.tuples(inner, inner, inner).map(lambda abc: f"({abc[0]} if {abc[1]} > y else {abc[2]})"),
        st.tuples(inner, inner).map(lambda ab: f"({ab[0]} or {ab[1]})"),
        st.tuples(inner, st.sampled_from(binary), inner).map(lambda abc: f"({abc[0]} {abc[1]} {abc[2]})"),
    ]  # fmt: skip
    return draw(st.one_of(*forms, *forms[-1:] * 4))


NAMES = Names(Environment("<expressions>", HEAD), is_home)


@settings(max_examples=250, deadline=None, database=None, derandomize=True)
@given(whole_expressions(), st.integers(-9, 9), st.booleans(), st.sampled_from(["", "x > 0", "x >= 2", "-1 <= x < 4"]))
def test_values_keep_what_is_known_of_them(text: str, x: int, y: bool, condition: str) -> None:
    facts = {"items": Fact(Type("list", (Type("int"),))), "y": fact_of_type(Type("bool"))}
    tree = ast.parse(f"[{text} for x in items{' if ' if condition else ''}{condition}]", mode="eval").body
    assert isinstance(tree, ast.ListComp)
    fact = Reading(NAMES, facts).comprehension(tree)
    try:
        values = eval(compile(ast.Expression(tree), "<text>", "eval"), {"items": [x], "y": y})
    except (ArithmeticError, ValueError, TypeError):
        return
    for value in values:
        check_fact(fact, value)


CONDITIONS = ("x > 0", "x >= 1", "0 < x", "1 <= x", "x < 0", "x <= -1", "-2 < x < 3", "x > -1 and x < 2", "x == x",
              "x > 0 or x < 0", "not x > 0", "x >= 0", "x <= 0", "x != 0", "0 > x", "x > True")  # fmt: skip
NUMBERS = (*range(-4, 5), 0.0, -0.0, 0.5, -0.5, 1.5, math.nan, math.inf, -math.inf)


@pytest.mark.parametrize("condition", CONDITIONS)
def test_a_condition_narrows_to_what_it_keeps(condition: str) -> None:
    tree = ast.parse(f"[x for x in items if {condition}]", mode="eval").body
    assert isinstance(tree, ast.ListComp)
    for held in (int, float):
        fact = Reading(NAMES, {"items": Fact(Type("list", (Type(held.__name__),)))}).comprehension(tree)
        for x in NUMBERS:
            if type(x) is held and eval(condition, {"x": x}):
                check_fact(fact, x)


@pytest.mark.parametrize(("condition", "low", "high"), [("x > 0", 1, math.inf), ("-2 < x <= 3", -1, 3)])
def test_a_condition_narrows_ints_to_the_next_one(condition: str, low: float, high: float) -> None:
    tree = ast.parse(f"[x for x in items if {condition}]", mode="eval").body
    assert isinstance(tree, ast.ListComp)
    fact = Reading(NAMES, {"items": Fact(Type("list", (Type("int"),)))}).comprehension(tree)
    assert (fact.low, fact.high) == (low, high)


@pytest.mark.parametrize(("element", "text"), EXPRESSIONS)
def test_values_of_other_types_keep_what_is_known_of_them(element: str, text: str) -> None:
    reading = Reading(NAMES, {"x": fact_of_type(_type(element))})
    fact = reading.of(ast.parse(text, mode="eval").body)

    @FEW
    @given(items_like(ELEMENTS[element]))
    def check(x: Any) -> None:
        try:
            value = eval(text, {"x": x})
        except (ArithmeticError, ValueError):
            return
        check_fact(fact, value)

    check()


def _type(text: str) -> Type:
    def of(tree: ast.expr) -> Type:
        if isinstance(tree, ast.Subscript):
            parts = tree.slice.elts if isinstance(tree.slice, ast.Tuple) else [tree.slice]
            return Type(ast.unparse(tree.value), tuple(map(of, parts)))
        return Type(ast.unparse(tree))

    return of(ast.parse(text, mode="eval").body)


PROGRAMS = 600
CHUNK = 300


@pytest.mark.parametrize("first", range(0, PROGRAMS, CHUNK))
def test_whatever_is_accepted_of_random_programs_is_right(first: int) -> None:
    accepted = sum(accepted_and_right(seed) for seed in range(first, first + CHUNK))
    assert accepted >= CHUNK // 12, "too few are accepted to show anything"


def accepted_and_right(seed: int) -> bool:
    """Whether the program of a seed is accepted; if so, it must give the same on any shares in any order."""
    program = drawn(seed)
    with imported(program) as (filename, names):  # type: ignore[arg-type]
        environment = Environment(filename, program.source, names)
        try:
            compiled = compile_flow(parse_function(program.source, filename, "f"), environment)
        except FlowError:
            return False
        case = Case(names["f"].plain, compiled.rewritten, environment, "xs")

        @settings(max_examples=20, deadline=None, database=None, derandomize=True)
        @given(st.lists(items_like(ELEMENTS[program.element]), max_size=6), st.integers(0, 99))
        def check(items: list[Any], number: int) -> None:
            assert case.differs(items, number) == "", program.text

        check()
    return True


def test_what_would_take_long_is_not_tried() -> None:
    for text in ("lambda a, b: a * 1000000000", "lambda a, b: a ** b", "lambda a, b: 1 << a", "lambda a, b: open(a)"):
        with pytest.raises(ValueError, match="not tried"):
            evaluated(ast.parse(text, mode="eval").body, NAMES)
