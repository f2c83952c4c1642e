"""What a fold's comprehension makes of each item of a group, as a kernel over the items of all groups."""

from __future__ import annotations

import ast
import inspect
import linecache
import textwrap
from collections.abc import Callable
from functools import lru_cache
from types import FunctionType
from typing import Any

Kernel = Callable[..., Any]


@lru_cache(maxsize=256)
def mapping_of(kernel: Kernel, where: str) -> tuple[Kernel, bool] | None:
    """Return what a comprehension over its only argument makes of items, as a kernel; ``where`` is its file and line.

    Where it gives one value an item (then True is returned beside it), the kernel is ``[e for a in items]``; else it is
    over pairs (number, item), and gives pairs (number, value), so that it can be told what each value came from.
    """
    if not isinstance(kernel, FunctionType) or kernel.__closure__:
        return None
    try:
        (made,) = ast.parse(textwrap.dedent(inspect.getsource(kernel))).body
    except (OSError, SyntaxError, ValueError):
        return None
    match made:
        case ast.FunctionDef(
            body=[ast.Return(ast.ListComp(element, generators) | ast.GeneratorExp(element, generators))]
        ):
            first, *more = generators
        case _:
            return None
    if {"_number", "_items"} & {n.id for n in ast.walk(made) if isinstance(n, ast.Name)}:
        return None
    items = ast.Name("_items", ast.Load())
    each = not first.ifs and not more
    if each:
        tree = ast.ListComp(element, [ast.comprehension(first.target, items, [], 0)])
    else:
        target = ast.Tuple([ast.Name("_number", ast.Store()), first.target], ast.Store())
        numbered = ast.Tuple([ast.Name("_number", ast.Load()), element], ast.Load())
        tree = ast.ListComp(numbered, [ast.comprehension(target, items, first.ifs, 0), *more])
    return _function(kernel, f"{kernel.__name__}_items", "_items", [], tree, where), each


def _function(kernel: FunctionType, name: str, items: str, sides: list[str], tree: ast.expr, where: str) -> Kernel:
    text = f"def {name}({', '.join([items, *sides])}):\n    return {ast.unparse(tree)}  # {where}\n"
    filename = f"<{name} of {kernel.__code__.co_filename}>"
    linecache.cache[filename] = (len(text), None, text.splitlines(keepends=True), filename)
    names: dict[str, Any] = {}
    exec(compile(text, filename, "exec", dont_inherit=True), kernel.__globals__, names)
    made: Kernel = names[name]
    return made
