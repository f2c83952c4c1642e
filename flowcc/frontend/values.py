"""What a name or an expression of a flow can stand for while the flow is compiled."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TypeAlias

from flowcc.facts import PlaceRef
from flowcc.ir import Wire


@dataclass(frozen=True, slots=True)
class Flowing:
    """Data: what an operator gives."""

    wire: Wire


@dataclass(frozen=True, slots=True)
class Known:
    """A plain value known when the flow is compiled."""

    value: object


@dataclass(frozen=True, slots=True)
class Symbol:
    """A function or class the language knows, by its short name (`symbols.SYMBOLS`), and how it was written."""

    name: str
    tree: ast.expr | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class PlaceValue:
    """A place class."""

    place: PlaceRef


@dataclass(frozen=True, slots=True)
class Several:
    """A tuple of values, not yet unpacked."""

    items: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class ElementCode:
    """An expression without data in it, kept as written: a lambda, a function's name, a constant object.

    ``definition`` is the source of the nested function that ``tree`` names, if it is one. ``scope`` is the lowering
    whose names a lambda or nested function uses, looked up when it is used, as Python does; None when they are
    in their place already.
    """

    tree: ast.expr
    definition: ast.FunctionDef | None = None
    scope: object = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class OtherFlow:
    """Another flow, to be inlined where it is called: its function's text and names (`names.FlowSource`)."""

    source: object


@dataclass(frozen=True, slots=True)
class Faulty:
    """Something already reported; whatever touches it says nothing more."""


Value: TypeAlias = Flowing | Known | Symbol | PlaceValue | Several | ElementCode | OtherFlow | Faulty
