"""Lower expressions: what is an operator becomes one, what is plain Python on values becomes an `Apply`."""

from __future__ import annotations

import ast
import operator
from collections.abc import Iterator
from copy import copy
from typing import Any, TypeVar

from flowcc.facts import UNKNOWN, Shape
from flowcc.frontend import faults
from flowcc.frontend.apply import apply_code, check_value, items_of_tuple, static_value
from flowcc.frontend.closures import calls, code_of
from flowcc.frontend.collections import add_fold, items_of, literal_items, lower_comprehension, lower_subscript
from flowcc.frontend.element_code import OUTSIDE, AlreadyReported, CodeBuilder
from flowcc.frontend.infer import infer_several
from flowcc.frontend.laziness import raising, refusal, with_kind
from flowcc.frontend.lowering import Fault, Lowering
from flowcc.frontend.operators import operator_of
from flowcc.frontend.values import LAZY, ElementCode, Faulty, Flowing, Known, Several, Symbol, Value
from flowcc.frontend.verb_calls import late_output
from flowcc.ir import Concat, Wire
from flowcc.scopes import COMPREHENSIONS, names_read_now


def lower_expression(node: ast.expr, lowering: Lowering, hint: str = "") -> Value:
    """Return what ``node`` stands for, adding the operators it needs; a new wire is named like ``hint``."""
    match node:
        case ast.Name(id=name):
            return _named(lowering.look_up(name, node), node)
        case ast.Constant(value=value):
            return Known(value)
        case ast.Lambda():
            return ElementCode(with_defaults(node, lowering), scope=lowering, in_flow=True)
        case ast.Tuple() | ast.BinOp() if is_tuple(node, lowering):
            return _several(list(_items_of_tuple(node, lowering)))
        case ast.ListComp() | ast.SetComp() | ast.GeneratorExp() | ast.DictComp():
            return with_kind(lower_comprehension(node, lowering, hint), node, lowering)
        case ast.Call():
            made = None if lowering.conditional else operator_of(node, lowering, hint)
            return with_kind(made, node, lowering) if made is not None else residual(node, lowering, hint)
        case ast.Subscript():
            return lower_subscript(node, lowering, hint) or residual(node, lowering, hint)
        case ast.Attribute(value=value, attr="late"):
            held = lowering.lower(value) if _may_flow(value, lowering) else None
            late = late_output(held.wire, node, lowering, hint) if isinstance(held, Flowing) else None
            return late or residual(node, lowering, hint)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return _plus(node, left, right, lowering, hint)
        case ast.IfExp(test=test, body=body, orelse=orelse):
            chosen = static_value(test, lowering)
            if chosen is not None:
                return lower_expression(body if chosen.value else orelse, lowering, hint)
    return residual(node, lowering, hint)


Function = TypeVar("Function", ast.Lambda, ast.FunctionDef)


def with_defaults(function: Function, lowering: Lowering) -> Function:
    """Return a function whose defaults are what they are where it stands, whatever their names come to mean later."""
    arguments = function.args
    defaults = [_settled(default, lowering) for default in arguments.defaults]
    keywords = [default and _settled(default, lowering) for default in arguments.kw_defaults]
    if defaults == arguments.defaults and keywords == arguments.kw_defaults:
        return function
    copied = copy(function)
    copied.args = copy(arguments)
    copied.args.defaults, copied.args.kw_defaults = defaults, keywords
    return copied


def _settled(default: ast.expr, lowering: Lowering) -> ast.expr:
    if not names_read_now(default) & (lowering.names.keys() | lowering.own):
        return default
    name = lowering.product.fresh("default")
    lowering.names[name] = lowering.lower(default)
    return ast.copy_location(ast.Name(name, ast.Load()), default)


def _named(value: Value, node: ast.Name) -> Value:
    return Symbol(value.name, value.tree or node) if isinstance(value, Symbol) else value


def _several(values: list[Value]) -> Value:
    if any(isinstance(value, Faulty) for value in values):
        return Faulty()
    if all(isinstance(value, Known) for value in values):
        return Known(tuple(value.value for value in values if isinstance(value, Known)))
    return Several(tuple(values))


def is_tuple(node: ast.expr, lowering: Lowering) -> bool:
    """Whether an expression is a tuple with as many items as is known when the flow is compiled."""
    match node:
        case ast.Name(id=name):
            value = lowering.names.get(name)
            return isinstance(value, Several) or (isinstance(value, Known) and type(value.value) is tuple)
        case ast.Tuple(elts=parts):
            return all(is_tuple(p.value, lowering) for p in parts if isinstance(p, ast.Starred))
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return is_tuple(right, lowering) and is_tuple(left, lowering)
    return False


