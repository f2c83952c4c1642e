"""Look for the smallest counterexample to a law, by trying small values."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from itertools import product
from typing import Any

VALUES: Mapping[str, Sequence[Any]] = {
    "int": (0, 1, 2, -1, 3, 7),
    "float": (0.0, 1.0, 2.0, -1.0, 0.5),
    "str": ("", "a", "b", "ab"),
    "bool": (False, True),
}
ANY = (0, 1, 2, -1)
HARMLESS = (
    ast.Lambda, ast.arguments, ast.arg, ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.Compare, ast.IfExp, ast.Name,
    ast.Constant, ast.Load, ast.operator, ast.unaryop, ast.boolop, ast.cmpop, ast.Tuple,
)  # fmt: skip
EXPLOSIVE = (ast.Pow, ast.LShift)


def evaluated(text: str) -> Callable[[Any, Any], Any] | None:
    """Return a lambda of two arguments that calls nothing, as a function; None for any other code."""
    tree = ast.parse(text, mode="eval").body
    if not isinstance(tree, ast.Lambda) or len(tree.args.args) != 2:
        return None
    own = {argument.arg for argument in tree.args.args}
    for node in ast.walk(tree):
        named = isinstance(node, ast.Name) and node.id not in own
        if named or not isinstance(node, HARMLESS) or isinstance(node, EXPLOSIVE):
            return None
    function: Callable[[Any, Any], Any] = eval(compile(ast.Expression(tree), "<law>", "eval"), {"__builtins__": {}})
    return function


def refute_commutative(function: Callable[[Any, Any], Any], element: str = "int") -> str:
    """Return the smallest case in which the order of two items shows, in words; empty when none was found."""

    def sides(s: Any, a: Any, b: Any) -> tuple[Any, Any]:
        return function(function(s, a), b), function(function(s, b), a)

    return _first(sides, element, "f(f({s!r}, {a!r}), {b!r}) = {left!r}, but f(f({s!r}, {b!r}), {a!r}) = {right!r}")


def refute_associative(function: Callable[[Any, Any], Any], element: str = "int") -> str:
    """Return the smallest case in which bracketing shows, in words; empty when none was found."""

    def sides(s: Any, a: Any, b: Any) -> tuple[Any, Any]:
        return function(function(s, a), b), function(s, function(a, b))

    return _first(sides, element, "f(f({s!r}, {a!r}), {b!r}) = {left!r}, but f({s!r}, f({a!r}, {b!r})) = {right!r}")


def refute_idempotent(function: Callable[[Any, Any], Any], element: str = "int") -> str:
    """Return the smallest case in which an item that comes twice shows, in words; empty when none was found."""

    def sides(s: Any, a: Any, b: Any) -> tuple[Any, Any]:
        return function(function(s, a), a), function(s, a)

    return _first(sides, element, "f(f({s!r}, {a!r}), {a!r}) = {left!r}, but f({s!r}, {a!r}) = {right!r}")


REFUTE = {"commutative": refute_commutative, "associative": refute_associative, "idempotent": refute_idempotent}


def _first(sides: Callable[[Any, Any, Any], tuple[Any, Any]], element: str, text: str) -> str:
    """Return the first case whose sides differ; a case in which the function raises says nothing about a law."""
    for s, a, b in product(VALUES.get(element, ANY), repeat=3):
        try:
            left, right = sides(s, a, b)
        except Exception:  # a user's function, on values it may not take
            continue
        if left != right:
            return text.format(s=s, a=a, b=b, left=left, right=right)
    return ""
