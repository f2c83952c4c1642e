"""Printed flows are the language itself: each operator by hand, and what is printed runs as plain Python."""

from __future__ import annotations

import heapq
import itertools
import statistics
from collections import Counter
from functools import reduce

import pytest

from flowcc import ir, verbs
from flowcc.facts import ANYWHERE, Order, Shape, Type
from flowcc.show import show, show_annotation, show_expression
from tests.oracle.build import CLERKS, DESK, bag, code, entries, flow, value, wire

XS = wire("xs")
YS = wire("ys")
D = value("d")
G = entries("g")


@pytest.mark.parametrize(
    ("facts", "text"),
    [
        (wire("a").facts, "Batch[int]"),
        (wire("a", ends=False).facts, "Stream[int]"),
        (wire("a", place=DESK).facts, "Batch[int, Desk]"),
        (bag("a", place=CLERKS).facts, "Bag[int, Clerks]"),
        (wire("a", order=Order.PER_KEY, ends=False).facts, "Bag[int]"),
        (value("a", element=Type("dict", (Type("str"), Type("int")))).facts, "Live[dict[str, int]]"),
        (entries("a", place=DESK).facts, "Live[dict[int, int], Desk]"),
        (wire("a", place=ANYWHERE).facts, "Batch[int]"),
    ],
)
def test_annotations(facts: object, text: str) -> None:
    assert show_annotation(facts) == text  # type: ignore[arg-type]


def arguments(**texts: str) -> tuple[tuple[str, ir.Code], ...]:
    return tuple((name, code(text)) for name, text in texts.items())


# ruff: noqa: E501 - a case a line
EXPRESSIONS: list[tuple[ir.Op, str]] = [
    (ir.Literal(out=YS, items=code("[1, 2]")), "[1, 2]"),
    (ir.Each(out=YS, inputs=(XS,), code=code("[x for x in xs]")), "[x for x in xs]"),
    (ir.Apply(out=D, inputs=(D,), code=code("d + 1")), "d + 1"),
    (ir.Fold(out=D, inputs=(XS,), function="sum", arguments=arguments(start="1")), "sum(xs, start=1)"),
    (ir.Fold(out=D, inputs=(XS,), function="max", arguments=arguments(key="abs", default="0")), "max(xs, key=abs, default=0)"),
    (ir.Fold(out=D, inputs=(XS,), function="reduce", arguments=arguments(function="max")), "reduce(max, xs)"),
    (ir.Fold(out=D, inputs=(XS,), function="reduce", arguments=arguments(function="max", initial="0")), "reduce(max, xs, 0)"),
    (ir.Fold(out=D, inputs=(XS,), function="item", arguments=arguments(index="-1")), "xs[-1]"),
    (ir.Fold(out=D, inputs=(XS,), function="join", arguments=arguments(separator="', '")), "', '.join(xs)"),
    (ir.Fold(out=D, inputs=(XS,), function="join", arguments=arguments(separator="a + b")), "(a + b).join(xs)"),
    (ir.Group(out=G, inputs=(XS,)), "group(xs)"),
    (ir.Group(out=G, inputs=(XS,), by=code("lambda x: x"), until=code("len")), "group(xs, by=lambda x: x, until=len)"),
    (ir.Entries(out=YS, inputs=(G,), part="items"), "g.items()"),
    (ir.Entries(out=YS, inputs=(G,), part="iter"), "list(g)"),
    (ir.Scan(out=YS, inputs=(XS,), function="scan", arguments=arguments(step="f", init="0", by="len")), "scan(f, xs, init=0, by=len)"),
    (ir.Scan(out=YS, inputs=(XS,), function="accumulate"), "accumulate(xs)"),
    (ir.Scan(out=YS, inputs=(XS,), function="accumulate", arguments=arguments(function="max", initial="0")), "accumulate(xs, max, initial=0)"),
    (ir.Scan(out=YS, inputs=(XS,), function="enumerate", arguments=arguments(start="1")), "enumerate(xs, start=1)"),
    (ir.Scan(out=YS, inputs=(XS,), function="batched", arguments=arguments(n="2")), "batched(xs, 2)"),
    (ir.Scan(out=YS, inputs=(XS,), function="takewhile", arguments=arguments(predicate="bool")), "takewhile(bool, xs)"),
    (ir.Scan(out=YS, inputs=(XS,), function="groupby", arguments=arguments(key="len")), "groupby(xs, key=len)"),
    (ir.Sort(out=YS, inputs=(XS,), function="sorted", arguments=arguments(key="len", reverse="True")), "sorted(xs, key=len, reverse=True)"),
    (ir.Sort(out=YS, inputs=(XS,), function="nlargest", arguments=arguments(n="3", key="len")), "nlargest(3, xs, key=len)"),
    (ir.Sort(out=YS, inputs=(XS,), function="reversed"), "reversed(xs)"),
    (ir.Take(out=YS, inputs=(XS,), stop=code("3")), "xs[:3]"),
    (ir.Take(out=YS, inputs=(XS,), start=code("-3"), step=code("2")), "xs[-3::2]"),
    (ir.Zip(out=YS, inputs=(XS, YS), strict=True), "zip(xs, ys, strict=True)"),
    (ir.Concat(out=YS, inputs=(XS, YS)), "chain(xs, ys)"),
    (ir.Concat(out=YS, inputs=(XS, YS), function="heapq.merge", arguments=arguments(key="len")), "heapq.merge(xs, ys, key=len)"),
    (ir.Merge(out=YS, inputs=(XS, YS)), "merge(xs, ys)"),
    (ir.Window(out=G, inputs=(XS,), function="windows", arguments=arguments(length="2.0", time="len")), "windows(xs, length=2.0, time=len)"),
    (ir.Window(out=YS, inputs=(XS,), function="sessions.late", arguments=arguments(gap="2", time="len")), "sessions(xs, gap=2, time=len).late"),
    (ir.Fixpoint(out=D, inputs=(D,), step=code("lambda s: s"), grow=code("lambda s: s")), "fixpoint(lambda s: s, d)"),
    (ir.Claim(out=YS, inputs=(XS,), function="unordered"), "unordered(xs)"),
    (ir.Claim(out=YS, inputs=(XS,), function="trust", because="it's"), 'trust(xs, ordered=True, because="it\'s")'),
    (ir.Move(out=YS, inputs=(XS,), verb="send", to=DESK), "send(xs, Desk)"),
    (ir.Move(out=YS, inputs=(XS,), verb="scatter", to=CLERKS, by=code("len")), "scatter(xs, Clerks, by=len)"),
    (ir.Move(out=YS, inputs=(XS,), verb="gather", to=DESK, ordered=True), "gather(xs, Desk, ordered=True)"),
    (ir.Move(out=D, inputs=(D,), verb="gather", to=DESK, merge=code("max")), "gather(d, Desk, merge=max)"),
]  # fmt: skip


