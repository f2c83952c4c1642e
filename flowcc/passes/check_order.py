"""Check that whatever depends on the order of its items gets them in order."""

from __future__ import annotations

import ast

from flowcc.algebra.names import Names
from flowcc.algebra.operations import is_comparable, is_ordered
from flowcc.algebra.order_uses import leak_of
from flowcc.diagnostics import Diagnostic, FlowError
from flowcc.facts import Order, Shape
from flowcc.ir import (
    Apply,
    Claim,
    Code,
    Concat,
    Each,
    Entries,
    Fixpoint,
    Flow,
    Fold,
    Group,
    Move,
    Op,
    Result,
    Scan,
    Sort,
    Source,
    Take,
    Window,
    Wire,
    Zip,
)  # fmt: skip
from flowcc.passes import faults
from flowcc.passes.items import items_of
from flowcc.passes.laws import Laws, laws_of
from flowcc.passes.trace import has_unique_keys, order_lost_at

SEQUENCES = ("list", "tuple", "str", "bytes")


def check_order(flow: Flow, names: Names) -> Flow:
    """Raise F301 where order is needed and lost; return the flow as it is."""
    laws = laws_of(flow, names)
    found: list[Diagnostic] = []
    for op in flow.ops:
        for wire, name, why in _needing(op, laws):
            if wire.facts.order is not Order.TOTAL:
                lost = order_lost_at(wire, laws.made)
                found.append(faults.order_lost(op.span, name, lost.span if lost else None, _how(lost), why))
                break
    if found:
        raise FlowError(found)
    return flow


def _how(lost: Op | None) -> str:
    match lost:
        case Move(verb=verb, inputs=[moved, *_]) if verb == "gather":
            return f"the members of {moved.facts.place.name} answer in any order"
        case Entries():
            return "a set has no order"
        case Source():
            return "a Bag has no order"
    return "order is lost here"


def _needing(op: Op, laws: Laws) -> list[tuple[Wire, str, str]]:
    """The inputs whose order can show in what an operator gives: (wire, what needs it, why)."""
    flow, made = laws.flow, laws.made
    match op:
        case Fold():
            return _fold(op, laws)
        case Scan(function=function):
            return [(op.inputs[0], function, "each item's result depends on those before it")]
        case Sort(function="reversed"):
            return [(op.inputs[0], "reversed", "")]
        case Sort(function="nlargest" | "nsmallest" as function) if op.out.facts.order is not Order.TOTAL:
            return [
                (op.inputs[0], function, "items with the same key may be told apart: add the item itself to the key")
            ]
        case Take():
            return [(op.inputs[0], "a slice", "which items it takes depends on their order")]
        case Zip():
            return [(wire, "zip", "items are paired by position") for wire in op.inputs]
        case Concat(function="heapq.merge"):
            return [(wire, "heapq.merge", "") for wire in op.inputs]
        case Window(function=function):
            return [(op.inputs[0], function, "what is late depends on what came before")]
        case Apply(code=code):
            return _whole(op.inputs, code)
        case Each(code=code) if len(op.inputs) > 1:
            return _whole(op.inputs[1:], code, in_product=True, kept=_is_returned(op, flow))
        case Group(inputs=[items, *_]) if items.facts.order is not Order.TOTAL:
            return _group(op, items, flow)
        case Fixpoint(step=step):
            return _whole(op.inputs[1:], step)
        case Move(ordered=True):
            return _ordered(op, made)
    return []


def _fold(op: Fold, laws: Laws) -> list[tuple[Wire, str, str]]:
    items, arguments = op.inputs[0], dict(op.arguments)
    needed = [(items, op.function, "")]
    match op.function:
        case "item" | "join" | "tuple":
            return needed
        case "reduce":
            if items.facts.order is Order.TOTAL:
                return []
            finding = laws.order(op)
            return [] if finding.holds else [(items, "reduce", finding.why)]
        case "min" | "max" if "key" in arguments:
            return [(items, op.function, "of items with the same key it gives the first")]
        case "min" | "max":
            fact = items_of(items, laws.made, laws.names)
            apart = is_comparable(fact) and not is_ordered(fact)
            return (
                [(items, op.function, f"of {fact.type}, values that do not compare may stay as they come")]
                if apart
                else []
            )
        case "sum" if items.facts.element.name in SEQUENCES or not _is_plain(arguments.get("start")):
            return [(items, "sum", "it joins sequences in their order")]
        case "dict" if items.facts.shape is Shape.ITEMS and not has_unique_keys(items, laws.made):
            return [(items, "dict", "of entries with the same key the last one stays")]
    return []


