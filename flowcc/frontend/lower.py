"""From a function to a `Flow`: parameters become sources or known values, statements become operators."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from flowcc.diagnostics import Diagnostic, FlowError
from flowcc.environment import Environment
from flowcc.facts import UNKNOWN
from flowcc.frontend import faults
from flowcc.frontend.annotations import Annotation, check_demand, read_annotation
from flowcc.frontend.apply import as_data, static_value
from flowcc.frontend.collections import add_fold, literal_items
from flowcc.frontend.element_code import AlreadyReported, CodeBuilder
from flowcc.frontend.expressions import lower_expression, parts_of
from flowcc.frontend.infer import source_facts
from flowcc.frontend.lowering import Fault, Lowering, Product
from flowcc.frontend.parse import ParsedFunction
from flowcc.frontend.purity import check_purity
from flowcc.frontend.statements import lower_body, retyped
from flowcc.frontend.values import Faulty, Flowing, Known, PlaceValue, Several, Symbol, Value
from flowcc.ir import Code, Flow, Op, Result, Source, Wire
from flowcc.source import Span

COLLECTIONS = ("Stream", "Batch", "Bag")


@dataclass(frozen=True, slots=True)
class _Recursion:
    """The parts of the frontend, joined: expressions hold expressions, and an inlined flow holds statements."""

    expression: Callable[[ast.expr, Lowering, str], Value] = lower_expression
    parts: Callable[[ast.expr, CodeBuilder, Lowering], ast.expr] = parts_of
    body: Callable[[Sequence[ast.stmt], Lowering], Value | None] = lower_body


@dataclass(frozen=True, slots=True)
class Lowered:
    """A flow, the environment of its element code, and what its result's annotation promises in vain.

    ``broken_promises`` count only where the operators have no fault themselves: those would have caused them.
    """

    flow: Flow
    environment: Environment
    broken_promises: tuple[Diagnostic, ...] = ()


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a flow: its annotation, and whether it is a collection or a value known when compiled."""

    name: str
    annotation: Annotation
    is_collection: bool
    default: ast.expr | None


def lower(
    function: ParsedFunction,
    environment: Environment,
    values: Mapping[str, object] | None = None,
    on_error: str = "raise",
) -> Lowered:
    """Return the flow that ``function`` says.

    ``values`` gives the parameters that are no collections; those left out take their defaults.
    Raises `FlowError` with every fault of the phase.
    """
    lowering = Lowering(function, environment, new_product())
    lowering.product.taken |= {n.id for n in ast.walk(function.node) if isinstance(n, ast.Name)} - _assigned(function)
    _check_form(lowering)
    try:
        _bind_parameters(lowering, values or {})
        returned = lower_body(function.node.body, lowering)
        if returned is None and not lowering.product.faults:
            lowering.report(Fault(faults.not_straight(function.span(function.node), "one that returns nothing")))
        elif returned is not None:
            _check_iterators(lowering)
            _add_result(returned, lowering)
            _drop_unread_iterators(lowering)
    except Fault as fault:
        lowering.report(fault)
    except AlreadyReported:
        pass
    product = lowering.product
    settled = replace(environment, settings={**environment.settings, **product.settings})
    found = [*product.faults, *check_purity(product.ops, settled, function.source)]
    if found:
        raise FlowError(sorted(found, key=_position), {environment.filename: environment.text})
    flow = Flow(name=function.node.name, ops=tuple(product.ops), on_error=on_error)
    return Lowered(flow, settled, tuple(product.promises))


def _drop_unread_iterators(lowering: Lowering) -> None:
    """Leave out iterators that nothing goes over: Python makes none of their items."""
    product, read, kept = lowering.product, set[str](), list[Op]()
    for op in reversed(product.ops):
        if op.out.name not in product.lazy or op.out.name in read or isinstance(op, Result):
            kept.append(op)
            read.update(wire.name for wire in op.inputs)
    product.ops = kept[::-1]


def _check_iterators(lowering: Lowering) -> None:
    """Refuse iterators that two operators go over, by whatever names (F103)."""
    product, seen = lowering.product, set[str]()
    for op in product.ops:
        for wire in op.inputs:
            if wire.name in seen and wire.name in product.lazy:
                lowering.report(Fault(faults.iterator_twice(op.span, wire.name)))
            seen.add(wire.name)


def new_product() -> Product:
    """Return what a lowering adds to, empty."""
    return Product(_Recursion())


