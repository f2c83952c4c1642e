"""Which operator a call is: a function of the language, another flow, a view of a dict; else it is plain Python."""

from __future__ import annotations

import ast

from flowcc.facts import Shape
from flowcc.frontend import faults
from flowcc.frontend.apply import apply_code
from flowcc.frontend.calls import Call
from flowcc.frontend.collections import add_entries, add_fold, items_of
from flowcc.frontend.element_code import AlreadyReported, CodeBuilder
from flowcc.frontend.functions import FUNCTIONS
from flowcc.frontend.inline import inline
from flowcc.frontend.laziness import raising, refusal
from flowcc.frontend.lowering import Fault, Lowering
from flowcc.frontend.symbols import MUTATING, NOT_YET
from flowcc.frontend.values import VIEWS, Faulty, Flowing, OtherFlow, Symbol, Value
from flowcc.ir import Wire


def operator_of(node: ast.Call, lowering: Lowering, hint: str) -> Value | None:
    """Lower a call that is an operator; None when it is a plain Python call on values."""
    function = lowering.called(node.func)
    match function:
        case Symbol(name=name) if name in NOT_YET:
            raise Fault(faults.not_yet(lowering.span(node), name))
        case Symbol(name=name) if name in FUNCTIONS:
            return FUNCTIONS[name](Call(node, name, lowering, hint))
        case OtherFlow():
            return inline(function, node, lowering, hint)
        case Faulty():
            raise AlreadyReported
        case None:
            return _method(node, lowering, hint)
    _refuse_collections(node, lowering)
    return None


def _method(node: ast.Call, lowering: Lowering, hint: str) -> Value | None:
    """A method of something that flows: views of a dict, ``join``; what mutates is refused."""
    if not isinstance(node.func, ast.Attribute):
        return None
    method = node.func.attr
    if method == "join" and len(node.args) == 1:
        return _join(node, node.func, lowering, hint)
    held = lowering.lower(node.func.value)
    if isinstance(held, Faulty):
        raise AlreadyReported
    if not isinstance(held, Flowing):
        _refuse_collections(node, lowering)
        return None
    if method in MUTATING:
        written = f"`{ast.unparse(node.func)}(…)`"
        raise Fault(faults.mutation(lowering.span(node), written, "xs + ys, a comprehension, or sorted(xs)"))
    refused = refusal(lambda it: getattr(it, method), held.kind) if held.kind else None
    if refused is not None:
        return raising(refused, held.wire, node, lowering, hint)
    if method in VIEWS and not node.args and held.wire.facts.shape is not Shape.ITEMS:
        return Flowing(add_entries(method, held.wire, node, lowering, hint))
    if held.wire.facts.shape is Shape.ITEMS:
        if method == "copy" and not node.args:
            return held
        raise Fault(faults.unknown_operator(lowering.span(node), f".{method}"))
    return plain_call(node, held.wire, lowering, hint)


def plain_call(node: ast.Call, held: Wire, lowering: Lowering, hint: str) -> Value:
    """A method of a value: Python's own, on values."""
    assert isinstance(node.func, ast.Attribute)
    builder = CodeBuilder(lowering)
    function = ast.Attribute(builder.read(held, node), node.func.attr, ast.Load())
    arguments = [lowering.product.recursion.parts(argument, builder, lowering) for argument in node.args]
    keywords = [ast.keyword(k.arg, lowering.product.recursion.parts(k.value, builder, lowering)) for k in node.keywords]
    tree = ast.copy_location(ast.Call(ast.copy_location(function, node), arguments, keywords), node)
    return apply_code(tree, builder, node, lowering, hint)


def _join(node: ast.Call, function: ast.Attribute, lowering: Lowering, hint: str) -> Value | None:
    if isinstance(node.args[0], ast.Tuple):  # of values: Python's own
        return None
    value = lowering.lower(node.args[0])
    if not isinstance(value, Flowing):
        return None
    items = items_of(value, node.args[0], lowering)
    assert items is not None
    builder = CodeBuilder(lowering)
    separator = builder.code(function.value)
    return add_fold("join", items, node, lowering, hint, (("separator", separator),), tuple(builder.inputs))


def _refuse_collections(node: ast.Call, lowering: Lowering) -> None:
    """A function that the language does not know may be called with values, not with whole collections."""
    for argument in [*node.args, *(keyword.value for keyword in node.keywords)]:
        value = lowering.names.get(argument.id) if isinstance(argument, ast.Name) else None
        if isinstance(value, Flowing) and value.wire.facts.shape is Shape.ITEMS:
            raise Fault(faults.unknown_operator(lowering.span(node), ast.unparse(node.func)))