def _items_of_tuple(node: ast.expr, lowering: Lowering) -> Iterator[Value]:
    match node:
        case ast.Tuple(elts=parts):
            for part in parts:
                if isinstance(part, ast.Starred):
                    yield from _items_of_tuple(part.value, lowering)
                else:
                    yield lower_expression(part, lowering)
        case ast.BinOp(left=left, right=right):
            yield from _items_of_tuple(left, lowering)
            yield from _items_of_tuple(right, lowering)
        case _:
            yield from items_of_tuple(lowering.lower(node)) or ()


def _plus(node: ast.BinOp, left: ast.expr, right: ast.expr, lowering: Lowering, hint: str) -> Value:
    """``xs + ys``: one collection after the other; on values it is Python's."""
    flowing = [_may_flow(part, lowering) for part in (left, right)]
    if (
        lowering.conditional
        or not any(flowing)
        or not all(flows or isinstance(part, ast.List) for flows, part in zip(flowing, (left, right), strict=True))
    ):
        return residual(node, lowering, hint)
    both = [lower_expression(part, lowering) for part in (left, right)]
    refused = _refused_sum(both)
    if refused is not None:
        error, wire = refused
        return raising(error, wire, node, lowering, hint)
    if any(isinstance(value, Flowing) and value.wire.facts.shape is Shape.ITEMS for value in both):
        both = [_listed(value, part, lowering) for value, part in zip(both, (left, right), strict=True)]
    match both:
        case [Flowing(wire=a), Flowing(wire=b)] if a.facts.shape is b.facts.shape is Shape.ITEMS:
            element = a.facts.element if a.facts.element == b.facts.element else UNKNOWN
            facts = infer_several([a.facts, b.facts], element, ordered=True)
            span = lowering.span(node)
            return lowering.add(Concat(out=lowering.wire(hint, facts), inputs=(a, b), span=span))
        case [Known(), Known()]:
            return static_value(node, lowering) or residual(node, lowering, hint)
    builder = CodeBuilder(lowering)
    sides = [_as_part(value, part, builder, lowering) for value, part in zip(both, (left, right), strict=True)]
    return apply_code(ast.copy_location(ast.BinOp(sides[0], ast.Add(), sides[1]), node), builder, node, lowering, hint)


def _refused_sum(both: list[Value]) -> tuple[Exception, Wire] | None:
    """Return what Python raises for `+` where a side is an iterator or a view."""
    flowing = [value for value in both if isinstance(value, Flowing)]
    if not any(value.kind for value in flowing):
        return None
    error = refusal(operator.add, *(value.kind if isinstance(value, Flowing) else "" for value in both))
    return (error, flowing[0].wire) if error is not None else None


def _listed(value: Value, node: ast.expr, lowering: Lowering) -> Value:
    """Return what is written as a list as items, where it is added to a collection."""
    match value:
        case Flowing(wire=wire) if wire.facts.shape is Shape.VALUE and wire.facts.element.name == "list":
            return Flowing(items_of(value, node, lowering) or wire)
        case Known() | ElementCode() if isinstance(node, ast.List):
            return Flowing(literal_items(node, lowering))
    return value


def _as_part(value: Value, node: ast.expr, builder: CodeBuilder, lowering: Lowering) -> ast.expr:
    if isinstance(value, Faulty):
        raise AlreadyReported
    if isinstance(value, Flowing):
        check_value(value.wire, node, lowering)
        return builder.read(value.wire, node)
    return builder.expression(node)


def _may_flow(node: ast.expr, lowering: Lowering) -> bool:
    """Whether anything in an expression is data."""
    return any(
        isinstance(lowering.names.get(part.id), Flowing | Several | Faulty)
        for part in ast.walk(node)
        if isinstance(part, ast.Name)
    )


def _flows_now(node: ast.expr, lowering: Lowering) -> bool:
    """Whether evaluating an expression reads data; a function that is only made reads it when it is called."""
    if calls(node):
        return _may_flow(node, lowering)
    return any(isinstance(lowering.names.get(n), Flowing | Several | Faulty) for n in names_read_now(node))


def residual(node: ast.expr, lowering: Lowering, hint: str = "") -> Value:
    """Lower an expression that is no operator itself: the operators in it first, the rest as one `Apply`."""
    if not _flows_now(node, lowering):
        return static_value(node, lowering) or code_of(node, lowering)
    builder = CodeBuilder(lowering)
    return apply_code(parts_of(node, builder, lowering), builder, node, lowering, hint)


