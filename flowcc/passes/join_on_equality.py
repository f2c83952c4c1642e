"""Turn a product with an equality into a hash join: ``[… for a in xs for b in ys if a.k == b.k]``.

The right items are looked up by key instead of gone over. Their order under one key is kept, so the result is the same
list. The equality itself stays in the comprehension: the look-up only leaves out what it would drop.
"""

from __future__ import annotations

import ast
from dataclasses import replace

from flowcc.ir import Each, Flow, Join, Op
from flowcc.passes.renaming import code_of, names_in, tree_of


def join_on_equality(flow: Flow) -> Flow:
    """Make a `Join` of every comprehension whose second generator goes over a side under an equality."""
    return replace(flow, ops=tuple(_joined(op) if isinstance(op, Each) else op for op in flow.ops))


def _joined(op: Each) -> Op:
    tree = tree_of(op.code)
    match tree:
        case ast.ListComp(generators=[_, right, *_]) if len(op.inputs) > 1 and isinstance(right.iter, ast.Name):
            pass
        case _:
            return op
    side = next((wire for wire in op.inputs[1:] if wire.name == right.iter.id), None)
    shape = side.facts.shape.value if side is not None else ""
    keys = _keys(tree.generators[0], right)
    if side is None or shape != "items" or keys is None or _reads_elsewhere(tree, side.name):
        return op
    others = tuple(wire for wire in op.inputs[1:] if wire != side)
    if {wire.name for wire in others} & (names_in(keys[0]) | names_in(keys[1])):
        return op
    left_key, right_key = (
        code_of(_lambda(generator.target, key), op.code)
        for generator, key in zip(tree.generators[:2], keys, strict=True)
    )
    return Join(
        out=op.out, inputs=(op.inputs[0], side, *others), span=op.span, code=op.code,
        left_key=left_key, right_key=right_key,
    )  # fmt: skip


def _keys(left: ast.comprehension, right: ast.comprehension) -> tuple[ast.expr, ast.expr] | None:
    """Return the two sides of the first equality between the items of both generators, when it is asked first."""
    if not right.ifs:
        return None
    match right.ifs[0]:
        case ast.Compare(left=a, ops=[ast.Eq()], comparators=[b]):
            pass
        case _:
            return None
    names = [{n.id for n in ast.walk(g.target) if isinstance(n, ast.Name)} for g in (left, right)]
    for first, second in ((a, b), (b, a)):
        if _only(first, names[0], names[1]) and _only(second, names[1], names[0]):
            return first, second
    return None


def _only(tree: ast.expr, own: set[str], other: set[str]) -> bool:
    """Whether a key reads its own item and cannot raise where Python would not have asked for it."""
    used = names_in(tree)
    simple = all(
        isinstance(n, ast.Name | ast.Attribute | ast.Subscript | ast.Constant | ast.Tuple | ast.expr_context)
        for n in ast.walk(tree)
    )
    return bool(used & own) and not used & other and simple


def _reads_elsewhere(tree: ast.ListComp, name: str) -> bool:
    return sum(isinstance(n, ast.Name) and n.id == name for n in ast.walk(tree)) > 1


def _lambda(target: ast.expr, key: ast.expr) -> ast.expr:
    """Return the function of one item that gives its key."""
    if isinstance(target, ast.Name):
        arguments = ast.arguments([], [ast.arg(target.id)], None, [], [], None, [])
        return ast.copy_location(ast.Lambda(arguments, key), key)
    names = {n.id: n for n in ast.walk(target) if isinstance(n, ast.Name)}
    item = ast.Name("_item", ast.Load())
    only = ast.ListComp(key, [ast.comprehension(target, ast.List([item], ast.Load()), [], 0)])
    assert names
    arguments = ast.arguments([], [ast.arg("_item")], None, [], [], None, [])
    return ast.copy_location(ast.Lambda(arguments, ast.Subscript(only, ast.Constant(0), ast.Load())), key)
