"""Element code: an expression of the user's with its outer names put in their place.

Names of data become names of wires, which are read whole; values known when the flow is compiled become literals;
functions of the flow come along as definitions. A name is looked up when the code that reads it is used, as Python
does, in the function it is written in. Variables of comprehensions keep their names unless a wire has the same.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Iterable, Mapping

from flowcc.frontend import faults
from flowcc.frontend.lowering import Fault, Lowering
from flowcc.frontend.meanings import asks_members, hidden_names
from flowcc.frontend.names import claims_of, is_plain
from flowcc.frontend.symbols import NOT_YET, VERBS
from flowcc.frontend.values import (
    ElementCode,
    Faulty,
    Flowing,
    Known,
    OtherFlow,
    PlaceValue,
    Reading,
    Several,
    Symbol,
    Value,
)
from flowcc.ir import Code, Wire
from flowcc.scopes import OUTERMOST, Comprehension, Rewriter, Scope

OUTSIDE = {ast.NamedExpr: ":=", ast.Await: "await", ast.Yield: "yield", ast.YieldFrom: "yield"}


class CodeBuilder(Rewriter):
    """Puts names in their place in one piece of element code, and remembers which wires it reads."""

    def __init__(self, lowering: Lowering, stream: Wire | None = None) -> None:
        super().__init__(self.outside)
        self.lowering = lowering
        self.stream = stream  # gone over item by item: what else reads it, reads it `again`
        self.inputs: list[Wire] = []
        self.definitions: dict[str, str] = {}
        self.readings: list[Reading] = []
        self._defined: dict[int, tuple[Value, str]] = {}  # by identity: code of the flow, and what it is called here
        self._in_function = False

    def code(self, tree: ast.expr) -> Code:
        """Return finished element code for ``tree``."""
        return self.finish(self.expression(tree))

    def finish(self, tree: ast.expr) -> Code:
        """Return code for a tree whose names are in their place already."""
        product, environment = self.lowering.product, self.lowering.environment
        tree, definitions = product.definitions.settle(tree, self.definitions, product.another)
        trees = [tree, *map(ast.parse, definitions)]
        return Code(
            ast.unparse(tree),
            definitions,
            self._claims(tree),
            hidden_names([tree], self.definitions, environment),
            asks_members(trees, self.definitions, environment),
            tree,
        )

    def _claims(self, tree: ast.expr) -> tuple[str, ...]:
        """The laws that the function keeps which ``tree`` names, as its decorators say."""
        return claims_of(tree.id, self.lowering.environment) if isinstance(tree, ast.Name) else ()

    def expression(self, node: ast.expr, scope: Scope = OUTERMOST) -> ast.expr:
        """Return ``node`` with its free names put in their place."""
        if type(node) in OUTSIDE and not self._in_function:
            raise Fault(faults.outside_language(self.lowering.span(node), OUTSIDE[type(node)]))
        return super().expression(node, scope)

    def statement(self, node: ast.stmt, scope: Scope) -> ast.stmt:
        """Return a statement of a local function with its free names put in their place."""
        if isinstance(node, ast.Global):
            raise Fault(faults.outside_language(self.lowering.span(node), "global"))
        if isinstance(node, ast.Nonlocal) and not set(node.names) <= scope.nested.keys():
            raise Fault(faults.outside_language(self.lowering.span(node), "nonlocal"))
        return super().statement(node, scope)

    def variables(self, names: Iterable[str]) -> Mapping[str, str]:
        """Return the variables of a comprehension, renamed where a wire has their name."""
        product = self.lowering.product
        return {n: product.another(n) if n in product.wires else n for n in names}

    def comprehension(
        self, node: Comprehension, first: ast.expr, scope: Scope = OUTERMOST, names: Mapping[str, str] | None = None
    ) -> ast.expr:
        """Return a comprehension whose first iterable is ``first``, already in its place."""
        for generator in node.generators if not self._in_function else ():
            if generator.is_async:
                raise Fault(faults.outside_language(self.lowering.span(generator.iter), "async for"))
            self._check_target(generator.target)
        return super().comprehension(node, first, scope, names)

    def _check_target(self, target: ast.expr) -> None:
        match target:
            case ast.Name():
                return
            case ast.Tuple(elts=parts) | ast.List(elts=parts):
                for part in parts:
                    self._check_target(part)
            case ast.Starred(value=value):
                self._check_target(value)
            case _:
                written = f"`{ast.unparse(target)} = …`"
                raise Fault(faults.mutation(self.lowering.span(target), written, "a plain name"))

    def outside(self, node: ast.Name, scope: Scope) -> ast.expr:
        """Return what a name that the code does not bind itself stands for."""
        if isinstance(node.ctx, ast.Store | ast.Del):
            raise Fault(faults.outside_language(self.lowering.span(node), ":="))
        value = self.lowering.look_up(node.id, node)
        if node.id in self.lowering.names:
            self.readings.append(Reading(self.lowering.names, node.id, value))
        match value:
            case Symbol(name=name) if name in VERBS | NOT_YET:
                raise Fault(faults.verb_on_items(self.lowering.span(node), node.id))
            case OtherFlow():
                raise Fault(faults.unknown_operator(self.lowering.span(node), node.id))
        return self.value(value, node, scope)

    def value(self, value: Value, node: ast.expr, scope: Scope = OUTERMOST) -> ast.expr:
        """Return an expression for a value of the flow, which ``node`` stands for."""
        match value:
            case Flowing(wire=wire):
                return self.read(wire, node, scope)
            case Known(value=plain):
                return self.literal(plain, node, scope)
            case ElementCode(in_flow=True):
                return self.local(value, node, scope)
            case ElementCode(tree=tree) | Symbol(tree=ast.expr() as tree):
                return self.outer(tree, node, scope)
            case Several(items=items):
                return _at(node, ast.Tuple([self.value(item, node, scope) for item in items], ast.Load()))
            case Faulty():
                raise AlreadyReported
            case Symbol() | PlaceValue() if isinstance(node, ast.Name):
                return self.outer(node, node, scope)
        written = ast.unparse(node)
        raise Fault(faults.value_as_collection(self.lowering.span(node), f"`{written}` holds more than values"))

    def insert(self, name: str, node: ast.AST, scope: Scope) -> ast.expr:
        """Return an outer name; where the code around binds the same name, an alias that is defined alongside."""
        if scope.hides(name):
            aliases, outer = self.lowering.product.aliases, name
            name = aliases.get(outer) or aliases.setdefault(outer, self.lowering.product.another(outer))
            self.definitions[name] = f"{name} = {outer}"
        return ast.copy_location(ast.Name(name, ast.Load()), node)

    def read(self, wire: Wire, node: ast.AST, scope: Scope = OUTERMOST) -> ast.expr:
        """Return the name of a wire that is read whole."""
        whole = self.lowering.whole(wire, node)
        if whole == self.stream:
            whole = self.lowering.again(whole, node)
        if whole not in self.inputs:
            self.inputs.append(whole)
        return self.insert(whole.name, node, scope)

    def literal(self, plain: object, node: ast.AST, scope: Scope = OUTERMOST) -> ast.expr:
        """Return a known value as a literal, or as a name of the environment where there is none for it."""
        if is_plain(plain) and has_literal(plain):
            tree = ast.parse(repr(plain), mode="eval").body
            for part in ast.walk(tree):
                ast.copy_location(part, node)
            return tree
        return self.insert(self._setting(plain, "value"), node, scope)

    def _setting(self, thing: object, hint: str) -> str:
        settings = self.lowering.product.settings
        name = next((name for name, held in settings.items() if held is thing), None)
        if name is None:
            name = self.lowering.product.fresh(f"{hint}_1" if hint in self.lowering.environment else hint)
            settings[name] = thing
        return name

    def outer(self, tree: ast.expr, node: ast.AST, scope: Scope = OUTERMOST) -> ast.expr:
        """Return an expression of the flow's file; a name of another file becomes a setting of this flow."""
        if isinstance(tree, ast.Attribute):
            return ast.copy_location(ast.Attribute(self.outer(tree.value, node, scope), tree.attr, ast.Load()), node)
        if not isinstance(tree, ast.Name):
            return tree
        outermost = self.lowering
        while outermost.inlined_in is not None:
            outermost = outermost.inlined_in
        here, there = self.lowering.environment, outermost.environment
        foreign = (
            here is not there
            and here.live
            and tree.id in here
            and (tree.id not in there or here[tree.id] is not there[tree.id])
        )
        if foreign or (tree.id in self.lowering.product.wires and here.live and tree.id in here):
            return self.insert(self._setting(here[tree.id], tree.id), node, scope)
        self.lowering.product.taken.add(tree.id)
        return self.insert(tree.id, node, scope)

    def local(self, value: ElementCode, node: ast.expr, scope: Scope) -> ast.expr:
        """Return what code of the flow stands for: itself, or its name with its definition alongside.

        Inside a scope it is a definition, since a variable might have the name of something the code uses.
        """
        self._check_readings(value, node)
        if value.definition is None and not scope.own:
            return self._in_place(value)
        known = self._defined.get(id(value))
        if known is None:
            hint = value.definition.name if value.definition is not None else ast.unparse(node)
            product = self.lowering.product
            if hint in self.definitions or hint in product.wires:
                hint = product.another(hint)
            name = hint
            self._defined[id(value)] = value, name
            self.definitions[name] = ""  # a function may call itself
            self.definitions[name] = self._definition(value, name)
        return self.insert(self._defined[id(value)][1], node, scope)

    def _check_readings(self, value: ElementCode, node: ast.expr) -> None:
        """Refuse what a call made of a name that it may read now or later, where that makes a difference (F103)."""
        for reading in value.readings:
            if not reading.is_current():
                written = ast.unparse(node)
                raise Fault(faults.read_early_or_late(self.lowering.span(node), written, reading.name))

    def _in_place(self, value: ElementCode) -> ast.expr:
        return value.tree if value.scope is None else self._within(value).expression(value.tree)

    def _within(self, value: ElementCode, in_function: bool = False) -> CodeBuilder:
        """Return a builder that looks names up where ``value`` was written and adds to the same code."""
        inner = CodeBuilder(value.scope if isinstance(value.scope, Lowering) else self.lowering, self.stream)
        inner.inputs, inner.definitions, inner._defined = self.inputs, self.definitions, self._defined
        inner.readings, inner._in_function = self.readings, in_function
        return inner

    def _definition(self, value: ElementCode, name: str) -> str:
        """Return the statement that gives ``name`` its meaning, with its outer names put in their place."""
        if value.definition is None:
            return f"{name} = {ast.unparse(self._in_place(value))}"
        inner = self._within(value, in_function=True)
        return ast.unparse(ast.fix_missing_locations(inner.function(value.definition, OUTERMOST, name)))


class AlreadyReported(Exception):
    """The expression reads something that a fault was reported for."""


def _at(node: ast.AST, made: ast.expr) -> ast.expr:
    return ast.copy_location(made, node)


def has_literal(plain: object) -> bool:
    """Whether ``repr`` of a plain value is an expression that gives it."""
    if isinstance(plain, tuple):
        return all(map(has_literal, plain))
    if isinstance(plain, float):
        return math.isfinite(plain)
    return not isinstance(plain, complex) and (not isinstance(plain, int) or abs(plain) < 10**4000)
