"""Operators that do not compute all of their operands: `and`, `or`, chained comparison, `if` expressions."""

from __future__ import annotations

import ast

from flowcc.backend.kernels.comparisons import compare
from flowcc.backend.kernels.scope import Scope, choose, constant
from flowcc.backend.kernels.truth import truth
from flowcc.backend.kernels.values import Value


def bool_operation(scope: Scope, node: ast.BoolOp) -> Value:
    """``and`` and ``or`` give one of their operands; later ones are computed only when asked for."""
    first, *rest = node.values
    result = scope.value(first)
    for later in rest:
        result = _and_or(scope, node, result, later)
    return result


def _and_or(scope: Scope, node: ast.BoolOp, left: Value, later: ast.expr) -> Value:
    held = truth(scope, left, node)
    if isinstance(held, bool):
        return scope.value(later) if held == isinstance(node.op, ast.And) else left

    def right() -> Value:
        return scope.value(later)

    def same() -> Value:
        return left

    first, second = (right, same) if isinstance(node.op, ast.And) else (same, right)
    return choose(scope, held, first, second, node)


def test(scope: Scope, node: ast.expr) -> str | bool:
    """Translate an expression of which only the truth matters: its operands may differ in type."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        held = test(scope, node.operand)
        return not held if isinstance(held, bool) else scope.w.temporary(f"not {held}")
    if not isinstance(node, ast.BoolOp):
        return truth(scope, scope.value(node), node)
    every = isinstance(node.op, ast.And)
    result: str | bool = every
    for part in node.values:
        if isinstance(result, bool):
            if result != every:
                return result
            result = test(scope, part)
            continue
        result = _short_circuit(scope, result, part, every)
    return result


def _short_circuit(scope: Scope, left: str, node: ast.expr, every: bool) -> str:
    w = scope.w
    with w.captured() as lines:
        right = test(scope, node)
    if not lines:
        return w.temporary(f"{left} {'and' if every else 'or'} {right}")
    result = w.temporary(left)
    lines.append("    " * (w.depth + 1) + f"{result} = {right}")
    w.extend(f"if {result if every else f'not {result}'}:", lines)
    return result


def comparison(scope: Scope, node: ast.Compare) -> Value:
    """Translate a comparison, chained or not."""
    left = scope.value(node.left)
    return _chain(scope, left, list(zip(node.ops, node.comparators, strict=True)), node)


def _chain(scope: Scope, left: Value, rest: list[tuple[ast.cmpop, ast.expr]], node: ast.Compare) -> Value:
    (op, right_node), *later = rest
    if isinstance(op, ast.In | ast.NotIn) and isinstance(right_node, ast.Set | ast.List):
        right_node = ast.copy_location(ast.Tuple(right_node.elts, ast.Load()), right_node)
    right = scope.value(right_node)
    first = compare(scope, left, op, right, node)
    if not later:
        return first
    held = truth(scope, first, node)
    if isinstance(held, bool):
        return _chain(scope, right, later, node) if held else first
    return choose(scope, held, lambda: _chain(scope, right, later, node), lambda: constant(scope.w, False, node), node)


def conditional(scope: Scope, asked: ast.expr, body: ast.expr, orelse: ast.expr, node: ast.AST) -> Value:
    """Translate ``body if asked else orelse``."""
    held = test(scope, asked)
    if isinstance(held, bool):
        return scope.value(body if held else orelse)
    return choose(scope, held, lambda: scope.value(body), lambda: scope.value(orelse), node)
