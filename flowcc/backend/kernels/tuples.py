"""Tuples and records beside each other: equal where all items are, ordered by the first that differ."""

from __future__ import annotations

import ast
import dataclasses
from collections.abc import Callable

from flowcc.backend.kernels.scope import Scope, choose, constant
from flowcc.backend.kernels.truth import required
from flowcc.backend.kernels.values import UNKNOWN, Value, item_of, refuse
from flowcc.runtime.schema import BOOL, Scalar, Struct, leaves, record_fields

Compare = Callable[[Scope, Value, str, Value, ast.AST], Value]
NAMES = {"==": "__eq__", "<": "__lt__", "<=": "__le__", ">": "__gt__", ">=": "__ge__"}


def compare_tuples(scope: Scope, a: Value, sign: str, b: Value, items: Compare, node: ast.AST) -> Value:
    """Return how two tuples, or two records of one class, compare; ``items`` compares what is in them."""
    assert isinstance(a.type, Struct)
    assert isinstance(b.type, Struct)
    for record in (a.type.record, b.type.record):
        if record is not None:
            scope.capture(record, NAMES[sign], "__eq__")
        if not (_as_tuple(record, sign) if record is None or issubclass(record, tuple) else _as_fields(record, sign)):
            raise refuse(f"comparing {a.type} with {b.type}", node)
    if a.type.record is not b.type.record and not all(_is_tuple(kind.record) for kind in (a.type, b.type)):
        raise refuse(f"comparing {a.type} with {b.type}", node)
    if any(leaf.kind == "float64" for kind in (a.type, b.type) for leaf in leaves(kind)):
        raise refuse("comparing tuples of floats (a nan equals itself there)", node)
    return _from(scope, a, sign, b, 0, items, node)


def _from(scope: Scope, a: Value, sign: str, b: Value, at: int, items: Compare, node: ast.AST) -> Value:
    """Compare the items from a number on, those before being equal."""
    assert isinstance(a.type, Struct)
    assert isinstance(b.type, Struct)
    left, right = len(a.type.items), len(b.type.items)
    if sign == "==" and left != right:
        return constant(scope.w, False, node)
    if at == min(left, right):
        signs = {"==": left == right, "<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right}
        return constant(scope.w, signs[sign], node)
    one, other = item_of(a, at), item_of(b, at)
    equal = items(scope, one, "==", other, node)

    def differ() -> Value:
        if sign == "==":
            return constant(scope.w, False, node)
        if isinstance(one.type, Scalar) and isinstance(other.type, Scalar):
            return items(scope, required(scope, one, node), sign, required(scope, other, node), node)
        return items(scope, one, sign, other, node)

    def same() -> Value:
        return _from(scope, a, sign, b, at + 1, items, node)

    if equal.known is not UNKNOWN:
        return same() if equal.known else differ()
    return Value(BOOL, choose(scope, equal.parts[0], same, differ, node).parts)


def _is_tuple(record: type | None) -> bool:
    return record is None or issubclass(record, tuple)


def _as_tuple(record: type | None, sign: str) -> bool:
    """Tell whether tuples of a class compare as tuples."""
    return record is None or all(getattr(record, name) is getattr(tuple, name) for name in ("__eq__", NAMES[sign]))


def _as_fields(record: type, sign: str) -> bool:
    """Tell whether records compare as the tuples of their fields, by the very code that `dataclass` writes for that."""
    fields = record_fields(record)
    if fields is None:
        return False
    written = dataclasses.make_dataclass("Written", fields, frozen=True, order=True)
    own, code = getattr(vars(record).get(NAMES[sign]), "__code__", None), vars(written)[NAMES[sign]].__code__
    return own is not None and (own.co_code, own.co_names, own.co_consts) == (
        code.co_code,
        code.co_names,
        code.co_consts,
    )
