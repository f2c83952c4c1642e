"""Lower comprehensions and subscripts: what goes over data becomes `Each`, `Fold`, `Take` or `Entries`."""

from __future__ import annotations

import ast
import itertools
from dataclasses import replace

from flowcc.environment import Environment
from flowcc.facts import ANYWHERE, UNKNOWN, Facts, Order, Shape, Type
from flowcc.frontend import faults
from flowcc.frontend.apply import apply_code, as_data, static_value
from flowcc.frontend.closures import code_of
from flowcc.frontend.element_code import AlreadyReported, CodeBuilder
from flowcc.frontend.infer import infer_each, infer_entries, infer_fold, with_sides
from flowcc.frontend.laziness import raising, refusal, stop_early
from flowcc.frontend.lowering import Fault, Lowering
from flowcc.frontend.shares import share_after
from flowcc.frontend.types import bind_target, element_of, type_of
from flowcc.frontend.values import ElementCode, Faulty, Flowing, Known, Several, Value
from flowcc.ir import Code, Each, Entries, Fold, Literal, Take, Wire
from flowcc.scopes import COMPREHENSIONS

SHOWN = 100  # items of a list that is kept as it is written


def lower_comprehension(node: ast.expr, lowering: Lowering, hint: str) -> Value:
    """Lower a comprehension: over data it is an `Each`, and then a fold where it makes a set or a dict."""
    assert isinstance(node, COMPREHENSIONS)
    stream = _stream(node.generators[0].iter, lowering, node)
    if stream is None:
        return static_value(node, lowering) or code_of(node, lowering)  # a value, made where it is used
    return comprehension_over(stream, node, lowering, hint)


def comprehension_over(stream: Wire, node: ast.expr, lowering: Lowering, hint: str) -> Flowing:
    """Lower a comprehension whose first generator goes over ``stream``."""
    assert isinstance(node, COMPREHENSIONS)
    builder = CodeBuilder(lowering, stream)
    pairs = _as_list(node)
    first = ast.copy_location(ast.Name(stream.name, ast.Load()), node.generators[0].iter)
    tree = builder.comprehension(pairs, first)
    assert isinstance(tree, ast.ListComp)
    folded = isinstance(node, ast.SetComp | ast.DictComp)
    items = add_each(stream, tree, builder, node, lowering, "" if folded else hint)
    if not folded:
        return items
    return add_fold("dict" if isinstance(node, ast.DictComp) else "set", items.wire, node, lowering, hint)


def add_each(
    stream: Wire, tree: ast.ListComp, builder: CodeBuilder, node: ast.AST, lowering: Lowering, hint: str
) -> Flowing:
    """Add an `Each` over ``stream`` whose comprehension ``tree`` has its names in their place."""
    sides = tuple(wire for wire in builder.inputs if wire != stream)
    types: dict[str, Type] = {wire.name: _whole_type(wire.facts) for wire in sides} | {stream.name: UNKNOWN}
    products: list[Facts] = []
    for position, generator in enumerate(tree.generators):
        if position == 0:
            element = stream.facts.element
        else:
            element = element_of(type_of(generator.iter, types, lowering.environment))
            products += [_iterated(wire.facts) for wire in sides if _reads(generator.iter, wire.name)]
        types |= bind_target(generator.target, element)
    element = type_of(tree.elt, types, lowering.environment)
    share = share_after(stream.facts.share, tree)
    facts = infer_each(stream.facts, products, [wire.facts for wire in sides], element, share)
    code = builder.finish(tree)
    out = lowering.wire(hint, facts)
    return lowering.add(Each(out=out, inputs=(stream, *sides), span=lowering.span(node), code=code))


def _iterated(facts: Facts) -> Facts:
    return infer_entries(facts, "iter") if facts.shape is Shape.VALUE else facts


def _whole_type(facts: Facts) -> Type:
    return Type("list", (facts.element,)) if facts.shape is Shape.ITEMS else facts.element


def _reads(tree: ast.AST, name: str) -> bool:
    return any(isinstance(part, ast.Name) and part.id == name for part in ast.walk(tree))


