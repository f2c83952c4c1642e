"""What the names in element code stand for, and functions of two arguments as one expression each.

A function may be a lambda, a nested function, a function of the flow's file that returns one expression, or one of
Python's own; of a function written elsewhere nothing is known.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from inspect import get_annotations
from types import FunctionType, ModuleType

from flowcc.environment import Environment
from flowcc.facts import UNKNOWN, Type
from flowcc.ir import Code

HARMLESS_DECORATORS = frozenset("commutative associative idempotent monotone".split())
HELD, ITEM = "held_", "item_"  # the arguments of a function that is known by its name alone


OF_MATH = {
    **dict.fromkeys(
        "sqrt cbrt exp log log2 log10 log1p expm1 pow sin cos tan asin acos atan atan2 hypot".split(), "float"
    ),
    **dict.fromkeys("fabs fmod copysign degrees radians dist fsum".split(), "float"),
    **dict.fromkeys("floor ceil trunc factorial comb perm isqrt".split(), "int"),
    **dict.fromkeys("isnan isinf isfinite isclose".split(), "bool"),
}


@dataclass(frozen=True)
class Binary:
    """A function of two arguments: ``first`` and ``second`` are their names in ``body``, ``own`` all that it binds."""

    first: str
    second: str
    body: ast.expr
    own: frozenset[str]


@dataclass(frozen=True)
class Expression:
    """A function that returns one expression of its parameters."""

    parameters: tuple[str, ...]
    body: ast.expr


@dataclass(frozen=True)
class Names:
    """The names of a flow's file; ``is_home`` says whether a written name stands for Python's function of a name."""

    environment: Environment
    is_home: Callable[[str, str, Environment], bool]

    def known(self, function: ast.expr, own: frozenset[str] = frozenset()) -> str:
        """Return the short name of a function of Python's; empty for any other, or one that ``own`` names hide."""
        if not isinstance(function, ast.Name | ast.Attribute):
            return ""
        written = ast.unparse(function)
        name = written.rpartition(".")[2]
        if written.partition(".")[0] in own or not self.is_home(written, name, self.environment):
            return ""
        return name

    def binary(self, code: Code) -> Binary | None:
        """Return a function of two arguments as an expression; None where it is none, or nothing is known of it."""
        tree = ast.parse(code.text, mode="eval").body
        nested = {made.name: made for made in _nested(code)}
        match tree:
            case ast.Lambda(args=arguments, body=body):
                return _binary(arguments, body, frozenset(nested))
            case ast.Name(id=name) if name in nested:
                return _of_definition(nested[name], frozenset(nested))
            case ast.Name() | ast.Attribute() if self.known(tree):
                operands: list[ast.expr] = [ast.Name(HELD, ast.Load()), ast.Name(ITEM, ast.Load())]
                return Binary(HELD, ITEM, ast.Call(tree, operands, []), frozenset((HELD, ITEM)))
            case ast.Name(id=name):
                found = self._definition(name)
                return _of_definition(found, frozenset()) if found is not None else None
        return None

    def returns(self, function: ast.expr) -> Type:
        """Return what a function is annotated to return, or what one of `math` gives."""
        written = ast.unparse(function)
        module, _, name = written.rpartition(".")
        if not self.environment.live:
            found = self._definition(written) if not module else None
            return UNKNOWN if found is None or found.returns is None else read_type(found.returns)
        thing = self._live(written)
        if isinstance(thing, FunctionType):
            annotation = thing.__annotations__.get("return")
            return (
                read_type(ast.parse(annotation, mode="eval").body) if isinstance(annotation, str) else _type(annotation)
            )
        if thing is not None and thing is getattr(math, name, None):
            return Type(OF_MATH.get(name, "object"))
        return _type(thing)

    def expression_of(self, name: str) -> Expression | None:
        """Return a function of the flow's file that returns one expression; None for any other."""
        found = self._definition(name)
        body = _returned(found.body) if found is not None else None
        match found:
            case ast.FunctionDef(
                args=ast.arguments(posonlyargs=[], args=parameters, vararg=None, kwonlyargs=[], kwarg=None, defaults=[])
            ) if body is not None:
                return Expression(tuple(parameter.arg for parameter in parameters), body)
        return None

    def _live(self, written: str) -> object:
        """Return what a dotted name of modules and classes stands for; None for anything else."""
        root, *rest = written.split(".")
        thing = self.environment.get(root) if written.replace(".", "").isidentifier() else None
        for part in rest:
            thing = getattr(thing, part, None) if isinstance(thing, ModuleType | type) else None
        return thing

    def field(self, record: str, field: str) -> Type:
        """Return the annotated type of a field of a record class that is known by its name."""
        if self.environment.live:
            held = self._live(record)
            every = held.__mro__ if isinstance(held, type) else ()
            return next((_annotated(get_annotations(c)[field]) for c in every if field in get_annotations(c)), UNKNOWN)
        for statement in _statements(self.environment.text):
            if isinstance(statement, ast.ClassDef) and statement.name == record:
                for part in statement.body:
                    if isinstance(part, ast.AnnAssign) and ast.unparse(part.target) == field:
                        return read_type(part.annotation)
        return UNKNOWN

    def _definition(self, name: str) -> ast.FunctionDef | None:
        """Return the definition in the flow's file that ``name`` surely stands for."""
        found = [s for s in _statements(self.environment.text) if isinstance(s, ast.FunctionDef) and s.name == name]
        if self.environment.live:
            function = self.environment.get(name)
            if not isinstance(function, FunctionType) or function.__code__.co_filename != self.environment.filename:
                return None
            line = function.__code__.co_firstlineno
            return next((f for f in found if line in (f.lineno, *(d.lineno for d in f.decorator_list))), None)
        bound = [s for s in _statements(self.environment.text) if name in _bound_by(s)]
        plain = [f for f in found if {ast.unparse(d) for d in f.decorator_list} <= HARMLESS_DECORATORS]
        return plain[0] if len(plain) == len(bound) == 1 else None


