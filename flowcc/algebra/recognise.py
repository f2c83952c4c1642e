"""Functions whose laws are known by name or form: a small table; what is not in it is unknown.

`add` and `mul` commute on numbers only, so the type of the items decides with them.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from types import MappingProxyType

from flowcc.facts import Type
from flowcc.ir import Code

NUMBERS = ("int", "float", "bool")
COMMUTING = frozenset("mul and_ or_ xor min max gcd lcm".split())
OPERATORS: Mapping[type[ast.operator], str] = MappingProxyType(
    {ast.Add: "add", ast.Mult: "mul", ast.BitAnd: "and_", ast.BitOr: "or_", ast.BitXor: "xor"}
)
MERGES: Mapping[str, tuple[str, ...]] = MappingProxyType({
    "sum": ("add",), "len": ("add",), "Counter": ("add",), "min": ("min",), "max": ("max",), "prod": ("mul",),
    "any": ("or_", "or"), "all": ("and_", "and"), "set": ("or_",), "frozenset": ("or_",),
})  # fmt: skip
NEUTRAL: Mapping[str, tuple[object, ...]] = MappingProxyType(
    {"add": (0, 0.0), "mul": (1, 1.0), "or_": (0, False), "xor": (0,), "and_": (-1, True), "gcd": (0,)}
)


def name_of(code: Code) -> str:
    """Return the short name of a two-argument function: ``operator.add``, ``lambda a, b: a + b`` are ``add``."""
    tree = ast.parse(code.text, mode="eval").body
    if code.hidden:
        return ""  # a function of the user's own, called like one of these
    match tree:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return {"iadd": "add", "ior": "or_", "union": "or_"}.get(name, name)
        case ast.Lambda(args=ast.arguments(args=[ast.arg(arg=first), ast.arg(arg=second)]), body=body):
            return _name_of_body(body, {first, second})
    return ""


def _name_of_body(body: ast.expr, names: set[str]) -> str:
    match body:
        case ast.BinOp(left=ast.Name(id=a), op=operator, right=ast.Name(id=b)) if {a, b} == names:
            return OPERATORS.get(type(operator), "")
        case ast.BoolOp(op=operator, values=[ast.Name(id=a), ast.Name(id=b)]) if {a, b} == names:
            return "or" if isinstance(operator, ast.Or) else "and"
        case ast.Call(func=ast.Name(id="min" | "max" as name), args=[ast.Name(id=a), ast.Name(id=b)], keywords=[]):
            return name if {a, b} == names else ""
    return ""


def commutes(function: Code, element: Type) -> bool:
    """Whether a reduction by this function cannot show the order of items of this type."""
    name = name_of(function)
    return (name in COMMUTING and element.name in NUMBERS) or (name == "add" and element.name in NUMBERS)


def keeps(claims: tuple[str, ...], *laws: str) -> bool:
    """Whether all these laws are claimed."""
    return set(laws) <= set(claims)


def may_merge(function: str, reduction: Code | None, merge: Code, element: Type) -> bool:
    """Whether ``merge(fold(a), fold(b)) == fold(a + b)`` for any split of the items into ``a`` and ``b``.

    ``reduction`` is the function of a `reduce`.
    """
    name = name_of(merge)
    if reduction is not None:
        return bool(name) and name == name_of(reduction) and commutes(reduction, element)
    if function == "set" and merge.text in ("set.union", "frozenset.union"):
        return True
    return name in MERGES.get(function, ())


def is_neutral(merge: Code, initial: str) -> bool:
    """Whether starting each share with ``initial`` leaves the merged result as it is."""
    try:
        value = ast.literal_eval(initial)
    except (ValueError, SyntaxError):
        return False
    return value in NEUTRAL.get(name_of(merge), ())