def _as_list(node: ast.expr) -> ast.ListComp:
    match node:
        case ast.DictComp(key=key, value=value, generators=generators):
            element: ast.expr = ast.copy_location(ast.Tuple([key, value], ast.Load()), key)
        case ast.SetComp(elt=element, generators=generators) | ast.GeneratorExp(elt=element, generators=generators):
            pass
        case _:
            assert isinstance(node, ast.ListComp)
            return node
    return ast.copy_location(ast.ListComp(element, generators), node)


def _stream(iterable: ast.expr, lowering: Lowering, node: ast.expr) -> Wire | None:
    """Return the items a comprehension's first generator goes over; None when nothing in it is data."""
    value = lowering.lower(iterable)
    found = items_of(value, iterable, lowering)
    if found is None and _flows(node, lowering):
        return _literal_items(value, iterable, lowering)
    return found


def _flows(node: ast.expr, lowering: Lowering) -> bool:
    names = [part.id for part in ast.walk(node) if isinstance(part, ast.Name)]
    return any(isinstance(lowering.names.get(name), Flowing) for name in names)


def items_of(value: Value, node: ast.expr, lowering: Lowering) -> Wire | None:
    """Return a value as items to go over: entries of a finished value, keys of a dict; None when it is no data."""
    match value:
        case Faulty():
            raise AlreadyReported
        case Flowing(wire=wire) if wire.facts.shape is Shape.ITEMS:
            return wire
        case Flowing(wire=wire):
            return add_entries("keys" if wire.facts.shape is Shape.ENTRIES else "iter", wire, node, lowering)
        case Several(items=items) if any(isinstance(item, Flowing) for item in items):
            builder = CodeBuilder(lowering)
            whole = apply_code(builder.expression(node), builder, node, lowering, "")
            return items_of(whole, node, lowering)
    return None


def literal_items(node: ast.expr, lowering: Lowering) -> Wire:
    """Return known items as a wire."""
    return _literal_items(lowering.lower(node), node, lowering)


def _literal_items(value: Value, node: ast.expr, lowering: Lowering) -> Wire:
    value = as_data(value, node, lowering)
    made = items_of(value, node, lowering)
    if made is not None:
        return made
    builder = CodeBuilder(lowering)
    match value:
        case Known(value=list() as plain) if len(plain) <= SHOWN:
            listed = ast.List([builder.literal(item, node) for item in plain], ast.Load())
            tree: ast.expr = ast.copy_location(listed, node)
            element = element_of(_type_of_plain(plain))
        case Known(value=plain):
            tree, element = builder.literal(plain, node), element_of(_type_of_plain(plain))
        case ElementCode(tree=code) if _never_ends(code, lowering.environment):
            raise Fault(faults.never_ends(lowering.span(node), ast.unparse(node)))
        case ElementCode(tree=code):
            tree, element = builder.value(value, node), UNKNOWN
        case _:
            tree, element = builder.expression(node), UNKNOWN
    facts = Facts(place=ANYWHERE, element=element)
    span = lowering.span(node)
    flowing = lowering.add(Literal(out=lowering.wire("", facts), span=span, items=builder.finish(tree)))
    return flowing.wire


def _never_ends(tree: ast.expr, environment: Environment) -> bool:
    """Whether an expression is a call of one of the endless iterators of `itertools`."""
    if not isinstance(tree, ast.Call) or not environment.live:
        return False
    root, *rest = ast.unparse(tree.func).split(".")
    if root not in environment:
        return False
    thing = environment[root]
    for part in rest:
        thing = getattr(thing, part, None)
    alone = len(tree.args) + len(tree.keywords) == 1
    return thing in (itertools.count, itertools.cycle) or (thing is itertools.repeat and alone)


def _type_of_plain(plain: object) -> Type:
    if isinstance(plain, tuple | list) and plain and len({_type_of_item(item) for item in plain}) == 1:
        return Type("list", (_type_of_item(plain[0]),))
    return Type(type(plain).__name__)


def _type_of_item(plain: object) -> Type:
    if isinstance(plain, tuple):
        return Type("tuple", tuple(map(_type_of_item, plain)))
    return Type("None" if plain is None else type(plain).__name__)


