"""A join's comprehension without its look-up: one over the left items, one over the pairs that match.

The kernel ``[e for a in left if c for b in right_with(a.k) if a.k == b.k]`` becomes ``[a for a in left if c]`` and
``[e for a, b in pairs]``: ordinary kernels, which are compiled like any other.
"""

from __future__ import annotations

import ast
import inspect
import linecache
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import FunctionType
from typing import Any

from flowcc.runtime.schema import Scalar, Schema, Struct

Kernel = Callable[..., Any]


@dataclass(frozen=True)
class Halves:
    """Both kernels (none over the left where nothing is asked of it), and what they read of either item."""

    before: Kernel | None
    of_pairs: Kernel
    reads: tuple[Callable[[Schema], Sequence[bool]], Callable[[Schema], Sequence[bool]]]


@lru_cache(maxsize=256)
def halves_of(kernel: Kernel, where: str) -> Halves | None:
    """Return a join's kernel in two, or None where it has another form; ``where`` is its file and line."""
    if not isinstance(kernel, FunctionType) or kernel.__closure__:
        return None
    try:
        (made,) = ast.parse(textwrap.dedent(inspect.getsource(kernel))).body
    except (OSError, SyntaxError, ValueError):
        return None
    match made:
        case ast.FunctionDef(body=[ast.Return(ast.ListComp(element, [left, right, *more]))]) if right.ifs:
            pass
        case _:
            return None
    items, lookup, *sides = [argument.arg for argument in made.args.args]
    pairs = ast.ListComp(element, [_over_pairs(left, right), *more])
    asked = ast.ListComp(ast.Name("_item", ast.Load()), _over_left(left))
    read = (element, left.target, right.target, *left.ifs, *right.ifs, *more)
    used = {n.id for tree in read for n in ast.walk(tree) if isinstance(n, ast.Name)}
    if {items, lookup, "_item", "_pairs", "_left"} & used:
        return None
    name = kernel.__name__
    before = _function(kernel, f"{name}_left", "_left", sides, asked, where) if left.ifs else None
    of_pairs = _function(kernel, f"{name}_pairs", "_pairs", sides, pairs, where)
    rest: list[ast.AST] = [element, *right.ifs[1:], *more]
    return Halves(before, of_pairs, (_reads(left.target, rest), _reads(right.target, rest)))


def _over_pairs(left: ast.comprehension, right: ast.comprehension) -> ast.comprehension:
    target = ast.Tuple([left.target, right.target], ast.Store())
    return ast.comprehension(target, ast.Name("_pairs", ast.Load()), right.ifs[1:], 0)


def _over_left(left: ast.comprehension) -> list[ast.comprehension]:
    one = ast.List([ast.Name("_item", ast.Load())], ast.Load())
    return [
        ast.comprehension(ast.Name("_item", ast.Store()), ast.Name("_left", ast.Load()), [], 0),
        ast.comprehension(left.target, one, left.ifs, 0),
    ]


def _function(kernel: FunctionType, name: str, items: str, sides: list[str], tree: ast.expr, where: str) -> Kernel:
    text = f"def {name}({', '.join([items, *sides])}):\n    return {ast.unparse(tree)}  # {where}\n"
    filename = f"<{name} of {kernel.__code__.co_filename}>"
    linecache.cache[filename] = (len(text), None, text.splitlines(keepends=True), filename)
    names: dict[str, Any] = {}
    exec(compile(text, filename, "exec", dont_inherit=True), kernel.__globals__, names)
    made: Kernel = names[name]
    return made


def _reads(target: ast.expr, rest: list[ast.AST]) -> Callable[[Schema], Sequence[bool]]:
    """Return what tells, for an item's schema, which of its parts are read."""
    nodes = [node for tree in rest for node in ast.walk(tree)]
    loaded = [node.id for node in nodes if isinstance(node, ast.Name)]
    if isinstance(target, ast.Tuple) and all(isinstance(part, ast.Name) for part in target.elts):
        used = [isinstance(part, ast.Name) and part.id in loaded for part in target.elts]
        return lambda schema: used
    if not isinstance(target, ast.Name):
        return lambda schema: [True] * _parts(schema)
    attributes, indices, other = set(), set(), len([name for name in loaded if name == target.id])
    for node in nodes:
        match node:
            case ast.Attribute(value=ast.Name(id=name), attr=attribute) if name == target.id:
                attributes.add(attribute)
                other -= 1
            case ast.Subscript(value=ast.Name(id=name), slice=ast.Constant(value=int(index))) if name == target.id:
                indices.add(index)
                other -= 1

    def reads(schema: Schema) -> Sequence[bool]:
        names = schema.names if isinstance(schema, Struct) else ()
        unknown = other or attributes - set(names)
        size = _parts(schema)
        return [bool(unknown or {n, n - size} & indices or (names and names[n] in attributes)) for n in range(size)]

    return reads


def _parts(schema: Schema) -> int:
    return 1 if isinstance(schema, Scalar) else len(schema.items)


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