def _assigned(function: ParsedFunction) -> set[str]:
    """Names of the flow's own: a wire may have them."""
    stores = {n.id for n in ast.walk(function.node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    return stores | {a.arg for a in _arguments(function.node)}


def _position(diagnostic: object) -> tuple[int, int]:
    primary = getattr(diagnostic, "primary", None)
    return (primary.span.line, primary.span.column) if primary is not None else (0, 0)


def _arguments(node: ast.FunctionDef) -> list[ast.arg]:
    return [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]


def _check_form(lowering: Lowering) -> None:
    arguments = lowering.function.node.args
    for extra in (arguments.vararg, arguments.kwarg):
        if extra is not None:
            lowering.names[extra.arg] = Faulty()
            lowering.report(Fault(faults.not_straight(lowering.span(extra), f"one that takes `*{extra.arg}`")))


def parameters_of(lowering: Lowering, values: Mapping[str, object]) -> list[Parameter]:
    """Return the parameters; without annotation one with a plain default or value is no collection."""
    node = lowering.function.node
    positional = [*node.args.posonlyargs, *node.args.args]
    defaults: dict[str, ast.expr | None] = dict(
        zip([a.arg for a in positional[len(positional) - len(node.args.defaults) :]], node.args.defaults, strict=True)
    )
    defaults |= {a.arg: d for a, d in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)}
    found = []
    for argument in _arguments(node):
        default = defaults.get(argument.arg)
        if argument.annotation is None:
            plain = default is not None or argument.arg in values
            annotation = Annotation("" if plain else "Batch", UNKNOWN, None, "")
        else:
            annotation = _read(argument.annotation, lowering)
        found.append(Parameter(argument.arg, annotation, annotation.kind in COLLECTIONS, default))
    return found


def _read(tree: ast.expr, lowering: Lowering) -> Annotation:
    try:
        return read_annotation(tree, lowering)
    except Fault as fault:
        lowering.report(fault)
        return Annotation("Batch", UNKNOWN, None, ast.unparse(tree))


def _bind_parameters(lowering: Lowering, values: Mapping[str, object]) -> None:
    arguments = {argument.arg: argument for argument in _arguments(lowering.function.node)}
    for parameter in parameters_of(lowering, values):
        span = lowering.span(arguments[parameter.name])
        if parameter.is_collection:
            annotation = parameter.annotation
            facts = source_facts(
                annotation.kind, annotation.element, annotation.place or source_facts("", UNKNOWN).place
            )
            wire = Wire(parameter.name, facts)
            lowering.product.taken.add(parameter.name)
            lowering.names[parameter.name] = lowering.add(Source(out=wire, span=span))
        elif parameter.name in values:
            lowering.names[parameter.name] = Known(values[parameter.name])
        elif parameter.default is not None:
            known = static_value(parameter.default, lowering)
            lowering.names[parameter.name] = known or lowering.report(
                Fault(faults.not_known_early(lowering.span(parameter.default), "a default that is no constant"))
            )
        else:
            lowering.names[parameter.name] = _needs_value(parameter, span, lowering)


def _needs_value(parameter: Parameter, span: Span, lowering: Lowering) -> Value:
    return lowering.report(Fault(faults.not_known_early(span, f"no value was given for `{parameter.name}`")))


def _add_result(returned: Value, lowering: Lowering) -> None:
    node = lowering.function.node
    tree = next((s.value for s in ast.walk(node) if isinstance(s, ast.Return) and s.value is not None), node)
    parts = returned.items if isinstance(returned, Several) else (returned,)
    annotations = _result_annotations(node.returns, len(parts), isinstance(returned, Several))
    wires: list[Wire] = []
    written = tree.elts if isinstance(tree, ast.Tuple) and len(tree.elts) == len(parts) else [tree] * len(parts)
    for part, annotation, where in zip(parts, annotations, written, strict=True):
        wires.append(_result_wire(part, annotation, where, lowering))
    facts = replace(wires[0].facts) if len(wires) == 1 else source_facts("", UNKNOWN, wires[0].facts.place)
    many = isinstance(returned, Several)
    out = Wire(lowering.product.fresh("result"), facts)
    lowering.product.ops.append(Result(out=out, inputs=tuple(wires), span=lowering.span(tree), many=many))


def _result_annotations(tree: ast.expr | None, count: int, many: bool) -> list[ast.expr | None]:
    match tree:
        case ast.Subscript(value=ast.Name(id="tuple" | "Tuple"), slice=ast.Tuple(elts=parts)) if (
            many and len(parts) == count
        ):
            return list(parts)
    return [None if many else tree] * count


def _result_wire(value: Value, annotation: ast.expr | None, tree: ast.AST, lowering: Lowering) -> Wire:
    if isinstance(tree, ast.expr):
        value = as_data(value, tree, lowering)
    match value:
        case Faulty():
            raise AlreadyReported
        case Flowing(wire=wire) if annotation is None:
            return lowering.whole(wire, tree)
        case Flowing(wire=wire):
            assert annotation is not None
            read = read_annotation(annotation, lowering)
            try:
                element = check_demand(read, wire.facts, annotation, "the result", lowering)
            except Fault as fault:
                lowering.product.promises.append(fault.diagnostic)
                element = wire.facts.element
            return lowering.whole(retyped(value, element, lowering).wire, annotation)
        case PlaceValue() | Symbol():
            raise Fault(faults.not_straight(lowering.span(tree), "one that returns no data"))
    assert isinstance(tree, ast.expr)
    return _constant_result(value, tree, lowering)


def _constant_result(value: Value, tree: ast.expr, lowering: Lowering) -> Wire:
    """A result that does not depend on any input: the only element of a known collection."""
    only = ast.copy_location(ast.List([tree], ast.Load()), tree)
    items = literal_items(only, lowering)
    return add_fold("item", items, tree, lowering, "", (("index", Code("0")),)).wire
