"""Binary and unary operators over numbers, strings and tuples; constants are folded by Python itself."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable

from flowcc.backend.kernels import floats, integers
from flowcc.backend.kernels.scope import Scope, constant
from flowcc.backend.kernels.strings import concatenate
from flowcc.backend.kernels.truth import as_int, number_kind, required, truth
from flowcc.backend.kernels.values import UNKNOWN, Value, refuse
from flowcc.runtime.schema import BOOL, INT64, UTF8, Struct

STATIC_OPERATORS: dict[type[ast.operator], Callable[[object, object], object]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv, ast.Mod: operator.mod, ast.Pow: operator.pow, ast.LShift: operator.lshift,
    ast.RShift: operator.rshift, ast.BitAnd: operator.and_, ast.BitOr: operator.or_, ast.BitXor: operator.xor,
}  # fmt: skip


def binary(scope: Scope, a: Value, op: ast.operator, b: Value, node: ast.AST) -> Value:
    """Apply a binary operator."""
    w = scope.w
    if a.known is not UNKNOWN and b.known is not UNKNOWN:
        return _static(scope, a.known, op, b.known, node)
    if a.type == UTF8 and b.type == UTF8 and isinstance(op, ast.Add):
        return concatenate(scope, [a, b])
    if isinstance(a.type, Struct) and isinstance(b.type, Struct) and isinstance(op, ast.Add):
        return _joined_tuples(a, b, node)
    left, right = number_kind(scope, a, node), number_kind(scope, b, node)
    if "float" in (left, right):
        if type(op) not in floats.OPERATIONS:
            raise refuse("this operator is not defined for float", node)
        return floats.OPERATIONS[type(op)](w, as_float(scope, a, node), as_float(scope, b, node), node)
    if left == right == "bool" and isinstance(op, ast.BitAnd | ast.BitOr | ast.BitXor):
        sign = {ast.BitAnd: "&", ast.BitOr: "|", ast.BitXor: "^"}[type(op)]
        a, b = required(scope, a, node), required(scope, b, node)
        return Value(BOOL, (w.temporary(f"{a.parts[0]} {sign} {b.parts[0]}"),))
    if type(op) not in integers.OPERATIONS:
        raise refuse("this operator is not defined for int", node)
    return integers.OPERATIONS[type(op)](w, as_int(scope, a, node), as_int(scope, b, node), node)


def _static(scope: Scope, a: object, op: ast.operator, b: object, node: ast.AST) -> Value:
    if type(op) not in STATIC_OPERATORS or (isinstance(op, ast.Pow | ast.LShift) and not _small(a, b)):
        raise refuse("this operator on constants", node)
    try:
        return constant(scope.w, STATIC_OPERATORS[type(op)](a, b), node)
    except (ArithmeticError, TypeError, ValueError) as error:
        raise refuse(f"always raises {type(error).__name__}", node) from None


def _small(a: object, b: object) -> bool:
    return (
        all(isinstance(x, int | float) and abs(x) <= 2**64 for x in (a, b)) and isinstance(b, int | float) and b < 1100
    )


def _joined_tuples(a: Value, b: Value, node: ast.AST) -> Value:
    assert isinstance(a.type, Struct)
    assert isinstance(b.type, Struct)
    if a.type.record is not None or b.type.record is not None:
        raise refuse("adding records", node)
    return Value(Struct((*a.type.items, *b.type.items)), (*a.parts, *b.parts))


def as_float(scope: Scope, value: Value, node: ast.AST) -> Value:
    """Return a number as mixed arithmetic with a float takes it."""
    if number_kind(scope, value, node) == "float":
        return required(scope, value, node)
    number = as_int(scope, value, node)
    known = integers.known_int(number)
    if known is not None:
        return constant(scope.w, float(known), node)
    return integers.nearest_float(scope.w, number)


def unary(scope: Scope, node: ast.UnaryOp) -> Value:
    """Apply a unary operator."""
    w, value = scope.w, scope.value(node.operand)
    if isinstance(node.op, ast.Not):
        held = truth(scope, value, node)
        return constant(w, not held, node) if isinstance(held, bool) else Value(BOOL, (w.temporary(f"not {held}"),))
    if value.known is not UNKNOWN and isinstance(value.known, int | float):
        return _static_unary(scope, node.op, value.known, node)
    kind = number_kind(scope, value, node)
    if kind == "float":
        number = required(scope, value, node)
        if isinstance(node.op, ast.Invert):
            raise refuse("`~` is not defined for float", node)
        return number if isinstance(node.op, ast.UAdd) else Value(number.type, (w.temporary(f"-{number.parts[0]}"),))
    number = as_int(scope, value, node)
    if isinstance(node.op, ast.UAdd):
        return number
    if isinstance(node.op, ast.Invert):
        return Value(INT64, (w.temporary(f"~{number.parts[0]}"),))
    return integers.negate(w, number)


def _static_unary(scope: Scope, op: ast.unaryop, number: int | float, node: ast.AST) -> Value:
    if isinstance(op, ast.Invert):
        if not isinstance(number, int):
            raise refuse("`~` is not defined for float", node)
        return constant(scope.w, ~number, node)
    return constant(scope.w, -number if isinstance(op, ast.USub) else +number, node)