def parts_of(node: ast.expr, builder: CodeBuilder, lowering: Lowering) -> ast.expr:
    """Return ``node`` with each operator in it replaced by the name of its wire."""
    if type(node) in OUTSIDE:
        raise Fault(faults.outside_language(lowering.span(node), OUTSIDE[type(node)]))
    match node:
        case ast.Name():
            return _name_part(node, builder, lowering)
        case ast.Lambda():
            return builder.expression(node)
        case ast.Call() | ast.Subscript() if not lowering.conditional and _may_flow(node, lowering):
            return _operator_part(node, builder, lowering)
        case ast.IfExp(test=test, body=body, orelse=orelse):
            asked = _truth(test, builder, lowering)
            with lowering.within_condition():
                chosen = [parts_of(part, builder, lowering) for part in (body, orelse)]
            return ast.copy_location(ast.IfExp(asked, *chosen), node)
        case ast.BoolOp(op=operator, values=[first, *rest]):
            head = parts_of(first, builder, lowering)
            with lowering.within_condition():
                tail = [parts_of(part, builder, lowering) for part in rest]
            return ast.copy_location(ast.BoolOp(operator, [head, *tail]), node)
    if isinstance(node, COMPREHENSIONS):
        return builder.expression(node) if lowering.conditional else _operator_part(node, builder, lowering)
    return _rebuilt(node, builder, lowering)


def _truth(node: ast.expr, builder: CodeBuilder, lowering: Lowering) -> ast.expr:
    """A condition: of a collection, whether it has items, which its length says."""
    match node:
        case ast.Name(id=name) if not lowering.conditional:
            match lowering.look_up(name, node):
                case Flowing(kind=kind) if kind in LAZY:
                    return ast.copy_location(ast.Constant(True), node)
                case Flowing(wire=wire) if wire.facts.shape is Shape.ITEMS:
                    return builder.read(add_fold("len", wire, node, lowering, "").wire, node)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return ast.copy_location(ast.UnaryOp(ast.Not(), _truth(operand, builder, lowering)), node)
    return parts_of(node, builder, lowering)


def _name_part(node: ast.Name, builder: CodeBuilder, lowering: Lowering) -> ast.expr:
    value = lowering.look_up(node.id, node)
    if isinstance(value, Flowing) and not lowering.conditional:
        check_value(value.wire, node, lowering)
    return builder.expression(node)


def _operator_part(node: ast.expr, builder: CodeBuilder, lowering: Lowering) -> ast.expr:
    match node:
        case ast.Call():
            value = operator_of(node, lowering, "")
        case ast.Subscript():
            value = lower_subscript(node, lowering, "")
        case _:
            value = lower_comprehension(node, lowering, "") if _may_flow(node, lowering) else None
    match value:
        case Flowing(wire=wire):
            if isinstance(node, ast.GeneratorExp):
                return _as_generator(builder.read(wire, node), node)
            if not isinstance(node, ast.ListComp):
                check_value(wire, node, lowering)
            return builder.read(wire, node)
        case Known(value=plain):
            return builder.literal(plain, node)
        case ElementCode():
            return builder.value(value, node)
        case Faulty():
            raise AlreadyReported
    if isinstance(node, COMPREHENSIONS):
        return builder.expression(node)
    return _rebuilt(node, builder, lowering)


def _as_generator(items: ast.expr, node: ast.expr) -> ast.expr:
    """Return a generator of what was collected, for code that may go over it once, as over the user's own."""
    item, each = ast.Name("_", ast.Load()), ast.Name("_", ast.Store())
    made = ast.copy_location(ast.GeneratorExp(item, [ast.comprehension(each, items, [], 0)]), node)
    return ast.fix_missing_locations(made)


def _rebuilt(node: ast.expr, builder: CodeBuilder, lowering: Lowering) -> ast.expr:
    fields: dict[str, Any] = {}
    for name, value in ast.iter_fields(node):
        parts = value if isinstance(value, list) else [value]
        made = [_field_part(part, builder, lowering) for part in parts]
        fields[name] = made if isinstance(value, list) else made[0]
    rebuilt = ast.copy_location(type(node)(**fields), node)
    assert isinstance(rebuilt, ast.expr)
    return rebuilt


def _field_part(part: object, builder: CodeBuilder, lowering: Lowering) -> object:
    if isinstance(part, ast.expr):
        return parts_of(part, builder, lowering)
    if isinstance(part, ast.keyword):
        return ast.copy_location(ast.keyword(part.arg, parts_of(part.value, builder, lowering)), part)
    return part
