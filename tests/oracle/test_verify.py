"""Every invariant of the IR has a flow that breaks it, and flows that keep them all pass."""

from __future__ import annotations

from dataclasses import replace

import pytest

from flowcc import ir
from flowcc.facts import ANYWHERE, Order
from flowcc.verify import free_names, verify
from tests.oracle.build import CLERKS, DESK, bag, code, entries, flow, value, wire

XS = ir.Source(out=wire("xs"))
YS = ir.Source(out=wire("ys", place=DESK))
MAPPED = ir.Each(out=wire("zs"), inputs=(XS.out,), code=code("[x for x in xs]"))
SHARED = ir.Move(out=wire("mine", place=CLERKS), inputs=(XS.out,), verb="scatter", to=CLERKS)
COUNT = ir.Fold(out=value("n"), inputs=(XS.out,), function="len")
HOME = ir.Move(out=bag("home"), inputs=(SHARED.out,), verb="gather", to=XS.out.facts.place)


def test_a_good_flow_passes() -> None:
    known = ir.Literal(out=wire("known", place=ANYWHERE), items=code("[1, 2]"))
    both = ir.Concat(out=wire("both"), inputs=(XS.out, known.out))
    verify(flow(XS, known, both, SHARED, HOME, ir.Merge(out=bag("m"), inputs=(HOME.out, both.out))))


def test_a_shuffle_from_a_cluster_to_itself_passes() -> None:
    shuffled = ir.Move(out=bag("s", place=CLERKS), inputs=(SHARED.out,), verb="scatter", to=CLERKS, by=code("len"))
    verify(
        flow(XS, SHARED, shuffled, ir.Move(out=bag("h"), inputs=(shuffled.out,), verb="gather", to=XS.out.facts.place))
    )


def each(out: ir.Wire, text: str, *inputs: ir.Op) -> ir.Each:
    return ir.Each(out=out, inputs=tuple(op.out for op in inputs), code=ir.Code(text))


BROKEN: list[tuple[str, ir.Flow]] = [
    ("last operator is the result", ir.Flow(name="f", ops=(XS,))),
    ("one result", ir.Flow(name="f", ops=(XS, *flow(XS).ops[1:], *flow(XS).ops[1:]))),
    ("assigned twice", flow(XS, XS)),
    ("before it is assigned", flow(MAPPED)),
    ("not given", flow(XS, replace(MAPPED, inputs=(wire("xs", order=Order.NONE),)))),
    ("is no name", flow(ir.Source(out=wire("a b")))),
    ("reads nothing", flow(ir.Fold(out=value("n"), function="len"))),
    ("one wire twice", flow(XS, each(wire("zs"), "[x for x in xs]", XS, XS))),
    ("does not name it", flow(XS, COUNT, each(wire("zs"), "[x for x in xs]", XS, COUNT))),
    ("does not read", flow(XS, COUNT, each(wire("zs"), "[x + n for x in xs]", XS))),
    ("is not about", flow(XS, each(wire("zs"), "[x for x in [1]]", XS))),
    ("reads whole what it goes over", flow(XS, each(wire("zs"), "[x for x in xs if x in xs]", XS))),
    ("no list comprehension", flow(XS, each(wire("zs"), "list(xs)", XS))),
    ("no expression", flow(XS, each(wire("zs"), "[x for x", XS))),
    ("not normalised", flow(XS, each(wire("zs"), "[ x for x in xs ]", XS))),
    ("defines no function", flow(XS, replace(MAPPED, code=ir.Code("[x for x in xs]", ("y += 1",))))),
    ("reads from", flow(XS, YS, each(wire("zs"), "[x for x in xs if x in ys]", XS, YS))),
    ("by itself", flow(XS, each(wire("zs", place=DESK), "[x for x in xs]", XS))),
    ("elsewhere than it says", flow(XS, replace(SHARED, out=wire("mine")))),
    ("moves nothing", flow(XS, ir.Move(out=wire("s"), inputs=(XS.out,), verb="send", to=XS.out.facts.place))),
    ("sends to a cluster", flow(XS, replace(SHARED, verb="send"))),
    ("gathers from a process", flow(XS, ir.Move(out=bag("s", place=DESK), inputs=(XS.out,), verb="gather", to=DESK))),
    ("has no key", flow(XS, replace(SHARED, verb="broadcast", by=code("len")))),
    ("merges no values", flow(XS, SHARED, replace(HOME, merge=code("max")))),
    ("unknown verb", flow(XS, replace(SHARED, verb="throw"))),
    ("left on a cluster", flow(XS, SHARED)),
    ("no items to divide", flow(XS, COUNT, ir.Move(out=value("s", place=CLERKS), inputs=(COUNT.out,), verb="scatter",
                                                    to=CLERKS))),
    ("order across members", flow(XS, SHARED, replace(HOME, out=wire("home")))),
    ("has no order", flow(XS, ir.Claim(out=wire("u"), inputs=(XS.out,), function="unordered"))),
    ("says no reason", flow(XS, ir.Claim(out=wire("u"), inputs=(XS.out,), function="trust"))),
    ("folds one value", flow(XS, COUNT, ir.Fold(out=value("m"), inputs=(COUNT.out,), function="sum"))),
    ("takes items apart", flow(XS, ir.Entries(out=wire("e"), inputs=(XS.out,), part="items"))),
    ("gives items", flow(XS, ir.Group(out=wire("g"), inputs=(XS.out,)))),
    ("gives entries", flow(XS, ir.Sort(out=entries("g"), inputs=(XS.out,), function="sorted"))),
    ("starts from no value", flow(XS, ir.Fixpoint(out=value("v"), inputs=(XS.out,), step=code("lambda v: v")))),
    ("is shared", flow(ir.Source(out=wire("xs", share="dealt")))),
]  # fmt: skip


