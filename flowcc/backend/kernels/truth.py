"""Truth, absence and number kinds of values, as operators ask for them."""

from __future__ import annotations

import ast

from flowcc.backend.kernels.scope import Scope
from flowcc.backend.kernels.values import UNKNOWN, Lookup, Nothing, Static, Value, bounded, literal, refuse
from flowcc.runtime.schema import INT64, Scalar, Struct


def truth(scope: Scope, value: Value, node: ast.AST) -> str | bool:
    """Return ``bool(value)`` as the text of a condition, or itself when it is known."""
    if isinstance(value.type, Nothing):
        return False
    if value.known is not UNKNOWN:
        return bool(value.known)
    if isinstance(value.type, Lookup):
        return scope.w.temporary(f"{value.type.name}_head[0] != 0")
    if isinstance(value.type, Struct):
        record = value.type.record
        if record is not None and any(
            hasattr(record, name) and name in vars(record) for name in ("__bool__", "__len__")
        ):
            raise refuse("the truth of a record with its own `__bool__`", node)
        return True
    assert isinstance(value.type, Scalar)
    w, parts = scope.w, value.parts
    texts = {"int64": f"{parts[0]} != 0", "float64": f"{parts[0]} != 0.0", "bool": parts[0]}
    held = texts[value.type.kind] if value.type.kind != "utf8" else f"{parts[1]} != {parts[2]}"
    if value.type.nullable:
        held = f"{parts[-1]} and {held}"
    return held if held.isidentifier() else w.temporary(held)


def required(scope: Scope, value: Value, node: ast.AST) -> Value:
    """Return a value that is there; where it is None the item fails, and Python raises what it raises."""
    if isinstance(value.type, Nothing):
        raise refuse("this operation on None always raises", node)
    if not isinstance(value.type, Scalar) or not value.type.nullable:
        return value
    scope.w.fail_if(f"not {value.parts[-1]}")
    parts = value.parts[:-1]
    if value.type.kind == "utf8":
        w, present = scope.w, value.parts[-1]
        start = w.temporary(f"{parts[1]} if {present} else int64(0)")
        parts = (parts[0], start, w.temporary(f"{parts[2]} if {present} else int64(0)"))
    return Value(Scalar(value.type.kind), parts, interval=value.interval)


def number_kind(scope: Scope, value: Value, node: ast.AST) -> str:
    """Return ``int``, ``float`` or ``bool``, or refuse what is no number."""
    kinds = {"int64": "int", "float64": "float", "bool": "bool"}
    if isinstance(value.type, Scalar) and value.type.kind in kinds:
        return kinds[value.type.kind]
    if isinstance(value.type, Static):
        raise refuse(f"a constant that does not fit 64 bits or has no columns ({type(value.known).__name__})", node)
    raise refuse(f"this operation on {value.type}", node)


def as_int(scope: Scope, value: Value, node: ast.AST) -> Value:
    """Return an int or bool as an integer."""
    kind = number_kind(scope, value, node)
    if kind == "float":
        raise refuse("an integer is needed here", node)
    value = required(scope, value, node)
    if kind == "int":
        return value
    if isinstance(value.known, bool):
        number = literal(int(value.known))
        assert number is not None
        return number
    return Value(INT64, (scope.w.temporary(f"int64({value.parts[0]})"),), interval=bounded(0, 1))
