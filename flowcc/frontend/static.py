"""Expressions whose value is known when the flow is compiled: constants, parameters, and plain arithmetic on them.

Only what cannot have an effect is evaluated: operators, displays, indexing, and calls of a few builtins.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable

CALLABLE = frozenset(
    "range len min max sum abs round int float str bool tuple list sorted reversed enumerate zip divmod set "
    "dict".split()
)
ALLOWED = (
    ast.Constant, ast.Name, ast.Load, ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.Compare, ast.IfExp, ast.Tuple, ast.List,
    ast.Subscript, ast.Slice, ast.operator, ast.unaryop, ast.boolop, ast.cmpop, ast.Call, ast.JoinedStr,
    ast.FormattedValue, ast.Dict, ast.Set,
)  # fmt: skip
LARGEST = 1_000_000  # items or bits; beyond, work is for when the flow runs


class NotStatic(Exception):
    """The expression is not known when the flow is compiled."""


def evaluate(tree: ast.expr, look_up: Callable[[str], object]) -> object:
    """Return the value of ``tree``; ``look_up`` gives a name's value or raises `NotStatic`."""
    names: dict[str, object] = {}
    for node in ast.walk(tree):
        _check(node, tree, look_up, names)
    try:
        code = compile(ast.Expression(tree), "<static>", "eval")
        value = eval(code, {"__builtins__": {name: getattr(builtins, name) for name in CALLABLE}}, names)
    except NotStatic:
        raise
    except (ArithmeticError, LookupError, TypeError, ValueError, AttributeError, MemoryError, RecursionError) as error:
        raise NotStatic(str(error)) from None
    return value


def _check(node: ast.AST, tree: ast.expr, look_up: Callable[[str], object], names: dict[str, object]) -> None:
    if not isinstance(node, ALLOWED):
        raise NotStatic(f"`{ast.unparse(node)}` runs code")
    match node:
        case ast.Call(func=ast.Name(id=name)) if name in CALLABLE and not node.keywords:
            pass
        case ast.Call():
            raise NotStatic(f"`{ast.unparse(node.func)}` is called")
        case ast.BinOp(op=ast.Pow() | ast.LShift() | ast.Mult(), right=right) if not _is_small(right, look_up):
            raise NotStatic("it could be very large")
        case ast.Name(id=name) if name not in CALLABLE:
            names[name] = look_up(name)


def _is_small(tree: ast.expr, look_up: Callable[[str], object]) -> bool:
    value = evaluate(tree, look_up)
    if isinstance(value, int | float):
        return abs(value) <= LARGEST
    return not isinstance(value, str | bytes | tuple | list) or len(value) <= LARGEST