@lru_cache(64)
def _statements(text: str) -> tuple[ast.stmt, ...]:
    return tuple(ast.parse(text).body)


def _bound_by(statement: ast.stmt) -> Iterator[str]:
    for node in ast.walk(statement):
        match node:
            case ast.Name(id=name, ctx=ast.Store()) | ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.alias(name=name, asname=other):
                yield other or name.partition(".")[0]


def _nested(code: Code) -> Iterator[ast.FunctionDef]:
    for text in code.definitions:
        yield from (s for s in ast.parse(text).body if isinstance(s, ast.FunctionDef))


def _binary(arguments: ast.arguments, body: ast.expr | None, hidden: frozenset[str]) -> Binary | None:
    match arguments:
        case ast.arguments(
            posonlyargs=[], args=[first, second], vararg=None, kwonlyargs=[], kwarg=None, defaults=[]
        ) if body is not None:
            return Binary(first.arg, second.arg, body, hidden | {first.arg, second.arg})
    return None


def _of_definition(function: ast.FunctionDef, hidden: frozenset[str]) -> Binary | None:
    return _binary(function.args, _returned(function.body), hidden)


def _returned(body: list[ast.stmt]) -> ast.expr | None:
    """Return what a function returns as one expression: its only statement, or one of two by an ``if``."""
    if body and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
        body = body[1:]
    match body:
        case [ast.Return(value=value)]:
            return value
        case [ast.If(test=test, body=[ast.Return(value=ast.expr() as yes)], orelse=[])
              , ast.Return(value=ast.expr() as no)] | [
                  ast.If(test=test, body=[ast.Return(value=ast.expr() as yes)],
                         orelse=[ast.Return(value=ast.expr() as no)])]:  # fmt: skip
            return ast.copy_location(ast.IfExp(test, yes, no), test)
    return None


def _annotated(annotation: object) -> Type:
    """Return the type that an annotation names, as text or as a class."""
    return read_type(ast.parse(annotation, mode="eval").body) if isinstance(annotation, str) else _type(annotation)


def _type(thing: object) -> Type:
    """Return a class as a type; unknown for anything else."""
    return Type(thing.__name__) if isinstance(thing, type) and not thing.__module__.startswith("typing") else UNKNOWN


def read_type(tree: ast.expr) -> Type:
    """Return the type that an annotation names; what is no type is unknown."""
    match tree:
        case ast.Constant(value=None):
            return Type("None")
        case ast.Constant(value=value) if value is ...:
            return Type("...")
        case ast.Constant(value=str() as text) if text.isidentifier():
            return Type(text)
        case ast.Name(id=name) if name != "Any":
            return Type(name)
        case ast.Subscript(value=ast.Name(id=name), slice=ast.Tuple(elts=parts)):
            return Type(name, tuple(map(read_type, parts)))
        case ast.Subscript(value=ast.Name(id=name), slice=only):
            return Type(name, (read_type(only),))
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return Type("|", (read_type(left), read_type(right)))
    return UNKNOWN
