"""Comparisons, membership and identity with Python's meaning across types."""

from __future__ import annotations

import ast
import re

from flowcc.backend.kernels import integers, lookups
from flowcc.backend.kernels.scope import Scope, choose, constant
from flowcc.backend.kernels.strings import compare_texts, contains_text
from flowcc.backend.kernels.truth import as_int, number_kind, required
from flowcc.backend.kernels.tuples import compare_tuples
from flowcc.backend.kernels.values import UNKNOWN, Nothing, Static, Value, item_of, refuse
from flowcc.runtime.schema import BOOL, UTF8, Scalar, Struct

SIGNS: dict[type[ast.cmpop], str] = {
    ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=",
}  # fmt: skip

MEMBERS_AT_MOST = 16


def compare(scope: Scope, a: Value, op: ast.cmpop, b: Value, node: ast.AST) -> Value:
    """Return the bool that one comparison gives."""
    if isinstance(op, ast.Is | ast.IsNot):
        return _identity(scope, a, b, isinstance(op, ast.IsNot), node)
    if isinstance(op, ast.In | ast.NotIn):
        found = _membership(scope, a, b, node)
        return found if isinstance(op, ast.In) else negated(scope, found)
    if isinstance(op, ast.Eq | ast.NotEq):
        equal = equals(scope, a, b, node)
        return equal if isinstance(op, ast.Eq) else negated(scope, equal)
    return _ordered(scope, required(scope, a, node), SIGNS[type(op)], required(scope, b, node), node)


def negated(scope: Scope, value: Value) -> Value:
    """Return ``not value`` of a bool."""
    if value.known is not UNKNOWN:
        return constant(scope.w, not value.known, None)
    return Value(BOOL, (scope.w.temporary(f"not {value.parts[0]}"),))


def _identity(scope: Scope, a: Value, b: Value, negate: bool, node: ast.AST) -> Value:
    if isinstance(a.type, Nothing):
        a, b = b, a
    if not isinstance(b.type, Nothing):
        raise refuse("`is` between objects", node)
    if isinstance(a.type, Nothing):
        return constant(scope.w, not negate, node)
    if not isinstance(a.type, Scalar) or not a.type.nullable:
        return constant(scope.w, negate, node)
    return Value(BOOL, (scope.w.temporary(a.parts[-1] if negate else f"not {a.parts[-1]}"),))


def equals(scope: Scope, a: Value, b: Value, node: ast.AST) -> Value:
    """Return ``a == b``."""
    w = scope.w
    if isinstance(a.type, Nothing) or isinstance(b.type, Nothing):
        return _identity(scope, a, b, False, node)
    if isinstance(a.type, Struct) and isinstance(b.type, Struct):
        return compare_tuples(scope, a, "==", b, _compared, node)
    if not isinstance(a.type, Scalar) or not isinstance(b.type, Scalar):
        raise refuse(f"comparing {a.type} with {b.type}", node)
    if not a.type.nullable and not b.type.nullable:
        return _equal_present(scope, a, b, node)
    present = [value.parts[-1] for value in (a, b) if isinstance(value.type, Scalar) and value.type.nullable]
    both = w.temporary(" and ".join(present))
    same_absence = f"not ({' or '.join(present)})" if len(present) == 2 else "False"
    return choose(
        scope,
        both,
        lambda: _equal_present(scope, required(scope, a, node), required(scope, b, node), node),
        lambda: Value(BOOL, (w.temporary(same_absence),)),
        node,
    )


def _equal_present(scope: Scope, a: Value, b: Value, node: ast.AST) -> Value:
    if (a.type == UTF8) != (b.type == UTF8):
        return constant(scope.w, False, node)
    return _ordered(scope, a, "==", b, node)


def _ordered(scope: Scope, a: Value, sign: str, b: Value, node: ast.AST) -> Value:
    if a.type == UTF8 and b.type == UTF8:
        return compare_texts(scope, a, sign, b)
    if isinstance(a.type, Struct) and isinstance(b.type, Struct):
        return compare_tuples(scope, a, sign, b, _compared, node)
    left, right = number_kind(scope, a, node), number_kind(scope, b, node)
    if left == right:
        return Value(BOOL, (scope.w.temporary(f"{a.parts[0]} {sign} {b.parts[0]}"),))
    if "float" not in (left, right):
        a, b = as_int(scope, a, node), as_int(scope, b, node)
    else:
        a = a if left == "float" else integers.exact_float(scope.w, as_int(scope, a, node))
        b = b if right == "float" else integers.exact_float(scope.w, as_int(scope, b, node))
    return Value(BOOL, (scope.w.temporary(f"{a.parts[0]} {sign} {b.parts[0]}"),))


def _compared(scope: Scope, a: Value, sign: str, b: Value, node: ast.AST) -> Value:
    return equals(scope, a, b, node) if sign == "==" else _ordered(scope, a, sign, b, node)


def _membership(scope: Scope, a: Value, b: Value, node: ast.AST) -> Value:
    if b.type == UTF8 and a.type == UTF8:
        return contains_text(scope, a, b)
    few = isinstance(b.known, frozenset) and len(b.known) <= MEMBERS_AT_MOST
    if not few and (side := lookups.side_of(scope, b, node)) is not None:
        return lookups.member(scope, a, side, node)
    members = _members(scope, b, node)
    if len(members) > MEMBERS_AT_MOST:
        raise refuse(f"`in` over more than {MEMBERS_AT_MOST} constants", node)
    is_float = isinstance(a.type, Scalar) and a.type.kind == "float64"
    if isinstance(a.type, Struct) or (is_float and not all(map(_is_number, members))):
        raise refuse("`in` for tuples, or for floats that may be nan (it is found by identity)", node)
    if not members:
        return constant(scope.w, False, node)
    names = [equals(scope, a, member, node).parts[0] for member in members]
    return Value(BOOL, (scope.w.temporary(" or ".join(names)),))


def _is_number(member: Value) -> bool:
    """Tell whether a value is a number written out, which is never nan."""
    return len(member.parts) == 1 and re.fullmatch(r"\(?-?[0-9][0-9.e+-]*\)?|True|False", member.parts[0]) is not None


def _members(scope: Scope, container: Value, node: ast.AST) -> list[Value]:
    if isinstance(container.type, Struct):
        return [item_of(container, index) for index in range(len(container.type.items))]
    if isinstance(container.type, Static) and isinstance(container.known, frozenset | tuple):
        return [constant(scope.w, member, node) for member in sorted(container.known, key=repr)]
    raise refuse(f"`in` over {container.type}", node)
