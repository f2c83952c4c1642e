"""Filter before a `Move`, so that what is left out does not travel: ``[f(x) for x in scatter(xs, C) if x > 0]``.

Only a filter that is cheap goes: comparisons of an item's parts with constants. One that calls functions stays where
the program put it, on the members that share the work. Filtering earlier never changes which items are left, nor their
order; items of which the filter raises would have raised after the move.
"""

from __future__ import annotations

import ast
from dataclasses import replace

from flowcc.ir import Each, Flow, Move, Op, Wire
from flowcc.passes.renaming import code_of, fresh, names_in, tree_of

CHEAP = (
    ast.Compare, ast.BoolOp, ast.UnaryOp, ast.Name, ast.Attribute, ast.Subscript, ast.Constant, ast.Load, ast.cmpop,
    ast.boolop, ast.unaryop,
)  # fmt: skip


def filter_early(flow: Flow) -> Flow:
    """Split the filter off a comprehension right behind a move that nothing else reads, and put it before."""
    readers = flow.readers()
    made = {op.out: op for op in flow.ops}
    taken = {op.out.name for op in flow.ops}
    replaced: dict[Wire, list[Op]] = {}
    for op in flow.ops:
        move = made.get(op.inputs[0]) if isinstance(op, Each) else None
        if isinstance(op, Each) and isinstance(move, Move) and readers[move.out] == 1 and not move.ordered:
            split = _split(move, op, taken)
            if split is not None:
                replaced |= {move.out: split[:2], op.out: split[2:]}
    return replace(flow, ops=tuple(part for op in flow.ops for part in replaced.get(op.out, [op])))


def _split(move: Move, each: Each, taken: set[str]) -> list[Op] | None:
    tree = tree_of(each.code)
    if not isinstance(tree, ast.ListComp) or move.verb == "route" or move.inputs[0].facts.shape.value != "items":
        return None
    head, *rest = tree.generators
    bound = {part.id for part in ast.walk(head.target) if isinstance(part, ast.Name)}
    if not head.ifs or not all(_is_cheap(condition, bound) for condition in head.ifs):
        return None
    items = move.inputs[0]
    left = Wire(fresh(f"{items.name}_left", taken), items.facts)
    code = code_of(ast.copy_location(_filtered(items.name, head), tree))
    after = ast.ListComp(tree.elt, [ast.comprehension(head.target, head.iter, [], 0), *rest])
    return [
        Each(out=left, inputs=(items,), span=each.span, code=code),
        replace(move, inputs=(left, *move.inputs[1:])),
        replace(each, code=code_of(ast.copy_location(after, tree), each.code)),
    ]


def _filtered(items: str, head: ast.comprehension) -> ast.ListComp:
    """Return the items that the first generator of a comprehension lets through, whole where it takes them apart."""
    over = ast.Name(items, ast.Load())
    if isinstance(head.target, ast.Name):
        return ast.ListComp(ast.Name(head.target.id, ast.Load()), [ast.comprehension(head.target, over, head.ifs, 0)])
    item = fresh("item", names_in(head.target) | {items})
    whole = ast.Name(item, ast.Load())
    apart = ast.comprehension(head.target, ast.List([whole], ast.Load()), head.ifs, 0)
    return ast.ListComp(whole, [ast.comprehension(ast.Name(item, ast.Store()), over, [], 0), apart])


def _is_cheap(condition: ast.expr, bound: set[str]) -> bool:
    nodes = list(ast.walk(condition))
    return all(isinstance(node, CHEAP) for node in nodes) and all(
        node.id in bound for node in nodes if isinstance(node, ast.Name)
    )
