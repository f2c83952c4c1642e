"""Lower calls: a function of the language on data becomes an operator, another flow is inlined, the rest is Python's."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flowcc.facts import Shape
from flowcc.frontend import faults
from flowcc.frontend.collections import add_entries, add_fold, items_of, literal_items
from flowcc.frontend.element_code import AlreadyReported, CodeBuilder
from flowcc.frontend.expressions import apply_code, lower_expression, residual
from flowcc.frontend.lowering import Fault, Lowering
from flowcc.frontend.symbols import NOT_YET
from flowcc.frontend.values import Faulty, Flowing, OtherFlow, PlaceValue, Symbol, Value
from flowcc.ir import Code, Wire

MUTATING = frozenset(
    "append extend insert remove pop clear sort reverse add update discard setdefault popitem subtract".split()
)
VIEWS = frozenset(("items", "keys", "values"))


@dataclass(frozen=True)
class Call:
    """A call of a function the language knows, with its arguments by name once `bind` has matched them."""

    node: ast.Call
    name: str
    lowering: Lowering
    hint: str

    def fault(self, problem: str) -> Fault:
        """Return the fault of a call with wrong arguments."""
        return Fault(faults.wrong_arguments(self.lowering.span(self.node), self.name, problem))

    def bind(self, *names: str, keywords: tuple[str, ...] = (), required: int = 1) -> dict[str, ast.expr]:
        """Match the arguments to parameter names as Python would; ``keywords`` may only be given by name."""
        if any(isinstance(argument, ast.Starred) for argument in self.node.args):
            raise self.fault("takes no `*` arguments here")
        if len(self.node.args) > len(names):
            raise self.fault(f"takes {len(names)} positional arguments, {len(self.node.args)} were given")
        bound = dict(zip(names, self.node.args, strict=False))
        for keyword in self.node.keywords:
            if keyword.arg is None or keyword.arg not in (*names, *keywords):
                raise self.fault(f"takes no argument `{keyword.arg or '**'}`")
            if keyword.arg in bound:
                raise self.fault(f"`{keyword.arg}` is given twice")
            bound[keyword.arg] = keyword.value
        missing = [name for name in names[:required] if name not in bound]
        if missing:
            raise self.fault(f"`{missing[0]}` is missing")
        return bound

    def value(self, node: ast.expr) -> Value:
        """Lower an argument."""
        value = lower_expression(node, self.lowering)
        if isinstance(value, Faulty):
            raise AlreadyReported
        return value

    def items(self, node: ast.expr) -> Wire | None:
        """Return an argument as items; None when it is no data."""
        return items_of(self.value(node), node, self.lowering)

    def items_or_known(self, node: ast.expr) -> Wire:
        """Return an argument as items, also when they are known already."""
        return self.items(node) or literal_items(node, self.lowering)

    def codes(self, bound: Mapping[str, ast.expr], names: tuple[str, ...]) -> tuple[Arguments, tuple[Wire, ...]]:
        """Return further arguments as element code, and the wires that code reads whole."""
        builder = CodeBuilder(self.lowering)
        codes: list[tuple[str, Code]] = []
        for name in names:
            tree = bound.get(name)
            if tree is None or (isinstance(tree, ast.Constant) and tree.value is None and name in OPTIONAL):
                continue
            part = CodeBuilder(self.lowering)
            part.inputs = builder.inputs
            codes.append((name, part.code(tree)))
        return tuple(codes), tuple(builder.inputs)

    def place(self, node: ast.expr) -> PlaceValue:
        """Return an argument that names a place."""
        value = self.value(node)
        if not isinstance(value, PlaceValue):
            raise self.fault(f"`{ast.unparse(node)}` is no place")
        if value.place.kind == "external":
            raise Fault(faults.not_yet(self.lowering.span(node), f"External ({value.place.name})"))
        return value


Arguments = tuple[tuple[str, Code], ...]
OPTIONAL = ("key", "by", "until", "function", "every")  # None means: left out
Handler = Callable[[Call], "Value | None"]


def lower_call(node: ast.Call, lowering: Lowering, hint: str) -> Value:
    """Return what a call gives."""
    if not lowering.conditional:
        value = operator_of(node, lowering, hint)
        if value is not None:
            return value
    return residual(node, lowering, hint)


def operator_of(node: ast.Call, lowering: Lowering, hint: str) -> Value | None:
    """Lower a call that is an operator; None when it is a plain Python call on values."""
    from flowcc.frontend.functions import FUNCTIONS
    from flowcc.frontend.inline import inline

    function = _called(node.func, lowering)
    match function:
        case Symbol(name=name) if name in NOT_YET:
            raise Fault(faults.not_yet(lowering.span(node), name))
        case Symbol(name=name) if name in FUNCTIONS:
            return FUNCTIONS[name](Call(node, name, lowering, hint))
        case OtherFlow():
            return inline(function, node, lowering, hint)
        case Faulty():
            raise AlreadyReported
        case None:
            return _method(node, lowering, hint)
    _refuse_collections(node, lowering)
    return None


def _called(function: ast.expr, lowering: Lowering) -> Value | None:
    """Return what is called; None when it is a method of something that flows."""
    match function:
        case ast.Name(id=name):
            return lowering.look_up(name, function)
        case ast.Attribute():
            path = _path(function)
            root = path.partition(".")[0]
            if path and root not in lowering.names:
                from flowcc.frontend.names import resolve

                return resolve(path, lowering.environment) or lowering.look_up(root, function)
    return None


def _path(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=attribute):
            inner = _path(value)
            return f"{inner}.{attribute}" if inner else ""
    return ""


def _method(node: ast.Call, lowering: Lowering, hint: str) -> Value | None:
    """A method of something that flows: views of a dict, ``join``; what mutates is refused."""
    if not isinstance(node.func, ast.Attribute):
        return None
    method = node.func.attr
    if method == "join" and len(node.args) == 1:
        return _join(node, node.func, lowering, hint)
    held = lower_expression(node.func.value, lowering)
    if isinstance(held, Faulty):
        raise AlreadyReported
    if not isinstance(held, Flowing):
        _refuse_collections(node, lowering)
        return None
    if method in MUTATING:
        written = f"`{ast.unparse(node.func)}(…)`"
        raise Fault(faults.mutation(lowering.span(node), written, "xs + ys, a comprehension, or sorted(xs)"))
    if method in VIEWS and not node.args and held.wire.facts.shape is not Shape.ITEMS:
        return Flowing(add_entries(method, held.wire, node, lowering, hint))
    if held.wire.facts.shape is Shape.ITEMS:
        if method == "copy" and not node.args:
            return held
        raise Fault(faults.unknown_operator(lowering.span(node), f".{method}"))
    return plain_call(node, held.wire, lowering, hint)


def plain_call(node: ast.Call, held: Wire, lowering: Lowering, hint: str) -> Value:
    """A method of a value: Python's own, on values."""
    from flowcc.frontend.expressions import parts_of

    assert isinstance(node.func, ast.Attribute)
    builder = CodeBuilder(lowering)
    function = ast.Attribute(builder.read(held, node), node.func.attr, ast.Load())
    arguments = [parts_of(argument, builder, lowering) for argument in node.args]
    keywords = [ast.keyword(k.arg, parts_of(k.value, builder, lowering)) for k in node.keywords]
    tree = ast.copy_location(ast.Call(ast.copy_location(function, node), arguments, keywords), node)
    return apply_code(tree, builder, node, lowering, hint)


def _join(node: ast.Call, function: ast.Attribute, lowering: Lowering, hint: str) -> Value | None:
    value = lower_expression(node.args[0], lowering)
    if not isinstance(value, Flowing):
        return None
    items = items_of(value, node.args[0], lowering)
    assert items is not None
    builder = CodeBuilder(lowering)
    separator = builder.code(function.value)
    return add_fold("join", items, node, lowering, hint, (("separator", separator),), tuple(builder.inputs))


def _refuse_collections(node: ast.Call, lowering: Lowering) -> None:
    """A function that the language does not know may be called with values, not with whole collections."""
    for argument in [*node.args, *(keyword.value for keyword in node.keywords)]:
        value = lowering.names.get(argument.id) if isinstance(argument, ast.Name) else None
        if isinstance(value, Flowing) and value.wire.facts.shape is Shape.ITEMS:
            raise Fault(faults.unknown_operator(lowering.span(node), ast.unparse(node.func)))
