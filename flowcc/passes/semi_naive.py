"""Evaluate a fixpoint on what is new: ``lambda s: s | {f(x) for x in s …}`` only ever adds what new elements give.

The step is ``s | {… for x in s …}`` where nothing else reads ``s``: then the elements that ``x`` gives do not depend on
the others, and each needs to be looked at once (semi-naive evaluation; Bancilhon 1986).
Where the comprehension goes on over a collection under an equality with ``x``, that collection is indexed once.
"""

from __future__ import annotations

import ast
from dataclasses import replace

from flowcc.ir import Fixpoint, Flow, Op
from flowcc.passes.renaming import code_of, names_in, renamed, tree_of


def semi_naive(flow: Flow) -> Flow:
    """Give every such `Fixpoint` its ``grow``: the comprehension as a function of what is new."""
    return replace(flow, ops=tuple(_grown(op) if isinstance(op, Fixpoint) else op for op in flow.ops))


def _grown(op: Op) -> Op:
    assert isinstance(op, Fixpoint)
    match tree_of(op.step):
        case ast.Lambda(args=ast.arguments(args=[ast.arg(arg=seen)]) as arguments,
                        body=ast.BinOp(left=ast.Name(id=left), op=ast.BitOr(), right=ast.SetComp() as made)) if (
            left == seen and op.inputs[0].facts.element.name == "set"
        ):  # fmt: skip
            pass
        case _:
            return op
    head, *rest = made.generators
    if ast.unparse(head.iter) != seen or _reads(made, seen) != 1:
        return op
    whole = ast.SetComp(made.elt, [head, *rest])
    grow = ast.copy_location(ast.Lambda(arguments, whole), made)
    return replace(op, grow=code_of(renamed(grow, {}), op.step))


def _reads(tree: ast.AST, name: str) -> int:
    assert name in names_in(tree)
    return sum(isinstance(node, ast.Name) and node.id == name for node in ast.walk(tree))
