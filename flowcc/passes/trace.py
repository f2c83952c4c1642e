"""Answers that checks need about where a wire comes from."""

from __future__ import annotations

import ast

from flowcc.facts import Order
from flowcc.ir import Claim, Each, Entries, Flow, Group, Move, Op, Wire
from flowcc.source import Span


def writers(flow: Flow) -> dict[str, Op]:
    """Return the operator that gives each wire, by the wire's name."""
    return {op.out.name: op for op in flow.ops}


def order_lost_at(wire: Wire, made: dict[str, Op]) -> Op | None:
    """Return the operator at which the order of ``wire`` was lost: the first, going back, whose inputs all had it."""
    op = made.get(wire.name)
    while op is not None:
        unordered = [i for i in op.inputs if i.facts.order is not Order.TOTAL]
        if not unordered:
            return op
        op = made.get(unordered[0].name)
    return None


def endless_source(wire: Wire, made: dict[str, Op]) -> Span | None:
    """Return where the parameter stands that makes ``wire`` endless."""
    op = made.get(wire.name)
    while op is not None and op.inputs:
        endless = [i for i in op.inputs if not i.facts.ends]
        if not endless:
            return None
        op = made.get(endless[0].name)
    return None if op is None else op.span


def has_unique_keys(wire: Wire, made: dict[str, Op]) -> bool:
    """Whether no two different (key, value) pairs of ``wire`` can have the same key.

    So it is for the entries of a dict, for pairs made one from each of them under its own key, and where the
    value follows from the key alone.
    """
    op = made.get(wire.name)
    if isinstance(op, Entries):
        return op.part == "items" and not _closes_early(op, made)
    if not isinstance(op, Each) or op.code.tree is None or not isinstance(op.code.tree, ast.ListComp):
        return False
    tree = op.code.tree
    if not isinstance(tree.elt, ast.Tuple) or len(tree.elt.elts) != 2:
        return False
    key, value = tree.elt.elts
    free = {n.id for n in ast.walk(value) if isinstance(n, ast.Name)}
    bound = {n.id for g in tree.generators for n in ast.walk(g.target) if isinstance(n, ast.Name)}
    if isinstance(key, ast.Name) and free & bound <= {key.id}:
        return True
    return len(tree.generators) == 1 and _is_key_of(key, tree.generators[0].target, made.get(op.inputs[0].name), made)


def _is_key_of(key: ast.expr, target: ast.expr, source: Op | None, made: dict[str, Op]) -> bool:
    if not isinstance(source, Entries) or _closes_early(source, made):
        return False
    match source.part, target:
        case "items", ast.Tuple(elts=[first, _]):
            return ast.unparse(key) == ast.unparse(first)
        case "keys", _:
            return ast.unparse(key) == ast.unparse(target)
        case "iter", _:
            keyed = source.inputs[0].facts.element.name in ("dict", "set", "frozenset")
            return keyed and ast.unparse(key) == ast.unparse(target)
    return False


def _closes_early(entries: Entries, made: dict[str, Op]) -> bool:
    """Whether a key may come several times, since its group begins anew once it is done."""
    source = made.get(entries.inputs[0].name)
    while isinstance(source, Move | Claim):
        source = made.get(source.inputs[0].name)
    return isinstance(source, Group) and source.until is not None