def add_entries(part: str, wire: Wire, node: ast.AST, lowering: Lowering, hint: str = "") -> Wire:
    """Add an `Entries`: what going over a dict, set or other finished value gives."""
    out = lowering.wire(hint, infer_entries(wire.facts, part))
    return lowering.add(Entries(out=out, inputs=(wire,), span=lowering.span(node), part=part)).wire


def add_fold(
    function: str,
    items: Wire,
    node: ast.AST,
    lowering: Lowering,
    hint: str,
    arguments: tuple[tuple[str, Code], ...] = (),
    sides: tuple[Wire, ...] = (),
) -> Flowing:
    """Add a `Fold` of items."""
    facts = infer_fold(function, items.facts, [side.facts for side in sides])
    out = lowering.wire(hint, facts)
    span = lowering.span(node)
    return lowering.add(Fold(out=out, inputs=(items, *sides), span=span, function=function, arguments=arguments))


def lower_subscript(node: ast.Subscript, lowering: Lowering, hint: str) -> Value | None:
    """Lower ``xs[a:b:c]`` and ``xs[i]`` on what flows; None when nothing of it does."""
    value = lowering.lower(node.value) if not lowering.conditional else None
    match value, node.slice:
        case Faulty(), _:
            raise AlreadyReported
        case Flowing(wire=wire, kind=kind), index if kind:
            error = refusal(lambda it: it[:] if isinstance(index, ast.Slice) else it[0], kind)
            assert error is not None, f"{kind} has items by position"
            return raising(error, wire, node, lowering, hint)
        case Flowing(wire=wire), ast.Slice() as bounds if _is_list(wire):
            return _take(items_of(Flowing(wire), node, lowering) or wire, bounds, node, lowering, hint)
        case Flowing(wire=wire), index if wire.facts.shape is Shape.ITEMS:
            builder = CodeBuilder(lowering)
            position = builder.code(index)
            return add_fold("item", wire, node, lowering, hint, (("index", position),), tuple(builder.inputs))
        case Flowing(wire=wire), index:
            return _item_of_value(lowering.whole(wire, node), node, lowering, hint)
        case Several(items=items), index:
            place = static_value(index, lowering)
            if place is not None and isinstance(place.value, int) and -len(items) <= place.value < len(items):
                return items[place.value]
            raise Fault(faults.not_known_early(lowering.span(index), "which of the results is meant"))
    return None


def _is_list(wire: Wire) -> bool:
    return wire.facts.shape is Shape.ITEMS or (wire.facts.shape is Shape.VALUE and wire.facts.element.name == "list")


def _item_of_value(wire: Wire, node: ast.Subscript, lowering: Lowering, hint: str) -> Value:
    builder = CodeBuilder(lowering)
    held = builder.read(wire, node.value)
    index = lowering.product.recursion.parts(node.slice, builder, lowering)
    tree = ast.copy_location(ast.Subscript(held, index, ast.Load()), node)
    return apply_code(tree, builder, node, lowering, hint)


def _take(wire: Wire, bounds: ast.Slice, node: ast.AST, lowering: Lowering, hint: str) -> Flowing:
    stop_early(wire, lowering)
    return add_take(wire, (bounds.lower, bounds.upper, bounds.step), node, lowering, hint)


def add_take(wire: Wire, bounds: tuple[ast.expr | None, ...], node: ast.AST, lowering: Lowering, hint: str) -> Flowing:
    """Add a `Take` with start, stop and step."""
    builder = CodeBuilder(lowering)
    start, stop, step = (None if bound is None else builder.code(bound) for bound in bounds)
    order = wire.facts.order if wire.facts.order is Order.TOTAL else Order.NONE
    share = wire.facts.share if wire.facts.share in ("", "copies") else "partial"
    facts = with_sides(replace(wire.facts, order=order, share=share), wire.facts, builder.inputs)
    out = lowering.wire(hint, facts)
    inputs = (wire, *builder.inputs)
    return lowering.add(Take(out=out, inputs=inputs, span=lowering.span(node), start=start, stop=stop, step=step))