@pytest.mark.parametrize(("message", "broken"), BROKEN, ids=[message for message, _ in BROKEN])
def test_a_broken_flow_is_refused(message: str, broken: ir.Flow) -> None:
    with pytest.raises(AssertionError, match=message):
        verify(broken)


def test_free_names_see_through_lambdas_comprehensions_and_nested_functions() -> None:
    text = "def f(x):\n    return x + offset"
    assert free_names(code("[f(x) + y for x in xs if (lambda z: z + w)(x) for y in range(x)]", text)) == {
        "xs", "w", "range", "offset",
    }  # fmt: skip
    assert free_names(code("f(1)", "f = lambda x: x + offset")) == {"offset"}
    assert free_names(code("lambda lines: [line for line in lines]")) == set()


def program(*, channels: tuple[ir.Channel, ...], stages: tuple[ir.StageProgram, ...]) -> ir.Program:
    return ir.Program(name="f", stages=stages, channels=channels)


BACK = ir.Result(out=HOME.out, inputs=(HOME.out,))
CALLER = ir.StageProgram(XS.out.facts.place, (XS, BACK))
MEMBERS = ir.StageProgram(CLERKS, ())
OUT = ir.Channel("mine", XS.out.facts.place, CLERKS, SHARED)
IN = ir.Channel("home", CLERKS, XS.out.facts.place, HOME)


def test_a_split_flow_passes() -> None:
    verify(program(stages=(CALLER, MEMBERS), channels=(OUT, IN)))


@pytest.mark.parametrize(
    ("message", "broken"),
    [
        ("has one stage", program(stages=(CALLER, CALLER), channels=())),
        ("unknown places", program(stages=(CALLER,), channels=(OUT, IN))),
        ("before it is assigned", program(stages=(CALLER, MEMBERS), channels=(OUT,))),
        ("its own", program(stages=(CALLER, MEMBERS), channels=(OUT, OUT))),
        ("starts elsewhere", program(stages=(CALLER, MEMBERS), channels=(OUT, replace(IN, sender=DESK)))),
        ("does not end where", program(stages=(CALLER, MEMBERS), channels=(OUT, replace(IN, receiver=CLERKS)))),
        ("is elsewhere", program(stages=(CALLER, replace(MEMBERS, ops=(XS,))), channels=(OUT, IN))),
        ("no stage has the result", program(stages=(replace(CALLER, ops=(XS,)), MEMBERS), channels=(OUT, IN))),
    ],
)
def test_a_badly_split_flow_is_refused(message: str, broken: ir.Program) -> None:
    with pytest.raises(AssertionError, match=message):
        verify(broken)
