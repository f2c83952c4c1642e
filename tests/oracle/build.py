"""Short ways to write operators by hand."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from flowcc import ir
from flowcc.environment import Environment
from flowcc.facts import HERE, Facts, Order, PlaceRef, Shape, Type

CLERKS = PlaceRef("Clerks", "cluster")
DESK = PlaceRef("Desk")
INT = Type("int")


def wire(name: str, **facts: object) -> ir.Wire:
    return ir.Wire(name, Facts(**{"element": INT, **facts}))  # type: ignore[arg-type]


def bag(name: str, **facts: object) -> ir.Wire:
    return wire(name, order=Order.NONE, **facts)


def value(name: str, **facts: object) -> ir.Wire:
    return wire(name, shape=Shape.VALUE, **facts)


def entries(name: str, **facts: object) -> ir.Wire:
    return wire(name, shape=Shape.ENTRIES, element=Type("tuple", (INT, INT)), **facts)


def code(text: str, *definitions: str) -> ir.Code:
    return ir.Code(ast.unparse(ast.parse(text, mode="eval")), definitions)


def flow(*ops: ir.Op, name: str = "f", on_error: str = "raise") -> ir.Flow:
    """Return the flow of these operators; its result is what the last one gives."""
    last = ops[-1]
    if not isinstance(last, ir.Result):
        ops = (*ops, ir.Result(out=last.out, inputs=(last.out,)))
    return ir.Flow(name=name, ops=ops, on_error=on_error)


def environment(names: Mapping[str, object] | None = None) -> Environment:
    return Environment("<hand>", "", names or {})


def at(place: PlaceRef = HERE, **facts: object) -> dict[str, object]:
    return {"place": place, **facts}
