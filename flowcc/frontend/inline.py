"""Inline another flow where it is called: its statements, with its parameters standing for the arguments."""

from __future__ import annotations

import ast

from flowcc.frontend import faults
from flowcc.frontend.annotations import check_demand, read_annotation
from flowcc.frontend.apply import static_value
from flowcc.frontend.closures import code_of
from flowcc.frontend.collections import literal_items
from flowcc.frontend.element_code import AlreadyReported
from flowcc.frontend.lowering import Fault, Lowering
from flowcc.frontend.names import FlowSource
from flowcc.frontend.parse import parse_function
from flowcc.frontend.values import LAZY, ElementCode, Faulty, Flowing, Known, OneShot, OtherFlow, Value

DEEPEST = 50


def inline(flow: OtherFlow, node: ast.Call, lowering: Lowering, hint: str) -> Value:
    """Return what a call of another flow gives."""
    source = flow.source
    assert isinstance(source, FlowSource)
    parsed = parse_function(source.environment.text, source.environment.filename, source.name, source.line)
    inner = Lowering(parsed, source.environment, lowering.product, inlined_in=lowering)
    _check_depth(inner, node)
    for name, value in _arguments(parsed.node, node, lowering, inner).items():
        inner.names[name] = value
        if isinstance(value, Flowing) and value.kind in LAZY:
            inner.iterators[name] = OneShot()
    returned = inner.product.recursion.body(parsed.node.body, inner)
    if isinstance(returned, Faulty):
        raise AlreadyReported
    if returned is None:
        raise Fault(faults.not_straight(inner.span(parsed.node), "one that returns nothing"))
    if isinstance(returned, Flowing) and parsed.node.returns is not None:
        annotation = read_annotation(parsed.node.returns, inner)
        check_demand(annotation, returned.wire.facts, parsed.node.returns, source.name, inner)
    return returned


def _check_depth(lowering: Lowering, node: ast.Call) -> None:
    depth, outer = 0, lowering.inlined_in
    while outer is not None:
        depth, outer = depth + 1, outer.inlined_in
    if depth > DEEPEST:
        caller = lowering.inlined_in
        assert caller is not None
        raise Fault(faults.not_straight(caller.span(node), "one that calls itself; fixpoint(step, start) repeats"))


def _arguments(function: ast.FunctionDef, node: ast.Call, outer: Lowering, inner: Lowering) -> dict[str, Value]:
    """Match a call's arguments to the parameters of the flow it calls; annotations are demands on them."""
    parameters = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    names = [parameter.arg for parameter in parameters]
    positional = len(function.args.posonlyargs) + len(function.args.args)
    where = outer.span(node)
    if len(node.args) > positional or any(isinstance(a, ast.Starred) for a in node.args):
        raise Fault(faults.wrong_arguments(where, function.name, f"takes {positional} positional arguments"))
    given = dict(zip(names, node.args, strict=False))
    for keyword in node.keywords:
        if keyword.arg not in names or keyword.arg in given:
            raise Fault(faults.wrong_arguments(where, function.name, f"cannot take `{keyword.arg or '**'}` here"))
        given[keyword.arg] = keyword.value
    values: dict[str, Value] = {}
    defaults = dict(zip(names[positional - len(function.args.defaults) : positional], function.args.defaults,
                        strict=True))  # fmt: skip
    defaults |= {
        p.arg: d for p, d in zip(function.args.kwonlyargs, function.args.kw_defaults, strict=True) if d is not None
    }
    for parameter in parameters:
        name = parameter.arg
        if name in given:
            values[name] = _argument(parameter, given[name], outer, inner)
        elif name in defaults:
            values[name] = static_value(defaults[name], inner) or code_of(defaults[name], inner)
        else:
            raise Fault(faults.wrong_arguments(where, function.name, f"`{name}` is missing"))
    return values


def _argument(parameter: ast.arg, node: ast.expr, outer: Lowering, inner: Lowering) -> Value:
    value = outer.lower(node)
    if isinstance(value, Faulty):
        raise AlreadyReported
    if parameter.annotation is None:
        return value
    annotation = read_annotation(parameter.annotation, inner)
    if isinstance(value, Flowing):
        check_demand(annotation, value.wire.facts, node, parameter.arg, outer)
    elif isinstance(value, Known | ElementCode) and annotation.kind in ("Stream", "Batch", "Bag"):
        return Flowing(literal_items(node, outer))
    return value
