"""``@flow(strict=True)``: refuse element code that would run in Python, at the expression that keeps it there (F402).

Judged from declared and inferred types, before anything runs: code over items without a schema is refused as well.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from flowcc.backend.kernels.kernel_text import KernelText, translate
from flowcc.backend.kernels.values import Refusal
from flowcc.diagnostics import Diagnostic, Label
from flowcc.environment import Environment
from flowcc.facts import Shape, Type
from flowcc.ir import Code, Each, Flow, Join, Op, Wire
from flowcc.runtime.schema import INT64, Scalar, Schema, Table, schema_of_annotation
from flowcc.source import SourceText, Span
from flowcc.strict_functions import refused_functions


def check_strict(flow: Flow, environment: Environment, functions: Mapping[str, Any]) -> list[Diagnostic]:
    """Return a fault for each comprehension of a rewritten flow that has no kernel.

    ``functions`` is the namespace of the module emitted for the flow, where its kernels are.
    """
    return [fault for op in flow.ops for fault in _faults_of(op, environment, functions)]


def _faults_of(op: Op, environment: Environment, functions: Mapping[str, Any]) -> Iterator[Diagnostic]:
    if isinstance(op, Each | Join):
        yield from _faults(op, environment, functions)
    elif op.inputs:
        schema = _schema(op.inputs[0].facts.element, environment)
        for code, refusal in refused_functions(op, schema, functions):
            yield _stays(_span_of(refusal, op, code, environment), refusal.reason, op)


def _faults(op: Each | Join, environment: Environment, functions: Mapping[str, Any]) -> Iterator[Diagnostic]:
    sides = [_side(wire, environment) for wire in op.inputs[1:]]
    if isinstance(op, Join):
        sides[0] = _joined(op, environment, functions)
    if None in sides:
        yield _stays(op.span, "another collection is read beside the items", op)
        return
    kernel: Callable[..., Any] | None = functions.get(f"{op.out.name}_{type(op).__name__.lower()}")
    schema = _schema(op.inputs[0].facts.element, environment)
    if schema is None or kernel is None:
        yield _stays(op.span, f"items of type `{op.inputs[0].facts.element}` have no columns", op)
        return
    made = translate(kernel, "each", schema, [side for side in sides if side is not None])  # type: ignore[arg-type]
    if isinstance(made, Refusal):
        yield _stays(_span_of(made, op, op.code, environment), made.reason, op)


def _joined(op: Join, environment: Environment, functions: Mapping[str, Any]) -> Table | None:
    """Return what a join looks into: items by a key that has a kernel."""
    items = _schema(op.inputs[1].facts.element, environment)
    keys = (name for name in functions if name.startswith(f"{op.out.name}_") and name.endswith("_with_key"))
    key = functions.get(next(keys, ""))
    made = None if items is None or key is None else translate(key, "item", items)
    return Table("rows", made.result, items) if isinstance(made, KernelText) else None


def _side(wire: Wire, environment: Environment) -> Schema | Table | None:
    """Return what one value beside the items is for a kernel, as far as its type tells."""
    if wire.facts.shape is not Shape.VALUE:
        found = _schema(wire.facts.element, environment) if wire.facts.shape is Shape.ITEMS else None
        return None if found is None else Table("list", INT64, found)
    match wire.facts.element:
        case Type("dict", (key, value)):
            held, found = _schema(key, environment), _schema(value, environment)
            return Table("dict", held, found) if isinstance(held, Scalar) and found is not None else None
        case Type("set" | "frozenset", (key,)):
            held = _schema(key, environment)
            return Table("set", held) if isinstance(held, Scalar) else None
    return _schema(wire.facts.element, environment)


def _stays(where: Span, why: str, op: Op) -> Diagnostic:
    return Diagnostic(
        code="F402",
        title=f"`{op.out.name}` would run in Python, and the flow is strict",
        primary=Label(where, why),
        help="an expression that kernels know, a declared element type, or @flow without strict",
    )


def _schema(element: Type, environment: Environment) -> Schema | None:
    try:
        annotation = eval(str(element), environment.namespace())
    except (NameError, SyntaxError, TypeError, AttributeError):
        return None
    return schema_of_annotation(annotation)


def _span_of(refusal: Refusal, op: Op, code: Code, environment: Environment) -> Span:
    """Return where the refused expression stands in the flow; all of the code when it is in a function it calls."""
    source = SourceText(environment.filename, environment.text)
    for node in ast.walk(code.tree) if code.tree is not None else ():
        if isinstance(node, ast.expr) and hasattr(node, "lineno") and ast.unparse(node) == refusal.expression:
            return source.span_of(node)
    return op.span if isinstance(op, Each | Join) or code.tree is None else source.span_of(code.tree)
