"""Which side of a join goes into the table: the right, or of a right that is far larger only what the left asks for.

The keys that few left items ask for are put into a set, and the right items whose key is in it stay, in their order;
these alone go into the table. That takes less than half the time of a table of all, and next to none of its memory.
Only where the whole left is there when the right has ended: nothing waits for it.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Sequence
from functools import lru_cache
from types import FunctionType
from typing import Any, TypeAlias

from flowcc.runtime.batches import Batch, rows
from flowcc.runtime.operators.by_key import ByKey

Kernel: TypeAlias = Callable[..., Any]
LARGE = 1 << 16  # items of a right side whose table is worth to be made smaller
FEWER = 16  # times as many as there are on the left


def asked_for(kernel: Kernel, sides: Sequence[Any], left: Sequence[Batch]) -> list[Any]:
    """Return the sides of a kernel, of large ones by key only what all of the left asks for."""
    few = sum(map(len, left))
    return [
        _asked_for(kernel, number, side, left)
        if isinstance(side, ByKey) and side.count >= max(LARGE, FEWER * few)
        else side
        for number, side in enumerate(sides, 1)
    ]


def _asked_for(kernel: Kernel, number: int, side: ByKey, left: Sequence[Batch]) -> ByKey:
    wanted = keys_asked(kernel, number)
    if wanted is None:
        return side
    try:
        keys = frozenset([key for batch in left for key in wanted(rows(batch))])
    except Exception:  # element code may raise anything, and so does a key that cannot be hashed
        return side
    return side.among(keys)


@lru_cache(maxsize=256)
def keys_asked(kernel: Kernel, number: int) -> Kernel | None:
    """Return what gives the key that each item asks its parameter of a number for, where that depends on it alone."""
    if not isinstance(kernel, FunctionType) or kernel.__closure__:
        return None
    try:
        (made,) = ast.parse(textwrap.dedent(inspect.getsource(kernel))).body
    except (OSError, SyntaxError):
        return None
    match made:
        case ast.FunctionDef(body=[ast.Return(ast.ListComp(generators=[first, *_]) as tree)]):
            items, *_ = parameters = [argument.arg for argument in made.args.args]
        case _:
            return None
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and _name(node.func) == parameters[number]]
    bound = [name for node in ast.walk(tree) if isinstance(node, ast.comprehension) for name in _names(node.target)]
    bound += [node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)]
    own = {name for name in _names(first.target) if bound.count(name) == 1}
    if len(calls) != 1 or _name(first.iter) != items or _names(calls[0].args[0]) & ({*bound, *parameters} - own):
        return None
    asked = ast.ListComp(calls[0].args[0], [ast.comprehension(first.target, first.iter, [], 0)])
    text = f"lambda {items}: {ast.unparse(asked)}"
    found: Kernel = eval(text, kernel.__globals__)
    return found


def _names(tree: ast.AST) -> set[str]:
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


def _name(tree: ast.AST) -> str:
    return tree.id if isinstance(tree, ast.Name) else ""
