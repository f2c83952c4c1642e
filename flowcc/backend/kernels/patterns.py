"""`match` as `if`: every pattern becomes a condition and the names it binds."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from flowcc.backend.kernels.scope import Scope
from flowcc.backend.kernels.values import Static, Value, refuse
from flowcc.runtime.schema import Scalar, Struct, record_fields

BUILTIN_KINDS = {int: {"int64", "bool"}, float: {"float64"}, bool: {"bool"}, str: {"utf8"}}


@dataclass
class Matched:
    """What a pattern asks, and what it binds."""

    conditions: list[ast.expr] = field(default_factory=list)
    binds: dict[str, ast.expr] = field(default_factory=dict)


def match_cases(scope: Scope, node: ast.Match) -> list[ast.stmt]:
    """Return the statements that mean the same."""
    name = scope.w.fresh("subject")
    subject = ast.copy_location(ast.Name(name, ast.Load()), node.subject)
    value = scope.value(node.subject)
    scope.names[name] = scope.stored(value)
    lowered: list[ast.stmt] = []
    for case in reversed(node.cases):
        matched = Matched()
        _match(scope, case.pattern, subject, scope.names[name], matched)
        asked = [*matched.conditions, *([_replaced(case.guard, matched.binds)] if case.guard else [])]
        binds: list[ast.stmt] = [
            ast.copy_location(ast.Assign([ast.Name(bound, ast.Store())], expression), case.pattern)
            for bound, expression in matched.binds.items()
        ]
        body = [ast.fix_missing_locations(statement) for statement in binds] + case.body
        if not asked:
            lowered = body
            continue
        test = asked[0] if len(asked) == 1 else ast.copy_location(ast.BoolOp(ast.And(), asked), case.pattern)
        lowered = [ast.fix_missing_locations(ast.copy_location(ast.If(test, body, lowered), case.pattern))]
    return lowered


def _match(scope: Scope, pattern: ast.pattern, subject: ast.expr, value: Value, into: Matched) -> None:
    match pattern:
        case ast.MatchValue(value=wanted):
            into.conditions.append(_at(pattern, ast.Compare(subject, [ast.Eq()], [wanted])))
        case ast.MatchSingleton(value=None):
            into.conditions.append(_at(pattern, ast.Compare(subject, [ast.Is()], [ast.Constant(None)])))
        case ast.MatchAs(pattern=inner, name=name):
            if inner is not None:
                _match(scope, inner, subject, value, into)
            if name is not None:
                into.binds[name] = subject
        case ast.MatchOr(patterns=options):
            into.conditions.append(_any_of(scope, options, subject, value, pattern))
        case ast.MatchSequence(patterns=items):
            _match_items(scope, items, subject, value, into, pattern)
        case ast.MatchClass():
            _match_class(scope, pattern, subject, value, into)
        case _:
            raise refuse("this pattern has no kernel", pattern)


def _at(pattern: ast.pattern, node: ast.expr) -> ast.expr:
    return ast.fix_missing_locations(ast.copy_location(node, pattern))


def _any_of(scope: Scope, options: list[ast.pattern], subject: ast.expr, value: Value, node: ast.pattern) -> ast.expr:
    asked = []
    for option in options:
        matched = Matched()
        _match(scope, option, subject, value, matched)
        if matched.binds:
            raise refuse("a name bound inside `|`", node)
        asked.append(_at(node, ast.BoolOp(ast.And(), matched.conditions)) if matched.conditions else _truth(node, True))
    return _at(node, ast.BoolOp(ast.Or(), asked))


def _truth(node: ast.pattern, held: bool) -> ast.expr:
    return _at(node, ast.Constant(held))


def _match_items(
    scope: Scope, items: list[ast.pattern], subject: ast.expr, value: Value, into: Matched, node: ast.pattern
) -> None:
    kind = value.type
    if any(isinstance(item, ast.MatchStar) for item in items) or not isinstance(kind, Struct | Scalar):
        raise refuse("this pattern has no kernel", node)
    if (
        isinstance(kind, Scalar)
        or len(kind.items) != len(items)
        or (kind.record and not issubclass(kind.record, tuple))
    ):
        into.conditions.append(_truth(node, False))
        return
    for index, item in enumerate(items):
        part = _at(node, ast.Subscript(subject, ast.Constant(index), ast.Load()))
        _match(scope, item, part, scope.value(part), into)


def _match_class(scope: Scope, node: ast.MatchClass, subject: ast.expr, value: Value, into: Matched) -> None:
    known = scope.value(node.cls).known
    if isinstance(value.type, Scalar):
        _match_builtin(known, node, value.type, into)
        return
    if not isinstance(value.type, Struct) or isinstance(value.type, Static) or not isinstance(known, type):
        raise refuse("this pattern has no kernel", node)
    if value.type.record is not known:
        if value.type.record is None or issubclass(value.type.record, known):
            raise refuse("a class pattern for another class", node)
        into.conditions.append(_truth(node, False))
        return
    fields = record_fields(known) or ()
    names = [*fields[: len(node.patterns)], *node.kwd_attrs]
    if getattr(known, "__match_args__", ()) != fields or len(node.patterns) > len(fields):
        raise refuse("a class with its own `__match_args__`", node)
    for name, inner in zip(names, [*node.patterns, *node.kwd_patterns], strict=True):
        part = _at(node, ast.Attribute(subject, name, ast.Load()))
        _match(scope, inner, part, scope.value(part), into)


def _match_builtin(known: object, node: ast.MatchClass, kind: Scalar, into: Matched) -> None:
    if not isinstance(known, type) or known not in BUILTIN_KINDS or kind.nullable or node.patterns or node.kwd_patterns:
        raise refuse("this pattern has no kernel", node)
    into.conditions.append(_truth(node, kind.kind in BUILTIN_KINDS[known]))


def _replaced(guard: ast.expr, binds: dict[str, ast.expr]) -> ast.expr:
    """Return a guard that speaks of the subject instead of the names a pattern binds."""

    class Replace(ast.NodeTransformer):
        def visit_Name(self, node: ast.Name) -> ast.expr:
            return binds.get(node.id, node)

    replaced = Replace().visit(ast.parse(ast.unparse(guard), mode="eval").body)
    assert isinstance(replaced, ast.expr)
    return ast.fix_missing_locations(ast.copy_location(replaced, guard))
