"""What a name or an expression of a flow can stand for while the flow is compiled."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from flowcc.facts import PlaceRef
from flowcc.frontend.symbols import VERBS
from flowcc.ir import Wire

VIEWS = frozenset(("keys", "values", "items"))
LAZY = frozenset(  # iterators, by what makes them
    "generator iter enumerate zip reversed map filter accumulate chain islice takewhile dropwhile pairwise batched "
    "groupby product starmap filterfalse chain.from_iterable heapq.merge".split()
)
PASSING = VERBS - {"route"} | {"unordered", "trust"}  # these give in Python what they are given


@dataclass(frozen=True, slots=True)
class OneShot:
    """What is known of an iterator: the names its code reads when it is gone over, and whether it has been."""

    reads: frozenset[str] = frozenset()
    used: bool = False
    done: bool = False


@dataclass(frozen=True, slots=True)
class Flowing:
    """Data: what an operator gives.

    ``kind`` says what Python has there, if that is an iterator or a view of a dict: one of `LAZY` or `VIEWS`.
    """

    wire: Wire
    kind: str = ""


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


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """What a name of the flow stood for when a call may have read it."""

    names: Mapping[str, Value]
    name: str
    value: Value

    def is_current(self) -> bool:
        """Whether the name still stands for the same."""
        now = self.names.get(self.name)
        if isinstance(now, Known) and isinstance(self.value, Known):
            return type(now.value) is type(self.value.value) and repr(now.value) == repr(self.value.value)
        return now is self.value


@dataclass(frozen=True, slots=True, eq=False)
class ElementCode:
    """An expression without data in it, kept as written: a lambda, a function's name, a constant object.

    ``definition`` is the source of the nested function that ``tree`` names, if it is one. ``scope`` is the lowering
    whose names the code uses, looked up when it is used, as Python does for those that functions in it read; it is
    None for an expression of the file, or one whose names are in their place already. ``readings`` are names that the
    code reads when it is made or when what it made is called: which of the two, cannot be told.
    """

    tree: ast.expr
    definition: ast.FunctionDef | None = None
    scope: object = field(default=None, repr=False)
    in_flow: bool = False
    readings: tuple[Reading, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class OtherFlow:
    """Another flow, to be inlined where it is called: its function's text and names (`names.FlowSource`)."""

    source: object


@dataclass(frozen=True, slots=True)
class Faulty:
    """Something already reported; whatever touches it says nothing more."""


Value: TypeAlias = Flowing | Known | Symbol | PlaceValue | Several | ElementCode | OtherFlow | Faulty
