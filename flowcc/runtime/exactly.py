"""Kernels that ask look-ups and fail only where going through all items would.

A key that is asked for may fail although plain Python would not have come to compare it: when there is nothing to go
through, or what comes before is not equal.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Container, Sequence
from functools import lru_cache
from types import FunctionType
from typing import Any, TypeAlias

from flowcc.runtime.lookup import lookup
from flowcc.runtime.operators.by_key import ByKey

Kernel: TypeAlias = Callable[..., Any]


def exactly(kernel: Kernel, sides: Sequence[Any]) -> Kernel:
    """Return a kernel that fails on a single item only where going through all would.

    Where it fails on several, whoever calls it goes on one by one.
    """
    asked = tuple(number for number, side in enumerate(sides, 1) if isinstance(side, ByKey))
    if not asked:
        return kernel

    def run(items: Sequence[Any], *values: Any) -> Any:
        try:
            return kernel(items, *values)
        except Exception as error:  # element code may raise anything
            failed = error
        if len(items) > 1:
            raise failed
        given = [side.table if isinstance(side, ByKey) else value for side, value in zip(sides, values, strict=True)]
        plain = going_through(kernel, asked)
        if plain is None:
            return kernel(items, *given)
        return plain(items, *[side.items if isinstance(side, lookup) else side for side in given])

    return run


@lru_cache(maxsize=256)
def going_through(kernel: Kernel, asked: Sequence[int]) -> Kernel | None:
    """Return a kernel that goes through all items where this one asks look-ups, its parameters of these numbers."""
    if not isinstance(kernel, FunctionType) or kernel.__closure__:
        return None
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(kernel)))
    except (OSError, SyntaxError):
        return None
    (made,) = tree.body
    if not isinstance(made, ast.FunctionDef):
        return None
    lookups = {made.args.args[number].arg for number in asked}
    names: dict[str, Any] = {}
    changed = ast.fix_missing_locations(_GoingThrough(lookups).visit(tree))
    exec(compile(changed, kernel.__code__.co_filename, "exec", dont_inherit=True), kernel.__globals__, names)
    found: Kernel = names[made.name]
    return found


class _GoingThrough(ast.NodeTransformer):
    def __init__(self, lookups: Container[str]) -> None:
        self._lookups = lookups

    def visit_comprehension(self, node: ast.comprehension) -> ast.AST:
        match node.iter:
            case ast.Call(ast.Name(name)) if name in self._lookups:
                node.iter = ast.Name(name, ast.Load())
        return self.generic_visit(node)
