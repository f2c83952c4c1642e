"""Begin a fold before the `Move` that brings its items together: partial aggregation before a ``scatter(by=)``.

``Counter(scatter(xs, C, by=f))`` becomes counts at the sender, pairs (item, count) on the way, and their sums at the
members; a group's fold likewise, where folds of parts make the whole: ``len min max any all``, and ``sum`` of ints.
Order of first appearance is kept, so entries come out in the same order.
"""

from __future__ import annotations

import ast
from dataclasses import replace

from flowcc.facts import Shape, Type
from flowcc.ir import Code, Flow, Fold, GroupFold, Move, Op, Scan, Wire
from flowcc.passes.renaming import code_of, fresh, tree_of

AGAIN = {"len": "sum", "min": "min", "max": "max", "any": "any", "all": "all", "sum": "sum"}


def fold_early(flow: Flow) -> Flow:
    """Rewrite every scatter by key whose only reader counts or folds its items."""
    readers = flow.readers()
    made = {op.out: op for op in flow.ops}
    taken = {op.out.name for op in flow.ops}
    replaced: dict[Wire, list[Op]] = {}
    for op in flow.ops:
        move = made.get(op.inputs[0]) if len(op.inputs) == 1 else None
        if isinstance(move, Move) and _is_keyed_scatter(move) and readers[move.out] == 1:
            rewritten = _begun(move, op, taken)
            if rewritten is not None:
                replaced |= {move.out: rewritten[:2], op.out: rewritten[2:]}
    return replace(flow, ops=tuple(part for op in flow.ops for part in replaced.get(op.out, [op])))


def _is_keyed_scatter(move: Move) -> bool:
    return move.verb == "scatter" and move.by is not None and len(move.inputs) == 1


def _begun(move: Move, op: Op, taken: set[str]) -> list[Op] | None:
    """Return the fold at the sender, the move of its pairs, and the fold at the members; None where that cannot be."""
    items = move.inputs[0]
    match op:
        case Fold(function="Counter") if items.facts.shape is Shape.ITEMS and move.by is not None:
            pair = Type("tuple", (items.facts.element, Type("int")))
            early = _early(items, move, "counted", (), pair, taken)
            moved = _moved(move, early.out, _key_of_first(move.by), pair, taken)
            return [early, moved, replace(op, inputs=(moved.out,), function="tally")]
        case GroupFold(folds=((name, function, ()),), where=None, asked=()) if _makes_whole(function, op, items):
            given: tuple[tuple[str, Code], ...] = (("function", Code(repr(function))),)
            given += () if op.by is None else (("by", op.by),)
            pair = Type("tuple", (Type("object"), Type("object")))
            early = _early(items, move, "folded", given, pair, taken)
            moved = _moved(move, early.out, Code("lambda pair: pair[0]"), pair, taken)
            return [early, moved, replace(op, inputs=(moved.out,), by=None, folds=((name, AGAIN[function], ()),))]
    return None


def _makes_whole(function: str, op: GroupFold, items: Wire) -> bool:
    if op.out.facts.share != "by keys":
        return False
    held = items.facts.element
    if op.by is None:
        held = held.arguments[1] if len(held.arguments) == 2 else Type("object")
    if function == "sum":
        return held.name in ("int", "bool")
    numbers = held.name in ("int", "float", "bool", "str")
    return function in ("len", "any", "all") or (function in ("min", "max") and numbers and held.name != "float")


def _early(
    items: Wire, move: Move, function: str, given: tuple[tuple[str, Code], ...], pair: Type, taken: set[str]
) -> Scan:
    out = Wire(fresh(f"{move.out.name}_{function}", taken), replace(items.facts, element=pair))
    return Scan(out=out, inputs=(items,), span=move.span, function=function, arguments=given)


def _moved(move: Move, pairs: Wire, by: Code, pair: Type, taken: set[str]) -> Move:
    facts = replace(move.out.facts, element=pair, share="dealt")
    return replace(move, inputs=(pairs,), out=Wire(fresh(f"{move.out.name}_pairs", taken), facts), by=by)


def _key_of_first(by: Code) -> Code:
    """Return the key of a pair: that of the item it counts."""
    first = ast.Subscript(ast.Name("pair", ast.Load()), ast.Constant(0), ast.Load())
    arguments = ast.arguments([], [ast.arg("pair")], None, [], [], None, [])
    match tree_of(by):
        case ast.Lambda(args=ast.arguments(args=[ast.arg(arg=name)]), body=ast.Name(id=same)) if name == same:
            return Code("lambda pair: pair[0]")
        case tree:
            return code_of(ast.copy_location(ast.Lambda(arguments, ast.Call(tree, [first], [])), tree), by)
