"""Check that whatever needs the end of its items gets some that end."""

from __future__ import annotations

import ast

from flowcc.diagnostics import Diagnostic, FlowError
from flowcc.facts import Shape
from flowcc.ir import (
    Apply,
    Claim,
    Code,
    Concat,
    Each,
    Entries,
    Fixpoint,
    Flow,
    Group,
    Join,
    Merge,
    Move,
    Op,
    Result,
    Scan,
    Sort,
    Take,
    Window,
    Wire,
    Zip,
)  # fmt: skip
from flowcc.passes import faults
from flowcc.passes.trace import endless_source, writers

PASSING = (Each, Move, Claim, Merge, Concat, Scan, Zip)


def check_ends(flow: Flow) -> Flow:
    """Raise F302 where an end is needed of what may not end; return the flow as it is."""
    made = writers(flow)
    found: list[Diagnostic] = []
    revised: set[str] = set()
    for op in flow.ops:
        for wire, name in _needing(op, revised):
            if not wire.facts.ends:
                found.append(faults.end_needed(op.span, name, endless_source(wire, made)))
                break
        if _is_revised(op, made, revised):
            revised.add(op.out.name)
    if found:
        raise FlowError(found)
    return flow


def _needing(op: Op, revised: set[str]) -> list[tuple[Wire, str]]:
    """The inputs whose end an operator needs, and what to call it."""
    match op:
        case Sort(function=function):
            return [(wire, function) for wire in op.inputs]
        case Each() | Join():
            return [(wire, wire.name) for wire in op.inputs[1:]]
        case Take(start=start, stop=stop, step=step) if any(map(_is_negative, (start, stop, step))):
            return [(op.inputs[0], "a slice from the end")]
        case Concat(function="chain"):
            return [(wire, "what something follows") for wire in op.inputs[:-1]]
        case Fixpoint():
            return [(wire, "fixpoint") for wire in op.inputs]
        case Apply():
            return [(wire, "an expression over a whole collection") for wire in op.inputs
                    if wire.facts.shape is Shape.ITEMS]  # fmt: skip
        case Result():
            return [(wire, "a result made of entries that are revised") for wire in op.inputs if wire.name in revised]
        case _:
            return (
                [(wire, "a side that is read whole") for wire in op.inputs[1:]] if not isinstance(op, PASSING) else []
            )


def _is_negative(bound: Code | None) -> bool:
    return bound is not None and isinstance(ast.parse(bound.text, mode="eval").body, ast.UnaryOp)


def _is_revised(op: Op, made: dict[str, Op], revised: set[str]) -> bool:
    """Whether a wire holds entries of a value that is still being revised while its input goes on."""
    if isinstance(op, Entries) and not op.inputs[0].facts.ends:
        source = made[op.inputs[0].name]
        while isinstance(source, Move):
            source = made[source.inputs[0].name]
        closes = isinstance(source, Window) or (isinstance(source, Group) and source.until is not None)
        return not closes
    return isinstance(op, PASSING) and any(wire.name in revised for wire in op.inputs)