def _is_plain(code: Code | None) -> bool:
    return code is None or isinstance(ast.parse(code.text, mode="eval").body, ast.Constant | ast.UnaryOp)


def _is_returned(op: Op, flow: Flow) -> bool:
    """Whether what an operator gives goes to the result as it is, where dicts and sets have no order to show."""
    readers = [reader for reader in flow.ops if op.out in reader.inputs]
    return all(
        isinstance(reader, Result)
        or ((isinstance(reader, Move | Claim) or (isinstance(reader, Fold) and reader.function == "dict"))
            and _is_returned(reader, flow))
        for reader in readers
    )  # fmt: skip


def _whole(
    inputs: tuple[Wire, ...], code: Code, in_product: bool = False, kept: bool = True
) -> list[tuple[Wire, str, str]]:
    """Sides of element code in which their inner order can show."""
    tree = code.tree or ast.parse(code.text, mode="eval").body
    found = []
    for wire in inputs:
        leak = leak_of(
            tree, wire.name, in_product=in_product, is_list=wire.facts.shape is Shape.ITEMS, kept=kept,
            hidden=code.hidden,
        )  # fmt: skip
        if leak is not None or any(wire.name in text for text in code.definitions):
            shown = wire.name if not wire.name.startswith("_") else ast.unparse(tree)
            found.append((wire, shown, "its order can show here"))
    return found


def _group(op: Group, items: Wire, flow: Flow) -> list[tuple[Wire, str, str]]:
    """The lists of a group are in no order: whoever reads them must not show one."""
    why = "the items of a group keep the order they came in"
    for reader in flow.ops:
        if op.out in reader.inputs and isinstance(reader, Entries):
            for second in flow.ops:
                if reader.out in second.inputs and not _ignores_lists(second, reader.part, flow):
                    return [(items, "group", why)]
        elif (op.out in reader.inputs and not isinstance(reader, Fold)) or (
            op.out in reader.inputs and isinstance(reader, Fold) and reader.function != "len"
        ):
            return [(items, "group", why)]
    return []


def _ignores_lists(op: Op, part: str, flow: Flow) -> bool:
    if part == "keys":
        return True
    if not isinstance(op, Each):
        return isinstance(op, Fold) and op.function == "len"
    tree = op.code.tree
    if not isinstance(tree, ast.ListComp):
        return False
    target = tree.generators[0].target
    held = target.elts[1] if part == "items" and isinstance(target, ast.Tuple) and len(target.elts) == 2 else target
    if not isinstance(held, ast.Name) or (part == "items" and held is target):
        return False
    parts = [tree.elt, *(c for g in tree.generators for c in g.ifs), *(g.iter for g in tree.generators[1:])]
    kept = _is_returned(op, flow)
    return all(_in_tree(part_tree, held.id, kept, op.code.hidden) for part_tree in parts)


def _in_tree(tree: ast.expr, name: str, kept: bool, hidden: tuple[str, ...]) -> bool:
    """Whether a list's order cannot show in a part of a comprehension's element, looking into displays."""
    match tree:
        case ast.Name(id=found):
            return found != name
        case ast.Tuple(elts=parts) | ast.List(elts=parts):
            return all(_in_tree(part, name, kept, hidden) for part in parts)
        case ast.Call(args=arguments, keywords=keywords) if not _reads_plainly(tree, name):
            return all(_in_tree(part, name, kept, hidden) for part in (*arguments, *(k.value for k in keywords)))
    return leak_of(tree, name, is_list=True, kept=kept, hidden=hidden) is None


def _reads_plainly(call: ast.Call, name: str) -> bool:
    return any(isinstance(part, ast.Name) and part.id == name for part in ast.walk(call))


def _ordered(op: Move, made: dict[str, Op]) -> list[tuple[Wire, str, str]]:
    """``gather(ordered=True)`` can restore the order that a scatter split, through item-wise operators only."""
    wire = op.inputs[0]
    source = made.get(wire.name)
    while isinstance(source, Each):
        source = made.get(source.inputs[0].name)
    if isinstance(source, Move) and source.verb in ("scatter", "broadcast") and wire.facts.order is Order.TOTAL:
        return []
    return [(_unordered(wire), "gather(ordered=True)", "no scatter split this order")]


def _unordered(wire: Wire) -> Wire:
    from dataclasses import replace

    return replace(wire, facts=replace(wire.facts, order=Order.NONE))