@pytest.mark.parametrize(("op", "text"), EXPRESSIONS, ids=[text for _, text in EXPRESSIONS])
def test_expressions(op: ir.Op, text: str) -> None:
    assert show_expression(op) == text


def test_a_whole_flow() -> None:
    lines = wire("lines", element=Type("str"), place=DESK, ends=False)
    words = wire("words", element=Type("str"), place=DESK, ends=False)
    total = ir.Wire("n", value("n", place=DESK).facts)
    helper = "def clean(line):\n    return line.split()"
    text = show(
        flow(
            ir.Source(out=lines),
            ir.Each(out=words, inputs=(lines,), code=code("[w for line in lines for w in clean(line)]", helper)),
            ir.Fold(out=total, inputs=(words,), function="len"),
            name="count",
            on_error="skip",
        )
    )
    assert text == (
        "@flow(on_error='skip')\n"
        "def count(lines: Stream[str, Desk]):\n"
        "    def clean(line):\n"
        "        return line.split()\n"
        "    words: Stream[str, Desk] = [w for line in lines for w in clean(line)]\n"
        "    n: Live[int, Desk] = len(words)\n"
        "    return n\n"
    )


def test_a_nested_function_whose_name_is_bound_again_is_printed_again() -> None:
    first, second = "def f(x):\n    return x", "def f(x):\n    return -x"
    text = show(
        flow(
            ir.Source(out=XS),
            ir.Each(out=YS, inputs=(XS,), code=code("[f(x) for x in xs]", first)),
            ir.Each(out=wire("zs"), inputs=(YS,), code=code("[f(y) for y in ys]", second)),
        )
    )
    assert text.count("def f(x)") == 2


def test_many_results_and_known_values() -> None:
    known = wire("known", place=ANYWHERE)
    text = show(
        flow(
            ir.Source(out=XS),
            ir.Literal(out=known, items=code("[1]")),
            ir.Result(out=XS, inputs=(XS,), many=True),
        )
    )
    assert text.endswith("    known = [1]\n    return (xs,)\n")


def test_a_group_fold_means_the_comprehension_that_is_printed() -> None:
    folds = (("n", "len", ()), ("total", "sum", arguments(start="10")), ("first", "item", arguments(index="0")))
    op = ir.GroupFold(
        out=G, inputs=(XS,), by=code("lambda x: x % 3"), folds=folds,
        result=code("lambda key, n, total, first: (key, (n, total, first))"),
        where=code("lambda key, n, total, first: n > 1"),
    )  # fmt: skip
    assert op.out.facts.shape is Shape.ENTRIES
    names = {"group": lambda xs, by: {key: [x for x in xs if by(x) == key] for key in map(by, xs)}, "xs": [4, 2, 5, 3]}
    assert eval(show_expression(op), names) == {2: (2, 17, 2)}


def test_every_printed_function_is_known_to_python() -> None:
    known = {"reduce": reduce, "Counter": Counter, "heapq": heapq, **vars(itertools), **vars(statistics), **vars(verbs)}
    for name in ("reduce", "accumulate", "chain", "pairwise", "takewhile", "groupby", "mean", "send", "gather"):
        assert callable(known[name])
