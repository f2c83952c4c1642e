"""What is known of the items on a wire, from the comprehensions that made them."""

from __future__ import annotations

import ast

from flowcc.algebra.agreement import Unknown, constant, form_of, shows_order
from flowcc.algebra.names import Names
from flowcc.algebra.values import NOTHING, Fact, Reading, fact_of_type, fact_of_value, joined
from flowcc.facts import Shape, Type
from flowcc.ir import Apply, Claim, Each, Fold, Move, Op, Wire


def items_of(wire: Wire, made: dict[str, Op], names: Names) -> Fact:
    """Return what is known of the items of ``wire``: the entries of a dict are pairs."""
    op = made.get(wire.name)
    match op:
        case Claim() | Move():
            if op.inputs[0].facts.shape is wire.facts.shape is Shape.ITEMS and not _is_routed(op):
                return items_of(op.inputs[0], made, names)
        case Each(code=code) if isinstance(code.tree, ast.ListComp):
            nested = {name.name: NOTHING for text in code.definitions for name in ast.parse(text).body
                      if isinstance(name, ast.FunctionDef)}  # fmt: skip
            sides = {side.name: _whole(side) for side in op.inputs[1:]}
            first = items_of(op.inputs[0], made, names)
            return Reading(names, {**nested, **sides}).comprehension(code.tree, first)
    element = wire.facts.element
    if wire.facts.shape is Shape.ENTRIES:
        return fact_of_type(Type("tuple", element.arguments)) if len(element.arguments) == 2 else NOTHING
    return fact_of_type(element)


def value_of(wire: Wire, made: dict[str, Op], names: Names) -> Fact:
    """Return what is known of a value."""
    op = made.get(wire.name)
    match op:
        case Apply(code=code) if not code.definitions:
            sides = {side.name: value_of(side, made, names) for side in op.inputs}
            return Reading(names, sides).of(ast.parse(code.text, mode="eval").body)
        case Fold(arguments=arguments):
            form = form_of(op, items_of(op.inputs[0], made, names), names)
            default = [known for name, code in arguments if name == "default" for known in constant(code, names)]
            if isinstance(form, Unknown) or (op.function == "reduce" and shows_order(form)):
                return NOTHING if op.function == "reduce" else _whole(wire)
            if len(default) == ("default" in dict(arguments)):
                return joined(form.fact, fact_of_value(default[0])) if default else form.fact
    return _whole(wire)


def _whole(wire: Wire) -> Fact:
    """Return what a wire's type says of the whole of it."""
    if wire.facts.shape is Shape.ITEMS:
        return Fact(Type("list", (wire.facts.element,)))
    return fact_of_type(wire.facts.element)


def _is_routed(op: Op) -> bool:
    return isinstance(op, Move) and op.verb == "route"
