"""A call of a function the language knows, with its arguments matched as Python would match them."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from flowcc.frontend import faults
from flowcc.frontend.apply import static_value
from flowcc.frontend.collections import items_of, literal_items
from flowcc.frontend.element_code import AlreadyReported, CodeBuilder
from flowcc.frontend.lowering import Fault, Lowering
from flowcc.frontend.values import Faulty, PlaceValue, Value
from flowcc.ir import Code, Wire


@dataclass(frozen=True)
class Call:
    """A call of a function the language knows, with its arguments by name once `bind` has matched them."""

    node: ast.Call
    name: str
    lowering: Lowering
    hint: str

    def fault(self, problem: str) -> Fault:
        """Return the fault of a call with wrong arguments."""
        return Fault(faults.wrong_arguments(self.lowering.span(self.node), self.name, problem))

    def bind(self, *names: str, keywords: tuple[str, ...] = (), required: int = 1) -> dict[str, ast.expr]:
        """Match the arguments to parameter names as Python would; ``keywords`` may only be given by name."""
        if any(isinstance(argument, ast.Starred) for argument in self.node.args):
            raise self.fault("takes no `*` arguments here")
        if len(self.node.args) > len(names):
            raise self.fault(f"takes {len(names)} positional arguments, {len(self.node.args)} were given")
        bound = dict(zip(names, self.node.args, strict=False))
        for keyword in self.node.keywords:
            if keyword.arg is None or keyword.arg not in (*names, *keywords):
                raise self.fault(f"takes no argument `{keyword.arg or '**'}`")
            if keyword.arg in bound:
                raise self.fault(f"`{keyword.arg}` is given twice")
            bound[keyword.arg] = keyword.value
        missing = [name for name in names[:required] if name not in bound]
        if missing:
            raise self.fault(f"`{missing[0]}` is missing")
        return bound

    def value(self, node: ast.expr, hint: str = "") -> Value:
        """Lower an argument; where the call gives it as it is, under the name of what the call gives."""
        value = self.lowering.lower(node, hint)
        if isinstance(value, Faulty):
            raise AlreadyReported
        return value

    def items(self, node: ast.expr, hint: str = "") -> Wire | None:
        """Return an argument as items; None when it is no data."""
        return items_of(self.value(node, hint), node, self.lowering)

    def items_or_known(self, node: ast.expr) -> Wire:
        """Return an argument as items, also when they are known already."""
        return self.items(node) or literal_items(node, self.lowering)

    def codes(self, bound: Mapping[str, ast.expr], names: tuple[str, ...]) -> tuple[Arguments, tuple[Wire, ...]]:
        """Return further arguments as element code, and the wires that code reads whole."""
        builder = CodeBuilder(self.lowering)
        codes: list[tuple[str, Code]] = []
        for name in names:
            tree = bound.get(name)
            if tree is None or (isinstance(tree, ast.Constant) and tree.value is None and name in OPTIONAL):
                continue
            self.check_kind(name, tree)
            part = CodeBuilder(self.lowering)
            part.inputs = builder.inputs
            codes.append((name, part.code(tree)))
        return tuple(codes), tuple(builder.inputs)

    def check_kind(self, name: str, node: ast.expr) -> None:
        """Refuse an argument that is known and of a kind that no call could take."""
        known = static_value(node, self.lowering)
        if known is None:
            return
        value, shown = known.value, ast.unparse(node)
        if name in FUNCTIONS_OF and not callable(value) and not (value is None and name in OPTIONAL):
            raise self.fault(f"`{name}` is a function of {FUNCTIONS_OF[name]}, and {shown} is none")
        if name in NUMBERS and (isinstance(value, bool | str | bytes) or not hasattr(value, "__sub__")):
            raise self.fault(f"`{name}` is a number, and {shown} is none")
        if name in COUNTS and not hasattr(value, "__index__"):
            raise self.fault(f"`{name}` is a whole number, and {shown} is none")

    def place(self, node: ast.expr) -> PlaceValue:
        """Return an argument that names a place."""
        value = self.value(node)
        if not isinstance(value, PlaceValue):
            raise self.fault(f"`{ast.unparse(node)}` is no place")
        if value.place.kind == "external":
            raise Fault(faults.not_yet(self.lowering.span(node), f"External ({value.place.name})"))
        return value


Arguments = tuple[tuple[str, Code], ...]
FUNCTIONS_OF = MappingProxyType({
    "by": "an item", "key": "an item", "time": "an item", "predicate": "an item", "until": "the items of a key",
    "step": "a state and an item", "function": "two values", "merge": "two values",
})  # fmt: skip
NUMBERS = frozenset(("length", "every", "gap"))
COUNTS = frozenset(("n",))
OPTIONAL = ("key", "by", "until", "function", "every")  # None means: left out
Handler = Callable[[Call], "Value | None"]
