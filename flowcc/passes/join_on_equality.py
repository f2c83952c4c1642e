"""Turn going through a collection for equal items into a hash join: ``[… for a in xs for b in ys if a.k == b.k]``.

Inner joins, and with them ``any(a.k == b.k for b in ys)`` (semi), ``all(a.k != b.k for b in ys)`` (anti) and
``[b for b in ys if b.k == a.k]`` for each item (outer). Items of the second collection are looked up by key instead of
gone through; their order under one key is kept, so the result is the same. The equality stays in the comprehension: the
look-up only leaves out what it would drop. What is asked of one more collection is looked up there as well, see
`flowcc.backend.lookups`.
"""

from __future__ import annotations

import ast
from dataclasses import replace

from flowcc import equality
from flowcc.ir import Code, Each, Flow, Join, Op, Wire
from flowcc.passes.renaming import code_of, names_in, tree_of


def join_on_equality(flow: Flow) -> Flow:
    """Make a `Join` of every comprehension that asks an equality of a side's items first."""
    return replace(flow, ops=tuple(_joined(op) if isinstance(op, Each) else op for op in flow.ops))


def _joined(op: Each) -> Op:
    tree = tree_of(op.code)
    if not isinstance(tree, ast.ListComp) or len(op.inputs) < 2:
        return op
    wires = {wire.name: wire for wire in op.inputs[1:] if _is_named_once(op.code, tree, wire)}
    read = {wire.name for wire in op.inputs} | set(map(_defined, op.code.definitions))
    for generator, sides in equality.generators(tree, {*op.code.hidden, *read}):
        side = wires.get(generator.iter.id) if isinstance(generator.iter, ast.Name) else None
        own = equality.stored(generator.target)
        found = equality.keyed(sides, own, (read | _bound(tree)) - own)
        if side is not None and found is not None:
            others = tuple(wire for wire in op.inputs[1:] if wire != side)
            key = code_of(equality.function_of(generator.target, found.key))
            return Join(out=op.out, inputs=(op.inputs[0], side, *others), span=op.span, code=op.code, key=key)
    return op


def _defined(definition: str) -> str:
    """Return the name of a nested function, which keys cannot call: they are found beside the comprehension."""
    made = ast.parse(definition).body[0]
    return made.name if isinstance(made, ast.FunctionDef) else ast.unparse(made).partition(" = ")[0]


def _bound(tree: ast.ListComp) -> set[str]:
    """Return all names that an expression binds, wherever in it."""
    names = {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    return names.union(
        *(equality.stored(node.target) for node in ast.walk(tree) if isinstance(node, ast.comprehension))
    )


def _is_named_once(code: Code, tree: ast.expr, wire: Wire) -> bool:
    named = [node for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id == wire.name]
    bound = any(isinstance(node, ast.arg) and node.arg == wire.name for node in ast.walk(tree))
    inside = any(wire.name in names_in(ast.parse(text)) for text in code.definitions)
    return wire.facts.shape.value == "items" and len(named) == 1 and not bound and not inside
