"""The state of one lowering: the operators so far, what each name stands for, and the faults found."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol

from flowcc.diagnostics import Diagnostic
from flowcc.environment import Environment
from flowcc.facts import Facts, Shape
from flowcc.frontend import faults
from flowcc.frontend.definitions import DefinitionNames
from flowcc.frontend.infer import infer_fold
from flowcc.frontend.names import resolve
from flowcc.frontend.parse import ParsedFunction
from flowcc.frontend.values import Faulty, Flowing, Value
from flowcc.ir import Code, Each, Fold, Op, Wire
from flowcc.scopes import names_bound
from flowcc.source import Span

MOST_OPERATORS = 20_000  # unrolling beyond is a mistake in the program, not a plan


class Fault(Exception):
    """One fault found in an expression; the statement it stands in is given up, the next one goes on."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        self.diagnostic = diagnostic
        super().__init__(diagnostic)


class Recursion(Protocol):
    """What the parts of the frontend need of one another, since expressions hold expressions; `lower` joins them."""

    def expression(self, node: ast.expr, lowering: Lowering, hint: str, /) -> Value:
        """Lower any expression."""
        ...

    def parts(self, node: ast.expr, builder: Any, lowering: Lowering, /) -> ast.expr:
        """Return ``node`` with each operator in it replaced by the name of its wire."""
        ...

    def body(self, statements: Sequence[ast.stmt], lowering: Lowering, /) -> Value | None:
        """Lower statements up to the first ``return``."""
        ...


@dataclass(eq=False)
class Product:
    """What a lowering makes, shared by a flow and the flows inlined into it.

    ``taken`` holds every identifier that a new wire must not be called; ``settings`` are values that element code
    names and that no literal can stand for.
    """

    recursion: Recursion
    definitions: DefinitionNames = field(default_factory=DefinitionNames)
    aliases: dict[str, str] = field(default_factory=dict)  # of names that some code binds itself
    ops: list[Op] = field(default_factory=list)
    taken: set[str] = field(default_factory=set)
    wires: set[str] = field(default_factory=set)
    counts: dict[str, int] = field(default_factory=dict)  # the last number that was put behind each hint
    lazy: set[str] = field(default_factory=set)  # the wires of iterators that nothing has gone over as a whole
    faults: list[Diagnostic] = field(default_factory=list)
    settings: dict[str, object] = field(default_factory=dict)
    promises: list[Diagnostic] = field(default_factory=list)  # of the result's annotation, and not kept

    def fresh(self, hint: str) -> str:
        """Return an identifier like ``hint`` that nothing else has, and take it."""
        name, number = hint or "_1", self.counts.get(hint, 1)
        while name in self.taken:
            number += 1
            name = f"{hint}_{number}" if hint else f"_{number}"
        self.taken.add(name)
        self.counts[hint] = number
        return name

    def another(self, name: str) -> str:
        """Return an identifier like ``name`` that is not ``name``, and take both."""
        self.taken.add(name)
        return self.fresh(name)


def dotted(node: ast.expr) -> str:
    """Return a dotted name as it is written; empty for anything else."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=attribute):
            inner = dotted(value)
            return f"{inner}.{attribute}" if inner else ""
    return ""


@dataclass(eq=False)
class Lowering:
    """One function being lowered: where it stands, what its names stand for, and the product it adds to."""

    function: ParsedFunction
    environment: Environment
    product: Product
    names: dict[str, Value] = field(default_factory=dict)
    iterators: dict[str, Any] = field(default_factory=dict)  # those of the names that can be gone over once
    captures: dict[str, frozenset[str]] = field(default_factory=dict)  # what functions in data may read later
    inlined_in: Lowering | None = None
    conditional: bool = False  # inside an expression that Python may skip: operators must not be hoisted out of it

    @cached_property
    def own(self) -> frozenset[str]:
        """The names that the function binds anywhere: they are its own even before they are bound."""
        return names_bound(self.function.node)

    def lower(self, node: ast.expr, hint: str = "") -> Value:
        """Return what an expression stands for, adding the operators it needs."""
        return self.product.recursion.expression(node, self, hint)

    def span(self, node: ast.AST) -> Span:
        """Return where ``node`` stands: in an inlined flow, in that flow's own file."""
        return self.function.span(node)

    def look_up(self, name: str, node: ast.AST) -> Value:
        """Return what ``name`` stands for here."""
        if name in self.names:
            return self.names[name]
        if name in self.own:
            raise Fault(faults.read_before_bound(self.span(node), name))
        value = resolve(name, self.environment)
        if value is None:
            raise Fault(faults.unknown_name(self.span(node), name))
        return value

    def called(self, function: ast.expr) -> Value | None:
        """Return what is called; None when it is a method of something of the flow."""
        match function:
            case ast.Name(id=name):
                return self.look_up(name, function)
            case ast.Attribute():
                path = dotted(function)
                root = path.partition(".")[0]
                if path and root not in self.names:
                    return resolve(path, self.environment) or self.look_up(root, function)
        return None

    def add(self, op: Op) -> Flowing:
        """Append an operator and return its output."""
        if len(self.product.ops) >= MOST_OPERATORS:
            raise Fault(faults.not_known_early(op.span, f"unrolling gives more than {MOST_OPERATORS} operators"))
        self.product.ops.append(op)
        self.product.wires.add(op.out.name)
        return Flowing(op.out)

    def wire(self, hint: str, facts: Facts) -> Wire:
        """Return a new wire named like ``hint``."""
        return Wire(self.product.fresh(hint), facts)

    def whole(self, wire: Wire, node: ast.AST) -> Wire:
        """Return a wire to be read whole: entries become the dict they make."""
        if wire.facts.shape is not Shape.ENTRIES:
            return wire
        for op in self.product.ops:
            if isinstance(op, Fold) and op.function == "dict" and op.inputs == (wire,):
                return op.out
        out = self.wire("", infer_fold("dict", wire.facts, ()))
        self.add(Fold(out=out, inputs=(wire,), span=self.span(node), function="dict"))
        return out

    def again(self, wire: Wire, node: ast.AST) -> Wire:
        """Return the items of ``wire`` a second time, for code that goes over them one by one and reads them whole."""
        variable = "item" if "item" not in self.product.wires else self.product.fresh("item")
        text = f"[{variable} for {variable} in {wire.name}]"
        for op in self.product.ops:
            if isinstance(op, Each) and op.inputs == (wire,) and op.code.text == text:
                return op.out
        code = Code(text, tree=ast.parse(text, mode="eval").body)
        out = self.wire("", wire.facts)
        self.add(Each(out=out, inputs=(wire,), span=self.span(node), code=code))
        return out

    @contextmanager
    def within_condition(self) -> Iterator[None]:
        """Lower what Python may skip."""
        before, self.conditional = self.conditional, True
        try:
            yield
        finally:
            self.conditional = before

    def report(self, fault: Fault) -> Faulty:
        """Keep a fault for the end of the phase."""
        if fault.diagnostic not in self.product.faults:
            self.product.faults.append(fault.diagnostic)
        return Faulty()
