"""Functions of two arguments in normal form: an operation, a tuple of them, or one of both arguments.

`lambda a, b: (a[0] + b[0], max(a[1], b[1]))` is two steps, one a component. In a reduction the second argument is an
item, and what is added may be anything made of it alone: `lambda n, word: n + len(word)`.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from flowcc.algebra.names import Binary, Names

SIGNS: Mapping[type[ast.operator], str] = {
    ast.Add: "add", ast.Mult: "mul", ast.BitAnd: "and_", ast.BitOr: "or_", ast.BitXor: "xor",
}  # fmt: skip
CALLED = frozenset("add iadd mul and_ or_ ior xor min max gcd lcm".split())
SHORT = frozenset(("or", "and"))  # whether they evaluate their second operand depends on what is held
OF_DISPLAYS = frozenset(("min", "max"))
METHODS = frozenset(("union", "intersection", "symmetric_difference"))


@dataclass(frozen=True, slots=True)
class Step:
    """``operation`` of what is held and of ``given``; ``pure`` where that is the other argument's same component."""

    operation: str
    given: ast.expr
    pure: bool


@dataclass(frozen=True, slots=True)
class First:
    """The first argument's component as it is."""


@dataclass(frozen=True, slots=True)
class Either:
    """One of both arguments' components, and which one may depend on them."""


@dataclass(frozen=True, slots=True)
class Constant:
    """A value that depends on neither argument."""

    value: object


@dataclass(frozen=True, slots=True)
class Parts:
    """A tuple, each component by a term of its own."""

    parts: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Positions:
    """A ``tuple`` or ``list`` (``kind``) of both arguments' items position by position, as far as both go.

    ``equal`` says that they must be equally long.
    """

    kind: str
    each: Step
    equal: bool = False


Term: TypeAlias = Step | First | Either | Constant | Parts | Positions


def term_of(function: Binary, names: Names) -> Term | None:
    """Return the normal form of a function; None where it has none."""
    return _Form(function, names).of(function.body, function.first, function.second)


