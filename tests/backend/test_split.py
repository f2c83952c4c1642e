"""Stages and channels of a flow, by hand-made operators and by programs."""

from __future__ import annotations

from typing import Any

from flowcc.compiler import compile_flow
from flowcc.environment import Environment
from flowcc.facts import ANYWHERE, HERE, Facts, PlaceRef, Shape
from flowcc.frontend.parse import parse_function
from flowcc.ir import Code, Concat, Each, Flow, Fold, Literal, Move, Program, Result, Source, Wire
from flowcc.passes.split import split
from flowcc.verify import verify

READER = PlaceRef("Reader")
COUNTERS = PlaceRef("Counters", "cluster")


def wire(name: str, place: PlaceRef = HERE, shape: Shape = Shape.ITEMS) -> Wire:
    return Wire(name, Facts(place=place, shape=shape))


def stages_of(program: Program) -> dict[str, list[str]]:
    verify(program)
    return {
        stage.place.name: [f"{type(op).__name__} {op.out.name}" for op in stage.ops if not isinstance(op, Result)]
        for stage in program.stages
    }


def channels_of(program: Program) -> list[tuple[str, str, str, str]]:
    return [(each.name, each.sender.name, each.receiver.name, each.move.verb) for each in program.channels]


def result(*inputs: Wire) -> Result:
    return Result(out=wire("result"), inputs=inputs, many=len(inputs) > 1)


def test_a_flow_without_places_is_one_stage() -> None:
    xs, ys = wire("xs"), wire("ys")
    each = Each(out=ys, inputs=(xs,), code=Code("[x for x in xs]"))
    program = split(Flow(name="f", ops=(Source(out=xs), each, result(ys))))
    assert stages_of(program) == {"Here": ["Source xs", "Each ys"]}
    assert channels_of(program) == []


def test_a_move_is_an_operator_of_both_its_stages() -> None:
    lines, mine, count, whole = (
        wire("lines", READER), wire("mine", COUNTERS), wire("count", COUNTERS, Shape.VALUE),
        wire("whole", READER, Shape.VALUE),
    )  # fmt: skip
    ops = (
        Source(out=lines),
        Move(out=mine, inputs=(lines,), verb="scatter", to=COUNTERS, by=Code("len")),
        Fold(out=count, inputs=(mine,), function="len"),
        Move(out=whole, inputs=(count,), verb="gather", to=READER, merge=Code("max")),
        result(whole, whole),
    )
    program = split(Flow(name="f", ops=ops))
    assert stages_of(program) == {
        "Reader": ["Source lines", "Move mine", "Move whole", "Move whole_here"],
        "Counters": ["Move mine", "Fold count", "Move whole"],
        "Here": ["Move whole_here"],
    }
    assert channels_of(program) == [
        ("mine", "Reader", "Counters", "scatter"),
        ("whole", "Counters", "Reader", "gather"),
        ("whole_here", "Reader", "Here", "send"),
    ]
    last = program.stages[-1].ops[-1]
    assert [each.name for each in last.inputs] == ["whole_here", "whole_here"]


def test_what_lives_anywhere_is_made_where_it_is_read() -> None:
    few, both, all_, mine = wire("few", ANYWHERE), wire("both", READER), wire("all", COUNTERS), wire("mine", COUNTERS)
    lines, shares = wire("lines", READER), wire("shares", COUNTERS)
    home = wire("home", READER)
    ops = (
        Literal(out=few, items=Code("[1, 2]")),
        Literal(out=wire("unread", ANYWHERE), items=Code("[3]")),
        Source(out=lines),
        Concat(out=both, inputs=(lines, few)),
        Move(out=all_, inputs=(few,), verb="broadcast", to=COUNTERS),
        Move(out=mine, inputs=(few,), verb="scatter", to=COUNTERS),
        Concat(out=shares, inputs=(all_, mine)),
        Move(out=home, inputs=(shares,), verb="gather", to=READER),
        result(both, home, few),
    )
    program = split(Flow(name="f", ops=ops))
    assert stages_of(program) == {
        "Reader": ["Literal few", "Source lines", "Concat both", "Move home", "Move both_here", "Move home_here"],
        "Counters": ["Literal all", "Move mine", "Concat shares", "Move home"],
        "Here": ["Literal few", "Literal few_here", "Move mine", "Move both_here", "Move home_here"],
    }
    assert ("mine", "Here", "Counters", "scatter") in channels_of(program)


def program_of(text: str, name: str) -> Program:
    compiled: Any = compile_flow(parse_function(text, "f.py", name), Environment("f.py", text, live=False))
    program: Program = compiled.program
    return program


CLUSTERS = """
from flowcc import Batch, Bag, Cluster, Process, flow, gather, scatter, broadcast

class A(Process): ...
class C(Cluster): ...
class D(Cluster): ...
"""


def test_members_of_one_cluster_deal_out_among_themselves() -> None:
    text = f"""{CLUSTERS}
@flow
def again(xs: Batch[int, A]) -> Bag[int]:
    first = scatter(xs, C, by=lambda x: x % 10)
    second = scatter(first, C, by=lambda x: x // 10)
    return gather(second, A)
"""
    program = program_of(text, "again")
    assert ("second", "C", "C", "scatter") in channels_of(program)
    (stage,) = [stage for stage in program.stages if stage.place.name == "C"]
    assert sum(op.out.name == "second" for op in stage.ops) == 1


def test_what_a_move_reads_besides_is_at_its_sender() -> None:
    text = f"""{CLUSTERS}
@flow
def keyed(xs: Batch[int, A]) -> Bag[int]:
    top = max(xs)
    mine = scatter(xs, C, by=lambda x: x % top)
    return gather(scatter(mine, D, by=lambda x: x), A)
"""
    stages = stages_of(program_of(text, "keyed"))
    assert "Fold top" in stages["A"]
    assert not any("top" in op for op in stages["C"] + stages["D"])
