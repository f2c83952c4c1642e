"""What each function that the language knows from Python becomes, by its short name."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from flowcc.facts import UNKNOWN, Order, Shape, Type
from flowcc.frontend.apply import apply_code
from flowcc.frontend.calls import Call, Handler
from flowcc.frontend.collections import add_fold, add_take, comprehension_over, items_of
from flowcc.frontend.element_code import CodeBuilder
from flowcc.frontend.infer import infer_scan, infer_several, infer_sort, with_sides
from flowcc.frontend.laziness import gone_over, raising, refusal, stop_early
from flowcc.frontend.lowering import Lowering
from flowcc.frontend.shares import key_text
from flowcc.frontend.values import Flowing, Value
from flowcc.frontend.verb_calls import VERB_CALLS
from flowcc.ir import Claim, Concat, Entries, Group, Move, Scan, Sort, Wire, Zip

FOLDS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...], int]] = MappingProxyType({
    # name: (positional parameters, keyword-only ones, how many must be given)
    "sum": (("iterable", "start"), (), 1),
    "len": (("iterable",), (), 1),
    "min": (("iterable",), ("key", "default"), 1),
    "max": (("iterable",), ("key", "default"), 1),
    "any": (("iterable",), (), 1),
    "all": (("iterable",), (), 1),
    "set": (("iterable",), (), 1),
    "frozenset": (("iterable",), (), 1),
    "tuple": (("iterable",), (), 1),
    "dict": (("iterable",), (), 1),
    "Counter": (("iterable",), (), 1),
    "mean": (("iterable",), (), 1),
    "fmean": (("iterable",), (), 1),
    "fsum": (("iterable",), (), 1),
    "prod": (("iterable",), ("start",), 1),
    "reduce": (("function", "iterable", "initial"), (), 2),
})  # fmt: skip


def _fold(call: Call) -> Value | None:
    positional, keywords, required = FOLDS[call.name]
    if not call.node.args or (len(call.node.args) > 1 and call.name in ("min", "max")):
        return None  # of several values, or of nothing: Python's own
    bound = call.bind(*positional, keywords=keywords, required=required)
    value = call.value(bound["iterable"])
    if not isinstance(value, Flowing):
        return None
    error = refusal(len, value.kind) if call.name == "len" and value.kind else None
    if error is not None:
        return raising(error, value.wire, call.node, call.lowering, call.hint)
    if call.name in ("any", "all"):
        stop_early(value.wire, call.lowering)
    whole = value.wire.facts.shape
    if call.name == "dict" and whole is Shape.ENTRIES:
        return Flowing(call.lowering.whole(value.wire, call.node))
    if (call.name in ("len", "dict", "Counter") and whole is Shape.VALUE) or (
        call.name == "Counter" and whole is Shape.ENTRIES
    ):
        return _of_value(call, value.wire)
    if call.name == "len" and whole is Shape.ENTRIES:
        return add_fold("len", value.wire, call.node, call.lowering, call.hint)
    items = call.items(bound["iterable"]) if whole is not Shape.ITEMS else value.wire
    assert items is not None
    rest = tuple(name for name in (*positional, *keywords) if name != "iterable")
    codes, sides = call.codes(bound, rest)
    return add_fold(call.name, items, call.node, call.lowering, call.hint, codes, sides)


def _of_value(call: Call, wire: Wire) -> Value:
    builder = CodeBuilder(call.lowering)
    function = builder.expression(call.node.func)
    tree = ast.copy_location(ast.Call(function, [builder.read(wire, call.node)], []), call.node)
    return apply_code(tree, builder, call.node, call.lowering, call.hint)


def _list(call: Call) -> Value | None:
    if not call.node.args:
        return None
    node = call.bind("iterable")["iterable"]
    value = call.value(node, call.hint)
    if call.name == "list":
        gone_over(value, call.lowering)
    items = items_of(value, node, call.lowering)
    return None if items is None else Flowing(items)


def _next(call: Call) -> Value | None:
    """``next(it)`` and ``next(it, default)``: of the first item, and of no other."""
    bound = call.bind("iterator", "default")
    value = call.value(bound["iterator"])
    if not isinstance(value, Flowing) or value.wire.facts.shape is not Shape.ITEMS:
        return None
    error = refusal(next, value.kind)
    if error is not None:
        return raising(error, value.wire, call.node, call.lowering, call.hint)
    first = add_take(value.wire, (None, ast.Constant(1), None), call.node, call.lowering, "")
    stop_early(value.wire, call.lowering)
    builder = CodeBuilder(call.lowering)
    given: list[ast.expr] = [ast.Call(ast.Name("iter", ast.Load()), [builder.read(first.wire, call.node)], [])]
    if "default" in bound:
        given.append(call.lowering.product.recursion.parts(bound["default"], builder, call.lowering))
    tree = ast.Call(builder.expression(call.node.func), given, [])
    located = ast.fix_missing_locations(ast.copy_location(tree, call.node))
    return apply_code(located, builder, call.node, call.lowering, call.hint)


def _sorted(call: Call) -> Value | None:
    parameters = {
        "sorted": (("iterable",), ("key", "reverse"), 1),
        "reversed": (("iterable",), (), 1),
        "nlargest": (("n", "iterable", "key"), (), 2),
        "nsmallest": (("n", "iterable", "key"), (), 2),
    }
    positional, keywords, required = parameters[call.name]
    bound = call.bind(*positional, keywords=keywords, required=required)
    value = call.value(bound["iterable"])
    error = refusal(reversed, value.kind) if call.name == "reversed" and isinstance(value, Flowing) else None
    if error is not None and isinstance(value, Flowing):
        return raising(error, value.wire, call.node, call.lowering, call.hint)
    items = items_of(value, bound["iterable"], call.lowering)
    if items is None:
        return None
    codes, sides = call.codes(bound, tuple(name for name in (*positional, *keywords) if name != "iterable"))
    key = next((code for name, code in codes if name == "key"), None)
    total = items.facts.order is Order.TOTAL or key is None or _separates(key_text(key), items, call.lowering)
    out = call.lowering.wire(call.hint, with_sides(infer_sort(call.name, items.facts, total), items.facts, sides))
    span = call.lowering.span(call.node)
    return call.lowering.add(Sort(out=out, inputs=(items, *sides), span=span, function=call.name, arguments=codes))


def _separates(key: str, items: Wire, lowering: Lowering) -> bool:
    """Whether items that differ have keys that differ: the key holds the item, or what is unique in it."""
    body = ast.parse(key.removeprefix("lambda _: "), mode="eval").body
    parts = [ast.unparse(part) for part in (body.elts if isinstance(body, ast.Tuple) else [body])]
    unique = {"_"}
    for op in lowering.product.ops:
        if op.out == items and isinstance(op, Entries) and op.part == "items" and not _closes_early(op, lowering):
            unique.add("_[0]")  # keys of a dict
    fields = items.facts.element.arguments if items.facts.element.name == "tuple" else ()
    every = {f"_[{position}]" for position in range(len(fields))}
    return bool(unique & set(parts)) or (bool(every) and every <= set(parts))


def _closes_early(entries: Entries, lowering: Lowering) -> bool:
    """Whether a key may come several times, since its group begins anew once it is done."""
    held = entries.inputs[0]
    for op in reversed(lowering.product.ops):
        if op.out == held and isinstance(op, Move | Claim):
            held = op.inputs[0]
        elif op.out == held:
            return isinstance(op, Group) and op.until is not None
    return False


def _enumerate(call: Call) -> Value | None:
    parameters = {
        "enumerate": ("iterable", "start"),
        "pairwise": ("iterable",),
        "batched": ("iterable", "n"),
        "takewhile": ("predicate", "iterable"),
        "dropwhile": ("predicate", "iterable"),
        "groupby": ("iterable", "key"),
        "accumulate": ("iterable", "function"),
    }[call.name]
    node = call.node
    if call.name == "accumulate":  # its own name for it is `func`
        words = [ast.keyword("function" if k.arg == "func" else k.arg, k.value) for k in node.keywords]
        call = replace(call, node=ast.copy_location(ast.Call(node.func, node.args, words), node))
    keywords = ("initial",) if call.name == "accumulate" else ()
    bound = call.bind(*parameters, keywords=keywords, required=len(parameters) if "predicate" in parameters else 1)
    items = call.items(bound["iterable"])
    if items is None:
        return None
    if call.name == "takewhile":
        stop_early(items, call.lowering)
    codes, sides = call.codes(bound, tuple(n for n in (*parameters, *keywords) if n != "iterable"))
    element = items.facts.element
    types = {
        "enumerate": Type("tuple", (Type("int"), element)),
        "pairwise": Type("tuple", (element, element)),
        "batched": Type("tuple", (element, Type("..."))),
        "groupby": Type("tuple", (UNKNOWN, Type("list", (element,)))),
        "accumulate": UNKNOWN if codes else element,
    }
    facts = with_sides(infer_scan(items.facts, types.get(call.name, element), None), items.facts, sides)
    out = call.lowering.wire(call.hint, facts)
    span = call.lowering.span(call.node)
    return call.lowering.add(Scan(out=out, inputs=(items, *sides), span=span, function=call.name, arguments=codes))


def _zip(call: Call) -> Value | None:
    strict = [keyword.value for keyword in call.node.keywords if keyword.arg == "strict"]
    if len(strict) != len(call.node.keywords):
        raise call.fault("takes no argument but `strict`")
    inputs = _many(call)
    if inputs is None:
        return None
    for wire in inputs:
        stop_early(wire, call.lowering)
    wanted = bool(strict) and isinstance(strict[0], ast.Constant) and bool(strict[0].value)
    element = Type("tuple", tuple(wire.facts.element for wire in inputs))
    facts = infer_several([wire.facts for wire in inputs], element, ordered=True)
    if facts.place.is_cluster and facts.share != "copies":
        facts = replace(facts, share="partial")
    span = call.lowering.span(call.node)
    return call.lowering.add(Zip(out=call.lowering.wire(call.hint, facts), inputs=inputs, span=span, strict=wanted))


def _many(call: Call) -> tuple[Wire, ...] | None:
    """Return all positional arguments as items; None when none of them is data."""
    if any(isinstance(argument, ast.Starred) for argument in call.node.args):
        raise call.fault("takes no `*` arguments here")
    found = [call.items(argument) for argument in call.node.args]
    if all(wire is None for wire in found):
        return None
    return tuple(wire or call.items_or_known(argument) for wire, argument in zip(found, call.node.args, strict=True))


def _chain(call: Call) -> Value | None:
    keywords = {keyword.arg or "**": keyword.value for keyword in call.node.keywords}
    if set(keywords) - ({"key", "reverse"} if call.name == "heapq.merge" else set()):
        raise call.fault("takes no such keyword")
    inputs = _many(call)
    if inputs is None:
        return None
    codes, sides = call.codes(keywords, ("key", "reverse"))
    types = {wire.facts.element for wire in inputs}
    facts = infer_several([w.facts for w in inputs], types.pop() if len(types) == 1 else UNKNOWN, ordered=True)
    out, span = call.lowering.wire(call.hint, facts), call.lowering.span(call.node)
    return call.lowering.add(Concat(out=out, inputs=(*inputs, *sides), span=span, function=call.name, arguments=codes))


def _islice(call: Call) -> Value | None:
    if call.node.keywords or not 2 <= len(call.node.args) <= 4:
        raise call.fault("takes an iterable, then stop, or start, stop and step")
    items = call.items(call.node.args[0])
    if items is None:
        return None
    stop_early(items, call.lowering)
    bounds = [None if isinstance(a, ast.Constant) and a.value is None else a for a in call.node.args[1:]]
    start, stop, step = [None, bounds[0], None] if len(bounds) == 1 else [*bounds, None][:3]
    for bound in (start, stop, step):
        if isinstance(bound, ast.UnaryOp):
            raise call.fault("takes no negative positions")
    return add_take(items, (start, stop, step), call.node, call.lowering, call.hint)


def _map(call: Call) -> Value | None:
    """``map filter filterfalse starmap product chain.from_iterable`` are comprehensions written otherwise."""
    arguments = call.node.args
    if call.node.keywords or not arguments:
        raise call.fault("takes no keywords")
    data = arguments if call.name in ("product", "chain.from_iterable") else arguments[1:]
    found = [call.items(argument) for argument in data]
    if not found or found[0] is None:
        if any(wire is not None for wire in found):
            found[0] = call.items_or_known(data[0])
        else:
            return None
    if call.name in ("map", "starmap", "filter", "filterfalse"):
        call.check_kind("key" if "filter" in call.name else "function", arguments[0])
    names = [call.lowering.product.fresh(name) for name in ("item", "item_b", "item_c", "item_d")[: len(data)]]
    items = [ast.copy_location(ast.Name(name, ast.Load()), call.node) for name in names]
    stream, tree = found[0], None
    assert stream is not None
    match call.name:
        case "map" if len(data) > 1:
            zipped = _zip(replace(call, node=ast.copy_location(ast.Call(call.node.func, list(data), []), call.node)))
            assert isinstance(zipped, Flowing)
            stream = zipped.wire
            call.lowering.product.lazy.add(stream.name)
            target: ast.expr = ast.Tuple([ast.Name(name, ast.Store()) for name in names], ast.Store())
            tree = _comprehension(_called_with(arguments[0], items), target, data[0], [])
        case "map":
            tree = _each(arguments[0], names[0], data[0])
        case "starmap":
            tree = _listed(_called_with(arguments[0], [ast.Starred(items[0], ast.Load())]), names[0], data[0])
        case "filter" | "filterfalse":
            tree = _filtered(call, arguments[0], names[0], data[0])
        case "chain.from_iterable":
            inner = call.lowering.product.fresh("each")
            further = ast.comprehension(ast.Name(inner, ast.Store()), items[0], [], 0)
            tree = _listed(ast.Name(inner, ast.Load()), names[0], data[0], [further])
        case _:
            further_ones = [
                ast.comprehension(ast.Name(name, ast.Store()), iterable, [], 0)
                for name, iterable in zip(names[1:], data[1:], strict=True)
            ]
            tree = _listed(ast.Tuple(list(items), ast.Load()), names[0], data[0], further_ones)
    located = ast.fix_missing_locations(ast.copy_location(tree, call.node))
    return comprehension_over(stream, located, call.lowering, call.hint)


def _comprehension(
    element: ast.expr, target: ast.expr, iterable: ast.expr, further: list[ast.comprehension]
) -> ast.ListComp:
    return ast.ListComp(element, [ast.comprehension(target, iterable, [], 0), *further])


def _listed(
    element: ast.expr, name: str, iterable: ast.expr, further: list[ast.comprehension] | None = None
) -> ast.ListComp:
    return _comprehension(element, ast.Name(name, ast.Store()), iterable, further or [])


def _each(function: ast.expr, name: str, iterable: ast.expr) -> ast.ListComp:
    match function:
        case ast.Lambda(args=ast.arguments(args=[ast.arg(arg=own)], vararg=None, kwarg=None), body=body):
            return _listed(body, own, iterable)
    return _listed(_called_with(function, [ast.Name(name, ast.Load())]), name, iterable)


def _filtered(call: Call, predicate: ast.expr, name: str, iterable: ast.expr) -> ast.ListComp:
    item: ast.expr = ast.Name(name, ast.Load())
    asked = item if isinstance(predicate, ast.Constant) else _called_with(predicate, [item])
    if call.name == "filterfalse":
        asked = ast.UnaryOp(ast.Not(), asked)
    tree = _listed(item, name, iterable)
    tree.generators[0].ifs.append(asked)
    return tree


def _called_with(function: ast.expr, arguments: Sequence[ast.expr]) -> ast.Call:
    return ast.copy_location(ast.Call(function, list(arguments), []), function)


FUNCTIONS: Mapping[str, Handler] = MappingProxyType(
    dict.fromkeys(FOLDS, _fold)
    | dict.fromkeys(("list", "iter"), _list)
    | dict.fromkeys(("sorted", "reversed", "nlargest", "nsmallest"), _sorted)
    | dict.fromkeys("enumerate pairwise batched takewhile dropwhile groupby accumulate".split(), _enumerate)
    | {"zip": _zip, "islice": _islice, "next": _next}
    | dict.fromkeys(("chain", "heapq.merge"), _chain)
    | dict.fromkeys(("map", "filter", "filterfalse", "starmap", "product", "chain.from_iterable"), _map)
    | dict(VERB_CALLS)
)