@dataclass(frozen=True)
class _Form:
    """Reads the body of one function; ``a`` and ``b`` are the texts of the components that a part of it is made of."""

    function: Binary
    names: Names

    def of(self, tree: ast.expr, a: str, b: str) -> Term | None:
        text = ast.unparse(tree)
        if text == a:
            return First()
        if text == b:
            return Either()
        match tree:
            case ast.Tuple(elts=elts):
                parts = [self.of(part, f"{a}[{at}]", f"{b}[{at}]") for at, part in enumerate(elts)]
                found = tuple(part for part in parts if part is not None)
                return Parts(found) if len(found) == len(parts) and found else None
            case ast.Constant(value=int() | str() | bool() | None as value):
                return Constant(value)
            case ast.IfExp(test=ast.Compare(left=left, ops=[ast.Eq() | ast.NotEq()], comparators=[right])):
                chosen = {ast.unparse(part) for part in (tree.body, tree.orelse, left, right)}
                return Either() if chosen == {a, b} else None
        return self._positions(tree, a, b) or self._step(tree, a, b)

    def _step(self, tree: ast.expr, a: str, b: str) -> Step | None:
        found = self._operation(tree)
        if found is None:
            return None
        operation, left, right = found
        for held, given in ((left, right), (right, left)):
            pure = ast.unparse(given) == b
            if ast.unparse(held) == a and not self._reads_first(given) and (pure or operation not in SHORT):
                return Step(operation, given, pure)
        return None

    def _reads_first(self, tree: ast.expr) -> bool:
        return any(isinstance(node, ast.Name) and node.id == self.function.first for node in ast.walk(tree))

    def _operation(self, tree: ast.expr) -> tuple[str, ast.expr, ast.expr] | None:
        """Return the name of an operation and both its operands."""
        match tree:
            case ast.BinOp(left=left, op=sign, right=right) if type(sign) in SIGNS:
                return SIGNS[type(sign)], left, right
            case ast.BoolOp(op=sign, values=[left, right]):
                return "or" if isinstance(sign, ast.Or) else "and", left, right
            case ast.IfExp(test=test, body=body, orelse=orelse):
                return _chosen(test, body, orelse)
            case ast.Set(elts=[ast.Starred(value=left), ast.Starred(value=right)]):
                return "unite", left, right
            case ast.Dict(keys=[None, None], values=[left, right]):
                return "update", left, right
            case ast.Call(func=function, args=arguments, keywords=[]):
                return self._call(function, arguments)
        return None

    def _call(self, function: ast.expr, arguments: list[ast.expr]) -> tuple[str, ast.expr, ast.expr] | None:
        name = self.names.known(function, self.function.own)
        match arguments:
            case [ast.Starred(), *_] | [_, ast.Starred()]:
                return None
            case [left, right] if name == "union" and isinstance(function, ast.Attribute):
                return f"{ast.unparse(function.value)}.union", left, right
            case [left, right] if name in CALLED:
                return name, left, right
            case [ast.Tuple(elts=[left, right]) | ast.List(elts=[left, right])] if name in OF_DISPLAYS:
                return name, left, right
            case [right] if isinstance(function, ast.Attribute) and function.attr in METHODS and not name:
                return function.attr, function.value, right
        return None

    def _positions(self, tree: ast.expr, a: str, b: str) -> Positions | None:
        match tree:
            case ast.ListComp(elt=elt, generators=[generator]):
                return self._zipped("list", elt, generator, a, b)
            case ast.Call(func=function, args=[ast.GeneratorExp() | ast.ListComp() as made], keywords=[]):
                kind = self.names.known(function, self.function.own)
                if kind in ("tuple", "list") and len(made.generators) == 1:
                    return self._zipped(kind, made.elt, made.generators[0], a, b)
            case ast.Call(func=function, args=[ast.Call(func=mapped, args=[operator, x, y], keywords=[])], keywords=[]):
                kind, name = (self.names.known(part, self.function.own) for part in (function, operator))
                sides = {ast.unparse(x), ast.unparse(y)}
                if kind in ("tuple", "list") and self.names.known(mapped, self.function.own) == "map":
                    return Positions(kind, Step(name, y, True)) if name in CALLED and sides == {a, b} else None
        return None

    def _zipped(self, kind: str, elt: ast.expr, generator: ast.comprehension, a: str, b: str) -> Positions | None:
        match generator:
            case ast.comprehension(
                target=ast.Tuple(elts=[ast.Name(id=x), ast.Name(id=y)]),
                iter=ast.Call(func=function, args=[left, right], keywords=keywords), ifs=[],
            ) if {word.arg for word in keywords} <= {"strict"} and x != y:  # fmt: skip
                pass
            case _:
                return None
        zips = self.names.known(function, self.function.own) == "zip"
        if not zips or {ast.unparse(left), ast.unparse(right)} != {a, b} or {x, y} & self.function.own:
            return None
        inner = Binary(x, y, elt, self.function.own | {x, y})
        term = term_of(inner, self.names)
        equal = any(not isinstance(k.value, ast.Constant) or bool(k.value.value) for k in keywords)
        return Positions(kind, term, equal) if isinstance(term, Step) and term.pure else None


def _chosen(test: ast.expr, body: ast.expr, orelse: ast.expr) -> tuple[str, ast.expr, ast.expr] | None:
    """Return ``max`` or ``min`` for a choice of the larger or the smaller of two values that the test compares."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return _chosen(test.operand, orelse, body)
    match test:
        case ast.Compare(left=left, ops=[ast.Gt() | ast.GtE() | ast.Lt() | ast.LtE() as sign], comparators=[right]):
            yes, no, first, second = map(ast.unparse, (body, orelse, left, right))
            if {yes, no} == {first, second} and yes != no:
                larger = (yes == first) == isinstance(sign, ast.Gt | ast.GtE)
                return "max" if larger else "min", body, orelse
    return None
