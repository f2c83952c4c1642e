"""Evaluate a fixpoint on what is new: ``lambda s: s | {f(x) for x in s …}`` only ever adds what new elements give.

The step is ``s | {… for x in s …}`` where nothing else reads ``s``: then the elements that ``x`` gives do not depend on
the others, and each needs to be looked at once (semi-naive evaluation; Bancilhon 1986).
Where the comprehension goes on over a collection under an equality with ``x``, that collection is indexed once;
where that is all it does, ``follow`` says so: the pairs (element, element that it leads to), a graph to be walked.
"""

from __future__ import annotations

import ast
from copy import deepcopy
from dataclasses import replace

from flowcc.facts import Shape
from flowcc.ir import Fixpoint, Flow, Op
from flowcc.passes.renaming import code_of, fresh, names_in, tree_of


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
    follow = _followed(op, made, seen)
    return replace(
        op, grow=code_of(deepcopy(grow), op.step), follow=None if follow is None else code_of(follow, op.step)
    )


def _followed(op: Fixpoint, made: ast.SetComp, seen: str) -> ast.expr | None:
    """Return the pairs (element, what it leads to) of the only side, where equality with an element is all it takes."""
    match op.inputs, made.generators:
        case [_, side], [ast.comprehension(ast.Name(id=node), _, [], 0), ast.comprehension(is_async=0) as second]:
            pass
        case _:
            return None
    key: ast.expr | None
    if side.facts.shape is Shape.ITEMS:
        key, conditions = _equal(second, side.name, node)
        target = second.target
    else:
        key, conditions = ast.Name(fresh("key", names_in(made) | {side.name})), second.ifs
        target = ast.Tuple([key, second.target], ast.Store())
        if side.facts.element.name != "dict" or not _looked_up(second.iter, side.name, node):
            return None
    if key is None or {node, seen, side.name} & names_in(ast.Tuple([made.elt, key, target, *conditions])):
        return None
    pairs = ast.comprehension(target, ast.Name(side.name), conditions, 0)
    return ast.parse(ast.unparse(ast.ListComp(ast.Tuple([key, made.elt]), [pairs])), mode="eval").body


def _equal(generator: ast.comprehension, items: str, node: str) -> tuple[ast.expr | None, list[ast.expr]]:
    """Return what is equal to ``node`` in ``for … in items if … == node``, and further conditions."""
    match generator:
        case ast.comprehension(_, ast.Name(id=name), [ast.Compare(left, [ast.Eq()], [right]), *conditions]) if (
            name == items
        ):
            for key, other in ((left, right), (right, left)):
                if isinstance(other, ast.Name) and other.id == node:
                    return key, conditions
    return None, []


def _looked_up(tree: ast.expr, groups: str, node: str) -> bool:
    """Whether an expression is ``groups.get(node, [])``."""
    return ast.unparse(tree) in (f"{groups}.get({node}, [])", f"{groups}.get({node}, ())")


def _reads(tree: ast.AST, name: str) -> int:
    assert name in names_in(tree)
    return sum(isinstance(node, ast.Name) and node.id == name for node in ast.walk(tree))
