"""Comprehensions of the IR as kernels: which inputs a kernel takes item by item, whole, or by key.

An `Each` may read its own items whole as well (``[x / max(xs) for x in xs]``), and then needs two names for one wire.
"""

from __future__ import annotations

import ast
from dataclasses import replace

from flowcc.backend.naming import Names, names_of_code
from flowcc.ir import Code, Each, Join, Wire


def each_kernel(op: Each | Join) -> tuple[list[str], Code, tuple[Wire, ...]]:
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


def _is_over(generator: ast.comprehension, wire: Wire) -> bool:
    return isinstance(generator.iter, ast.Name) and generator.iter.id == wire.name


def _comprehension(code: Code) -> ast.ListComp:
    tree = ast.parse(code.text, mode="eval").body
    assert isinstance(tree, ast.ListComp), f"not a list comprehension: {code.text}"
    return tree


def _with_first_source(tree: ast.ListComp, source: ast.expr) -> ast.ListComp:
    first = tree.generators[0]
    changed = ast.comprehension(first.target, source, first.ifs, first.is_async)
    return ast.ListComp(tree.elt, [changed, *tree.generators[1:]])
