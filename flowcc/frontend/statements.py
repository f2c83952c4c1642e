"""Lower the statements of a flow: assignments, static loops and choices, nested functions, and the result."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import replace

from flowcc.facts import Type
from flowcc.frontend import faults
from flowcc.frontend.annotations import check_demand, read_annotation
from flowcc.frontend.apply import apply_code, items_of_tuple, static_value
from flowcc.frontend.collections import literal_items
from flowcc.frontend.element_code import AlreadyReported, CodeBuilder
from flowcc.frontend.expressions import is_tuple, with_defaults
from flowcc.frontend.iterators import bind_again, follow_captures, follow_iterators
from flowcc.frontend.lowering import Fault, Lowering
from flowcc.frontend.values import LAZY, ElementCode, Faulty, Flowing, Known, OneShot, Several, Value
from flowcc.scopes import target_names

NAMES_OF_STATEMENTS = {
    ast.While: "while", ast.Try: "try", ast.TryStar: "try", ast.With: "with", ast.AsyncWith: "with",
    ast.AsyncFor: "async for", ast.Global: "global", ast.Nonlocal: "nonlocal", ast.Delete: "del", ast.Raise: "raise",
    ast.Assert: "assert", ast.Import: "import", ast.ImportFrom: "import", ast.ClassDef: "class", ast.Match: "match",
    ast.Break: "break", ast.Continue: "continue", ast.AsyncFunctionDef: "async def",
}  # fmt: skip

MOST_ROUNDS = 2_000  # a loop is unrolled; a longer one is a mistake or wants `fixpoint`


def lower_body(statements: Sequence[ast.stmt], lowering: Lowering) -> Value | None:
    """Lower statements up to the first ``return`` that is reached; return its value, or None without one."""
    for position, statement in enumerate(statements):
        try:
            returned = _lower_statement(statement, lowering)
        except Fault as fault:
            lowering.report(fault)
            _spoil(statement, lowering)
            returned = Faulty() if isinstance(statement, ast.Return) else None
        except AlreadyReported:
            _spoil(statement, lowering)
            returned = Faulty() if isinstance(statement, ast.Return) else None
        if returned is not None:
            _check_unreached(statements[position + 1 :], statement, lowering)
            return returned
    return None


def _spoil(statement: ast.stmt, lowering: Lowering) -> None:
    """Whatever a faulty statement would have bound is not complained about again."""
    for node in ast.walk(statement):
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node is statement:
            lowering.names[node.name] = Faulty()
        if isinstance(node, ast.alias):
            lowering.names[node.asname or node.name.partition(".")[0]] = Faulty()
        if isinstance(node, ast.expr):
            for name in target_names(node) if isinstance(node, ast.Name | ast.Tuple | ast.List) else ():
                lowering.names[name] = Faulty()


def _check_unreached(rest: Sequence[ast.stmt], statement: ast.stmt, lowering: Lowering) -> None:
    if rest and isinstance(statement, ast.Return):
        lowering.report(Fault(faults.not_straight(lowering.span(rest[0]), "one with code after its `return`")))


def _lower_statement(statement: ast.stmt, lowering: Lowering) -> Value | None:
    follow_iterators(statement, lowering)
    match statement:
        case ast.Expr(value=ast.Constant()) | ast.Pass():
            return None
        case ast.Assign(targets=targets, value=value):
            _assign(targets, value, lowering)
        case ast.AnnAssign(target=ast.Name(), value=None):
            return None  # the name's type, for type checkers
        case ast.AnnAssign():
            _assign_annotated(statement, lowering)
        case ast.AugAssign():
            _augment(statement, lowering)
        case ast.FunctionDef(name=name):
            _define(name, statement, lowering)
        case ast.Return(value=value):
            return _return(value, statement, lowering)
        case ast.For():
            return _unroll(statement, lowering)
        case ast.If(test=test, body=body, orelse=orelse):
            known = static_value(test, lowering)
            if known is None:
                raise Fault(faults.choice_on_data(lowering.span(test)))
            return lower_body(body if known.value else orelse, lowering)
        case ast.Expr(value=ast.Yield() | ast.YieldFrom() as expression):
            raise Fault(faults.outside_language(lowering.span(expression), "yield"))
        case ast.Expr(value=expression):
            _effect(expression, lowering)
        case _:
            name = NAMES_OF_STATEMENTS.get(type(statement), type(statement).__name__.lower())
            raise Fault(faults.outside_language(lowering.span(statement), name))
    return None


def _effect(expression: ast.expr, lowering: Lowering) -> None:
    """A bare expression can only be there for its effect; a method that mutates gets its own fault."""
    value = lowering.lower(expression)
    if isinstance(value, Faulty):
        raise AlreadyReported
    written = ast.unparse(expression)
    raise Fault(faults.mutation(lowering.span(expression), f"`{written}`", "assign what it gives, or leave it out"))


def _assign(targets: Sequence[ast.expr], value: ast.expr, lowering: Lowering) -> None:
    hint = targets[0].id if len(targets) == 1 and isinstance(targets[0], ast.Name) else ""
    made = lowering.lower(value, hint)
    for target in targets:
        bind(target, made, lowering)
    if isinstance(made, Flowing):
        follow_captures([name for target in targets for name in target_names(target)], value, lowering)


def bind(target: ast.expr, value: Value, lowering: Lowering) -> None:
    """Give a target its value; tuples are unpacked."""
    match target, value:
        case _, Faulty():
            for name in target_names(target):
                lowering.names[name] = value
        case ast.Name(id=name), _:
            lowering.names[name] = value
            if isinstance(value, Flowing) and value.kind in LAZY:
                lowering.iterators.setdefault(name, OneShot())
        case ((ast.Tuple(elts=parts) | ast.List(elts=parts)), Several(items=items)) if len(parts) == len(items):
            for part, item in zip(parts, items, strict=True):
                bind(part, item, lowering)
        case ((ast.Tuple(elts=parts) | ast.List(elts=parts)), Known(value=plain)) if _unpacks(plain, len(parts)):
            for part, item in zip(parts, list(plain), strict=True):  # type: ignore[call-overload]
                bind(part, Known(item), lowering)
        case ((ast.Tuple(elts=parts) | ast.List(elts=parts)), Flowing()):
            _unpack_value(parts, value, target, lowering)
        case ((ast.Tuple() | ast.List()), _):
            raise Fault(faults.not_known_early(lowering.span(target), "what is unpacked has another number of parts"))
        case _:
            written = f"`{ast.unparse(target)} = …`"
            raise Fault(faults.mutation(lowering.span(target), written, "d | {key: value}, or a new record"))


def _unpacks(plain: object, length: int) -> bool:
    return isinstance(plain, tuple | list | str) and len(plain) == length


def _unpack_value(parts: Sequence[ast.expr], value: Flowing, target: ast.expr, lowering: Lowering) -> None:
    """``a, b = value``: unpacked as Python does, which tells of more or fewer parts, then each by position."""
    if any(isinstance(part, ast.Starred) for part in parts):
        raise Fault(faults.not_known_early(lowering.span(target), "how many there are; xs[0] and xs[1:] say which"))
    temporary = lowering.product.fresh("")
    lowering.names[temporary] = _unpacked(len(parts), value, target, lowering)
    for position, part in enumerate(parts):
        index = ast.Subscript(ast.Name(temporary, ast.Load()), ast.Constant(position), ast.Load())
        located = ast.fix_missing_locations(ast.copy_location(index, target))
        hint = part.id if isinstance(part, ast.Name) else ""
        bind(part, lowering.lower(located, hint), lowering)


def _unpacked(count: int, value: Flowing, target: ast.expr, lowering: Lowering) -> Value:
    """Return a value that has exactly ``count`` parts, as a tuple of them."""
    builder = CodeBuilder(lowering)
    held = builder.read(value.wire, target)
    names = [f"_part_{position}" for position in range(count)]
    made = ast.Tuple([ast.Name(name, ast.Load()) for name in names], ast.Load())
    taken = ast.Tuple([ast.Name(name, ast.Store()) for name in names], ast.Store())
    only = ast.ListComp(made, [ast.comprehension(taken, ast.List([held], ast.Load()), [], 0)])
    tree = ast.Subscript(only, ast.Constant(0), ast.Load())
    located = ast.fix_missing_locations(ast.copy_location(tree, target))
    return apply_code(located, builder, target, lowering, "")


def _assign_annotated(statement: ast.AnnAssign, lowering: Lowering) -> None:
    if statement.value is None or not isinstance(statement.target, ast.Name):
        raise Fault(faults.outside_language(lowering.span(statement), ast.unparse(statement)))
    name = statement.target.id
    value = lowering.lower(statement.value, name)
    lowering.names[name] = _as_annotated(value, statement, lowering)
    if isinstance(value, Flowing):
        follow_captures([name], statement.value, lowering)


def _as_annotated(value: Value, statement: ast.AnnAssign, lowering: Lowering) -> Value:
    annotation = read_annotation(statement.annotation, lowering)
    if isinstance(value, Faulty):
        raise AlreadyReported
    if not isinstance(value, Flowing):
        if annotation.kind in ("Stream", "Batch", "Bag") and isinstance(value, Known | ElementCode) and statement.value:
            return Flowing(literal_items(statement.value, lowering))
        return value
    element = check_demand(annotation, value.wire.facts, statement.annotation, ast.unparse(statement.target), lowering)
    return retyped(value, element, lowering)


def retyped(value: Flowing, element: Type, lowering: Lowering) -> Flowing:
    """Return the same wire with the element type an annotation gives, changing the operator that gives it."""
    ops = lowering.product.ops
    if element == value.wire.facts.element or not ops or ops[-1].out != value.wire:
        return value
    wire = replace(value.wire, facts=replace(value.wire.facts, element=element))
    ops[-1] = replace(ops[-1], out=wire)
    return replace(value, wire=wire)


def _augment(statement: ast.AugAssign, lowering: Lowering) -> None:
    if not isinstance(statement.target, ast.Name):
        written = f"`{ast.unparse(statement)}`"
        raise Fault(faults.mutation(lowering.span(statement), written, "a new value under a name"))
    name = statement.target.id
    held = lowering.look_up(name, statement.target)
    if isinstance(held, Flowing) and held.wire.facts.element.name in ("dict", "set", "list"):
        written = f"`{ast.unparse(statement)}`"
        raise Fault(faults.mutation(lowering.span(statement), written, f"{name} = {name} | …"))
    value = ast.BinOp(ast.Name(name, ast.Load()), statement.op, statement.value)
    located = ast.copy_location(value, statement)
    ast.copy_location(value.left, statement.target)
    lowering.names[name] = lowering.lower(located, name)


def _define(name: str, statement: ast.FunctionDef, lowering: Lowering) -> None:
    if statement.decorator_list:
        where = lowering.span(statement.decorator_list[0])
        raise Fault(faults.outside_language(where, f"@{ast.unparse(statement.decorator_list[0])}"))
    tree = ast.copy_location(ast.Name(name, ast.Load()), statement)
    definition = with_defaults(statement, lowering)
    lowering.names[name] = ElementCode(tree, definition=definition, scope=lowering, in_flow=True)


def _return(value: ast.expr | None, statement: ast.Return, lowering: Lowering) -> Value:
    if value is None:
        raise Fault(faults.not_straight(lowering.span(statement), "one that returns nothing"))
    return lowering.lower(value, "")


def _unroll(statement: ast.For, lowering: Lowering) -> Value | None:
    items = _rounds(statement, lowering)
    if statement.orelse:
        raise Fault(faults.outside_language(lowering.span(statement.orelse[0]), "else"))
    if len(items) > MOST_ROUNDS:
        raise Fault(faults.not_known_early(lowering.span(statement.iter), "the loop is too long to unroll"))
    for item in items:
        bind_again(target_names(statement.target), statement, lowering)
        bind(statement.target, item, lowering)
        returned = lower_body(statement.body, lowering)
        if returned is not None:
            return returned
    return None


def _rounds(statement: ast.For, lowering: Lowering) -> list[Value]:
    """Return what the target of an unrolled loop stands for in each round."""
    known = static_value(statement.iter, lowering)
    if known is None and is_tuple(statement.iter, lowering):
        return items_of_tuple(lowering.lower(statement.iter)) or []
    if known is None:
        raise _loop_fault(statement, lowering)
    try:
        return [Known(item) for item in known.value]  # type: ignore[attr-defined]
    except TypeError:
        raise Fault(faults.not_known_early(lowering.span(statement.iter), "it is no collection")) from None


def _loop_fault(statement: ast.For, lowering: Lowering) -> Fault:
    value = lowering.lower(statement.iter)
    if isinstance(value, Faulty):
        raise AlreadyReported
    where = lowering.span(statement.iter)
    if isinstance(value, Flowing):
        return Fault(faults.loop_over_data(where, ast.unparse(statement.iter)))
    return Fault(faults.not_known_early(where, "the loop is unrolled"))
