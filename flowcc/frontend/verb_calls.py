"""What the verbs and operators that flowcc adds become: `Move`, `Group`, `Scan`, `Window`, `Fixpoint` and so on."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from flowcc.facts import UNKNOWN, Delivery, Order, Shape, Type
from flowcc.frontend import faults
from flowcc.frontend.apply import static_value
from flowcc.frontend.calls import Call, Handler
from flowcc.frontend.collections import add_fold, literal_items
from flowcc.frontend.infer import (
    infer_apply,
    infer_group,
    infer_move,
    infer_scan,
    infer_several,
    infer_window,
    with_sides,
)  # fmt: skip
from flowcc.frontend.lowering import Fault, Lowering
from flowcc.frontend.shares import key_text
from flowcc.frontend.types import type_of
from flowcc.frontend.values import Flowing, Known, Several, Value
from flowcc.ir import Claim, Code, Fixpoint, Group, Merge, Move, Scan, Window, Wire

PARAMETERS = {
    "send": (("xs", "place"), ()),
    "broadcast": (("xs", "place"), ()),
    "scatter": (("xs", "place"), ("by",)),
    "route": (("pairs", "place"), ()),
    "gather": (("xs", "place"), ("merge", "ordered")),
}


def _move(call: Call) -> Value | None:
    positional, keywords = PARAMETERS[call.name]
    bound = call.bind(*positional, keywords=keywords, required=2)
    to = call.place(bound["place"]).place
    moved = _moved(call, bound[positional[0]])
    if isinstance(moved, Several):
        raise call.fault("moves one collection or value; call it for each")
    assert isinstance(moved, Wire)
    codes, sides = call.codes(bound, ("by", "merge"))
    given = dict(codes)
    ordered = _flag(call, bound, "ordered")
    key = key_text(given["by"]) if "by" in given else ""
    facts = infer_move(call.name, moved.facts, to, key, ordered)
    if any(side.facts.place.is_cluster and side.facts.share != "copies" for side in sides):
        facts = replace(facts, share="dealt")  # each member computes the key with values of its own
    out, span = call.lowering.wire(call.hint, facts), call.lowering.span(call.node)
    return call.lowering.add(
        Move(out=out, inputs=(moved, *sides), span=span, verb=call.name, to=to,
             by=given.get("by"), merge=given.get("merge"), ordered=ordered)
    )  # fmt: skip


def _moved(call: Call, node: ast.expr) -> Wire | Several:
    value = call.value(node)
    match value:
        case Flowing(wire=wire) if call.name in ("scatter", "route") and wire.facts.shape is Shape.VALUE:
            items = call.items(node)
            assert items is not None
            return items
        case Flowing(wire=wire):
            return wire
        case Several():
            return value
    return literal_items(node, call.lowering)


def _flag(call: Call, bound: Mapping[str, ast.expr], name: str) -> bool:
    if name not in bound:
        return False
    known = static_value(bound[name], call.lowering)
    if known is None:
        raise Fault(faults.not_known_early(call.lowering.span(bound[name]), f"`{name}` is True or False"))
    return bool(known.value)


def _group(call: Call) -> Value | None:
    bound = call.bind("xs", "by", keywords=("until",))
    items = call.items(bound["xs"])
    if items is None:
        return None
    codes, sides = call.codes(bound, ("by", "until"))
    given = dict(codes)
    element = items.facts.element
    pair = element.arguments if element.name == "tuple" and len(element.arguments) == 2 else (UNKNOWN, UNKNOWN)
    key_type, value = pair if "by" not in given else (_result_of(given["by"], element, call), element)
    facts = infer_group(items.facts, key_text(given.get("by")), value, key_type, "until" in given)
    facts = with_sides(facts, items.facts, sides)
    if "until" in given:
        facts = replace(facts, order=Order.NONE if facts.order is not Order.TOTAL else facts.order)
    out, span = call.lowering.wire(call.hint, facts), call.lowering.span(call.node)
    return call.lowering.add(
        Group(out=out, inputs=(items, *sides), span=span, by=given.get("by"), until=given.get("until"))
    )


def _result_of(function: Code, element: Type, call: Call) -> Type:
    """Return what a lambda of one argument gives for an item."""
    match function.tree:
        case ast.Lambda(args=ast.arguments(args=[ast.arg(arg=name)]), body=body):
            return type_of(body, {name: element}, call.lowering.environment)
        case ast.Name() | ast.Attribute():
            return type_of(ast.Call(function.tree, [], []), {}, call.lowering.environment)
    return UNKNOWN


def _scan(call: Call) -> Value | None:
    bound = call.bind("step", "xs", "init", "by", required=3)
    items = call.items(bound["xs"])
    if items is None:
        return None
    codes, sides = call.codes(bound, ("step", "init", "by"))
    given = dict(codes)
    pair = _result_of(given["step"], UNKNOWN, call)
    element = pair.arguments[1] if pair.name == "tuple" and len(pair.arguments) == 2 else UNKNOWN
    facts = infer_scan(items.facts, element, key_text(given["by"]) if "by" in given else None)
    facts = with_sides(facts, items.facts, sides)
    out, span = call.lowering.wire(call.hint, facts), call.lowering.span(call.node)
    return call.lowering.add(Scan(out=out, inputs=(items, *sides), span=span, function="scan", arguments=codes))


def _window(call: Call) -> Value | None:
    positional, keywords = {
        "windows": (("xs", "length", "time"), ("every", "by", "late")),
        "sessions": (("xs", "gap", "time"), ("by", "late")),
    }[call.name]
    bound = call.bind(*positional, keywords=keywords, required=3)
    items = call.items(bound["xs"])
    if items is None:
        return None
    codes, sides = call.codes(bound, tuple(name for name in (*positional, *keywords) if name != "xs"))
    by = dict(codes).get("by")
    key_type = _result_of(by, items.facts.element, call) if by else Type("None")
    window = Type("Window" if call.name == "windows" else "Session")
    element = Type("dict", (Type("tuple", (window, key_type)), Type("list", (items.facts.element,))))
    facts = infer_window(items.facts, key_text(by) if by else "", element, late=False)
    out, span = call.lowering.wire(call.hint, facts), call.lowering.span(call.node)
    return call.lowering.add(Window(out=out, inputs=(items, *sides), span=span, function=call.name, arguments=codes))


def late_output(wire: Wire, call_node: ast.Attribute, lowering: Lowering, hint: str) -> Flowing | None:
    """Return the items that came too late for a window: ``minutes.late``; None when ``wire`` is no window."""
    for op in lowering.product.ops:
        if op.out == wire and isinstance(op, Window):
            facts = infer_window(op.inputs[0].facts, "", op.inputs[0].facts.element, late=True)
            out, span = lowering.wire(hint, facts), lowering.span(call_node)
            return lowering.add(replace(op, out=out, span=span, function=f"{op.function}.late"))
    return None


def _fixpoint(call: Call) -> Value | None:
    bound = call.bind("step", "start", required=2)
    start = call.value(bound["start"])
    codes, sides = call.codes(bound, ("step",)) if isinstance(start, Flowing | Known) else ((), ())
    if isinstance(start, Known) and type(start.value) is set and sides:  # known, but what it leads to flows
        items = literal_items(bound["start"], call.lowering)
        start = add_fold("set", items, bound["start"], call.lowering, "")
    if not isinstance(start, Flowing):
        return None
    first = call.lowering.whole(start.wire, call.node)
    sides = tuple(side for side in sides if side != first)
    facts = infer_apply([wire.facts for wire in (first, *sides)], first.facts.element, keeps_order=False)
    if first.facts.element.name in ("set", "frozenset"):
        facts = replace(facts, order=Order.NONE)
    out, span = call.lowering.wire(call.hint, facts), call.lowering.span(call.node)
    return call.lowering.add(Fixpoint(out=out, inputs=(first, *sides), span=span, step=dict(codes)["step"]))


def _merge(call: Call) -> Value | None:
    if call.node.keywords or not call.node.args:
        raise call.fault("takes collections, and nothing else")
    inputs = tuple(call.items_or_known(argument) for argument in call.node.args)
    types = {wire.facts.element for wire in inputs}
    facts = infer_several([w.facts for w in inputs], types.pop() if len(types) == 1 else UNKNOWN, ordered=False)
    return call.lowering.add(
        Merge(out=call.lowering.wire(call.hint, facts), inputs=inputs, span=call.lowering.span(call.node))
    )


def _claim(call: Call) -> Value | None:
    keywords = ("ordered", "once", "because") if call.name == "trust" else ()
    bound = call.bind("xs", keywords=keywords)
    value = call.value(bound["xs"])
    if not isinstance(value, Flowing):
        return None
    facts, because = value.wire.facts, ""
    if call.name == "unordered":
        facts = replace(facts, order=Order.NONE)
    else:
        because = _because(call, bound)
        if _flag(call, bound, "ordered"):
            facts = replace(facts, order=Order.TOTAL)
        if _flag(call, bound, "once"):
            facts = replace(facts, delivery=Delivery.ONCE)
    out, span = call.lowering.wire(call.hint, facts), call.lowering.span(call.node)
    return call.lowering.add(Claim(out=out, inputs=(value.wire,), span=span, function=call.name, because=because))


def _because(call: Call, bound: Mapping[str, ast.expr]) -> str:
    known = static_value(bound["because"], call.lowering) if "because" in bound else None
    if known is None or not isinstance(known.value, str) or not known.value.strip():
        raise Fault(faults.no_reason(call.lowering.span(call.node), call.name))
    return known.value


VERB_CALLS: Mapping[str, Handler] = MappingProxyType(
    dict.fromkeys(PARAMETERS, _move)
    | {"group": _group, "scan": _scan, "windows": _window, "sessions": _window, "fixpoint": _fixpoint}
    | {"merge": _merge, "unordered": _claim, "trust": _claim}
)
