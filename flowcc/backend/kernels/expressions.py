"""Every form of Python expression and what translates it; the one list of what has a kernel."""

from __future__ import annotations

import ast
from types import FunctionType, ModuleType

from flowcc.backend.kernels import lookups
from flowcc.backend.kernels.calls import call
from flowcc.backend.kernels.inlining import inline
from flowcc.backend.kernels.logic import bool_operation, comparison, conditional
from flowcc.backend.kernels.operators import binary, unary
from flowcc.backend.kernels.scope import Captured, Scope, constant, tuple_of
from flowcc.backend.kernels.strings import format_text, index_text, slice_text
from flowcc.backend.kernels.text_loops import split_item
from flowcc.backend.kernels.values import Static, Value, item_of, refuse
from flowcc.runtime.schema import UTF8, Struct


def evaluate(scope: Scope, node: ast.expr) -> Value:
    """Write what an expression computes and return where its value is."""
    match node:
        case ast.Constant(value=found):
            return constant(scope.w, found, node)
        case ast.Name():
            return scope.resolve(node)
        case ast.BinOp(left=left, op=op, right=right):
            return binary(scope, scope.value(left), op, scope.value(right), node)
        case ast.UnaryOp():
            return unary(scope, node)
        case ast.BoolOp():
            return bool_operation(scope, node)
        case ast.Compare():
            return comparison(scope, node)
        case ast.IfExp(test=test, body=body, orelse=orelse):
            return conditional(scope, test, body, orelse, node)
        case ast.Call():
            return call(scope, node)
        case ast.Attribute(value=of, attr=name):
            return _attribute(scope, scope.value(of), name, node)
        case ast.Subscript(
            ast.ListComp(elt, [ast.comprehension(target, ast.List([only]), [], 0)]), ast.Constant(value=0)
        ):
            inner = scope.inner()
            inner.unpack(target, scope.value(only))
            return inner.value(elt)
        case ast.Subscript(value=of, slice=index):
            part = split_item(scope, of, index)
            return part if part is not None else _subscript(scope, scope.value(of), index, node)
        case ast.Tuple(elts=items) if items and not any(isinstance(item, ast.Starred) for item in items):
            return tuple_of([scope.value(item) for item in items])
        case ast.JoinedStr(values=parts):
            return format_text(scope, parts, node)
        case _:
            raise refuse(f"{type(node).__name__} has no kernel yet", node)


def _attribute(scope: Scope, value: Value, name: str, node: ast.AST) -> Value:
    if isinstance(value.type, Struct) and name in value.type.names:
        return item_of(value, value.type.names.index(name))
    if isinstance(value.type, Struct) and isinstance(getter := _getter(value.type.record, name), FunctionType):
        assert value.type.record is not None
        scope.capture(value.type.record, name)
        return inline(scope, getter, [value], {}, node)
    if isinstance(value.type, Static) and isinstance(value.known, ModuleType) and hasattr(value.known, name):
        found = getattr(value.known, name)
        scope.captured[id(value.known), name] = Captured(value.known, name, found)
        return constant(scope.w, found, node)
    raise refuse(f"an attribute of {value.type}", node)


def _getter(record: type | None, name: str) -> object:
    """Return the function of a property of a record's class."""
    found = vars(record).get(name) if record is not None else None
    return found.fget if isinstance(found, property) else None


def _subscript(scope: Scope, value: Value, index: ast.expr, node: ast.AST) -> Value:
    if value.type == UTF8:
        return (
            slice_text(scope, value, index, node) if isinstance(index, ast.Slice) else index_text(scope, value, index)
        )
    if (side := lookups.side_of(scope, value, node)) is not None:
        return lookups.item(scope, side, scope.value(index), node)
    if isinstance(value.type, Struct) and not isinstance(index, ast.Slice):
        if value.type.record is not None and not issubclass(value.type.record, tuple):
            raise refuse("indexing a record that is no tuple", node)
        at = scope.value(index).known
        count = len(value.type.items)
        if type(at) is int and -count <= at < count:
            return item_of(value, at % count)
    raise refuse(f"indexing {value.type}", node)
