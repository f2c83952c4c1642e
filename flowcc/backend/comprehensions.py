"""Comprehensions of the IR as kernels: which inputs a kernel takes item by item, whole, or by key.

An `Each` may read its own items whole as well (``[x / max(xs) for x in xs]``), and a `Join` may join a collection
with itself; both then need two names for one wire.
"""

from __future__ import annotations

import ast
import copy
from dataclasses import replace

from flowcc.backend.naming import Names, names_of_code
from flowcc.ir import Code, Each, Join, Wire


def each_kernel(op: Each) -> tuple[list[str], Code, tuple[Wire, ...]]:
    """Return the kernel's parameters, its expression, and the inputs that are read whole."""
    items, sides = op.inputs[0], op.inputs[1:]
    parameters = [wire.name for wire in op.inputs]
    tree = _comprehension(op.code)
    if not _is_over(tree.generators[0], items):
        return parameters, op.code, sides
    rest = _with_first_source(tree, ast.Constant(0))
    if items in sides or items.name in names_of_code(replace(op.code, text=ast.unparse(rest))):
        sides = sides if items in sides else (*sides, items)
        alone = Names([*parameters, *names_of_code(op.code)]).fresh(f"{items.name}_items")
        code = replace(op.code, text=ast.unparse(_with_first_source(tree, ast.Name(alone))))
        return [alone, *(wire.name for wire in sides)], code, sides
    return parameters, op.code, sides


def join_kernel(op: Join) -> tuple[list[str], Code]:
    """Return the kernel's parameters and its expression, in which the right input is looked up by the left's key.

    The user's condition stays: keys are found as dicts find them, by identity first, and ``nan`` equals nothing.
    """
    left, right, *sides = op.inputs
    tree = _comprehension(op.code)
    names = Names([wire.name for wire in op.inputs] + sorted(names_of_code(op.code)))
    items = names.fresh(f"{left.name}_items") if left == right else left.name
    lookup = names.fresh(f"{right.name}_with")
    where = next(n for n, generator in enumerate(tree.generators) if n and _is_over(generator, right))
    generators = [copy.copy(generator) for generator in tree.generators]
    generators[0].iter = ast.Name(items)
    item = generators[0].target
    if not isinstance(item, ast.Name):
        item = ast.Name(names.fresh("item"))
        unpack = ast.comprehension(generators[0].target, ast.List([item]), generators[0].ifs, 0)
        generators[:1] = [ast.comprehension(item, ast.Name(items), [], 0), unpack]
        where += 1
    generators[where].iter = ast.Call(ast.Name(lookup), [_applied(op.left_key, item.id)], [])
    code = replace(op.code, text=ast.unparse(ast.ListComp(tree.elt, generators)))
    return [items, lookup, *(wire.name for wire in sides)], code


def _is_over(generator: ast.comprehension, wire: Wire) -> bool:
    return isinstance(generator.iter, ast.Name) and generator.iter.id == wire.name


def _applied(key: Code, item: str) -> ast.expr:
    """Return the key of ``item`` as an expression: the body of a lambda of one name, else a call."""
    tree = ast.parse(key.text, mode="eval").body
    if not isinstance(tree, ast.Lambda) or {item, tree.args.args[0].arg} & _bound_inside(tree.body):
        return ast.Call(tree, [ast.Name(item)], [])
    return _Renamed(tree.args.args[0].arg, item).visit(tree.body)  # type: ignore[no-any-return]


def _bound_inside(tree: ast.expr) -> set[str]:
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    return names | {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}


class _Renamed(ast.NodeTransformer):
    """One name in place of another, everywhere in an expression that binds neither."""

    def __init__(self, old: str, new: str) -> None:
        self.old, self.new = old, new

    def visit_Name(self, node: ast.Name) -> ast.Name:
        return ast.Name(self.new) if node.id == self.old else node


def _comprehension(code: Code) -> ast.ListComp:
    tree = ast.parse(code.text, mode="eval").body
    assert isinstance(tree, ast.ListComp), f"not a list comprehension: {code.text}"
    return tree


def _with_first_source(tree: ast.ListComp, source: ast.expr) -> ast.ListComp:
    first = tree.generators[0]
    changed = ast.comprehension(first.target, source, first.ifs, first.is_async)
    return ast.ListComp(tree.elt, [changed, *tree.generators[1:]])
