"""What the translation of element code knows about each value, and how it gives up.

A value is a type and the names of the scalars it is held in; an integer may carry an interval that
follows from a bound on the inputs, and a value known before the kernel runs carries itself.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import TypeAlias

from flowcc.runtime.schema import BOOL, FLOAT64, INT64, UTF8, Scalar, Schema, Struct, Table

INT_MIN, INT_MAX = -(2**63), 2**63 - 1

Interval: TypeAlias = Callable[[int], tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why element code stays in Python: the reason, the expression and where it stands (line 1.., column 0..)."""

    reason: str
    expression: str = ""
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return f"{self.reason}: `{self.expression}`" if self.expression else self.reason


class Refused(Exception):
    """Element code that has no kernel; the translation ends."""

    def __init__(self, refusal: Refusal) -> None:
        self.refusal = refusal
        super().__init__(str(refusal))


def refuse(reason: str, node: ast.AST | None = None) -> Refused:
    """Return the exception to raise at an expression."""
    if node is None or not isinstance(node, ast.expr | ast.stmt | ast.pattern):
        return Refused(Refusal(reason))
    text = ast.unparse(node).partition("\n")[0]
    return Refused(Refusal(reason, text, node.lineno, node.col_offset))


@dataclass(frozen=True, slots=True)
class Nothing:
    """The type of None where nothing else is possible."""

    def __str__(self) -> str:
        return "None"


@dataclass(frozen=True, slots=True)
class Static:
    """The type of what exists only while the kernel is made: functions, classes, modules, containers of constants."""

    def __str__(self) -> str:
        return "a constant object"


@dataclass(frozen=True, slots=True)
class Lookup:
    """The type of a collection beside the items that is looked into by key; its buffers' names begin with ``name``."""

    table: Table
    name: str

    def __str__(self) -> str:
        return f"a {self.table.kind}"


Type: TypeAlias = Schema | Nothing | Static | Lookup

NOTHING, STATIC = Nothing(), Static()


class Unknown:
    """Marks a value that only the running kernel knows."""


UNKNOWN = Unknown()


@dataclass(frozen=True, slots=True)
class Value:
    """A typed value: where its scalars are, and what is known of it.

    ``settled`` names the routine that made a text, where it would not change it again.
    """

    type: Type
    parts: tuple[str, ...] = ()
    known: object = UNKNOWN
    interval: Interval | None = None
    settled: str = ""


def width(kind: Type) -> int:
    """Return how many scalars hold a value: three for a string (buffer, start, stop), one more when nullable."""
    if isinstance(kind, Struct):
        return sum(width(item) for item in kind.items)
    if isinstance(kind, Scalar):
        return (3 if kind.kind == "utf8" else 1) + kind.nullable
    return 0


def item_of(value: Value, index: int) -> Value:
    """Return one item of a tuple or field of a record; an interval of a tuple is that of its integers."""
    assert isinstance(value.type, Struct)
    start = sum(width(item) for item in value.type.items[:index])
    kind = value.type.items[index]
    interval = value.interval if kind == INT64 or isinstance(kind, Struct) else None
    return Value(kind, value.parts[start : start + width(kind)], interval=interval)


def literal(constant: object) -> Value | None:
    """Return a constant as a value, or None when it does not fit a scalar or is nan; strings need a pool."""
    if constant is None:
        return Value(NOTHING, (), None)
    if type(constant) is bool:
        return Value(BOOL, (str(constant),), constant)
    if type(constant) is int and INT_MIN <= constant <= INT_MAX:
        return Value(INT64, (str(constant) if constant >= 0 else f"({constant})",), constant, exactly(constant))
    if type(constant) is float and constant == constant:  # one nan object given twice is once in a set
        return Value(FLOAT64, (_float_text(constant),), constant)
    return None


def _float_text(number: float) -> str:
    if number in (float("inf"), float("-inf")):
        return "INFINITY" if number > 0 else "(-INFINITY)"
    return repr(number) if str(number)[0] != "-" else f"({number!r})"


def blank(kind: Scalar) -> tuple[str, ...]:
    """Return the scalars that stand where nothing is."""
    blanks = {"int64": ("0",), "float64": ("0.0",), "bool": ("False",), "utf8": ("constants", "0", "0")}
    return (*blanks[kind.kind], "False") if kind.nullable else blanks[kind.kind]


def exactly(number: int) -> Interval:
    """Return the interval of a known integer."""
    return lambda _: (number, number)


def bounded(low: int, high: int) -> Interval:
    """Return an interval that depends on no input."""
    return lambda _: (low, high)


def symmetric() -> Interval:
    """Return the interval of an input held within the bound."""
    return lambda bound: (-bound, bound - 1)


def hull(compute: Callable[[tuple[int, int], tuple[int, int]], list[int]], *of: Interval | None) -> Interval | None:
    """Return the interval spanned by ``compute`` of two intervals, or None when one is not known."""
    left, right = of
    if left is None or right is None:
        return None
    a, b = left, right

    @cache
    def interval(bound: int) -> tuple[int, int]:
        ends = compute(a(bound), b(bound))
        return min(ends), max(ends)

    return interval


SCALARS: dict[type, Scalar] = {int: INT64, float: FLOAT64, bool: BOOL, str: UTF8}
