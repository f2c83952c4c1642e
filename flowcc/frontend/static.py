"""Expressions whose value is known when the flow is compiled: constants, parameters, and plain arithmetic on them.

Only what cannot have an effect is evaluated: operators, displays, indexing, and calls of a few builtins.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable
from typing import TypeAlias

LookUp: TypeAlias = Callable[[str], object]
Asked: TypeAlias = Callable[[str], bool]
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


def evaluate(tree: ast.expr, look_up: LookUp, is_builtin: Asked) -> object:
    """Return the value of ``tree``; ``look_up`` gives a name's value or raises `NotStatic`.

    ``is_builtin`` says that nothing hides the builtin function of a name.
    """
    names: dict[str, object] = {}
    for node in ast.walk(tree):
        _check(node, look_up, is_builtin, names)
    try:
        code = compile(ast.Expression(tree), "<static>", "eval")
        value = eval(code, {"__builtins__": {name: getattr(builtins, name) for name in CALLABLE}}, names)
    except NotStatic:
        raise
    except (ArithmeticError, LookupError, TypeError, ValueError, AttributeError, MemoryError, RecursionError) as error:
        raise NotStatic(str(error)) from None
    return value


def _check(node: ast.AST, look_up: LookUp, is_builtin: Asked, names: dict[str, object]) -> None:
    if not isinstance(node, ALLOWED):
        raise NotStatic(f"`{ast.unparse(node)}` runs code")
    match node:
        case ast.Call(func=ast.Name(id=name)) if name in CALLABLE and not node.keywords:
            if not is_builtin(name):
                raise NotStatic(f"`{name}` is a name of the program's own")
        case ast.Call():
            raise NotStatic(f"`{ast.unparse(node.func)}` is called")
        case ast.BinOp(op=ast.Pow() | ast.LShift() | ast.Mult(), right=last) if not _is_small(
            last, look_up, is_builtin
        ):
            raise NotStatic("it could be very large")
        case ast.Name(id=name) if name not in CALLABLE or not is_builtin(name):
            names[name] = look_up(name)


def _is_small(tree: ast.expr, look_up: LookUp, is_builtin: Asked) -> bool:
    value = evaluate(tree, look_up, is_builtin)
    if isinstance(value, int | float):
        return abs(value) <= LARGEST
    return not isinstance(value, str | bytes | tuple | list) or len(value) <= LARGEST
