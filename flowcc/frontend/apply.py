"""Plain Python on values: one `Apply` for an expression whose operators have become wires, and what is known early."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from flowcc.facts import Order, Shape
from flowcc.frontend import faults
from flowcc.frontend.closures import code_of
from flowcc.frontend.element_code import CodeBuilder
from flowcc.frontend.infer import infer_apply
from flowcc.frontend.lowering import Fault, Lowering
from flowcc.frontend.meanings import is_home
from flowcc.frontend.shares import order_safe
from flowcc.frontend.static import NotStatic, evaluate
from flowcc.frontend.types import type_of
from flowcc.frontend.values import ElementCode, Flowing, Known, Several, Value
from flowcc.ir import Apply, Wire


def static_value(node: ast.expr, lowering: Lowering) -> Known | None:
    """Return the value of an expression that is known when the flow is compiled, else None."""

    def look_up(name: str) -> object:
        value = lowering.names.get(name)
        if value is None:
            value = lowering.look_up(name, node)
        if isinstance(value, Known):
            return value.value
        raise NotStatic(f"`{name}` is not known")

    def is_builtin(name: str) -> bool:
        return name not in lowering.names and is_home(name, name, lowering.environment)

    try:
        value = evaluate(node, look_up, is_builtin)
        return Known(tuple(value) if isinstance(value, Iterator) else value)
    except NotStatic:
        return None


def items_of_tuple(value: Value) -> list[Value] | None:
    """Return the items of a tuple whose length is known when the flow is compiled; None for what is none."""
    match value:
        case Several(items=items):
            return list(items)
        case Known(value=tuple() as items):
            return [Known(item) for item in items]
    return None


def apply_code(tree: ast.expr, builder: CodeBuilder, node: ast.expr, lowering: Lowering, hint: str) -> Value:
    """Return an expression over wires as an `Apply`; a bare wire is itself, and without wires it is plain code."""
    if isinstance(tree, ast.Name) and len(builder.inputs) == 1 and tree.id == builder.inputs[0].name:
        return Flowing(builder.inputs[0])
    if not builder.inputs:
        return code_of(node, lowering) if builder.definitions else ElementCode(tree, in_flow=True)
    names = {wire.name: wire.facts.element for wire in builder.inputs}
    safe = all(
        wire.facts.order is Order.TOTAL or (wire.facts.shape is Shape.VALUE and order_safe(tree, wire.name))
        for wire in builder.inputs
    )
    facts = infer_apply([wire.facts for wire in builder.inputs], type_of(tree, names, lowering.environment), safe)
    out = lowering.wire(hint, facts)
    span = lowering.span(node)
    return lowering.add(Apply(out=out, inputs=tuple(builder.inputs), span=span, code=builder.finish(tree)))


def as_data(value: Value, node: ast.expr, lowering: Lowering, hint: str = "") -> Value:
    """Return code of the flow that reads data as the value that it makes; anything else as it is."""
    if not (isinstance(value, ElementCode) and value.in_flow):
        return value
    builder = CodeBuilder(lowering)
    tree = builder.value(value, node)
    return apply_code(tree, builder, node, lowering, hint) if builder.inputs else value


def check_value(wire: Wire, node: ast.AST, lowering: Lowering) -> None:
    """A whole collection may stand where it is folded, sliced or iterated over, not inside other expressions."""
    if wire.facts.shape is Shape.ITEMS:
        written = ast.unparse(node)
        raise Fault(
            faults.value_as_collection(
                lowering.span(node), f"`{written}` is a collection, and this expression works on single values"
            )
        )
