"""Element code: an expression of the user's with its outer names put in their place.

Names of data become names of wires, which are read whole; values known when the flow is compiled become literals;
nested functions come along as definitions. Variables bound inside keep their names unless a wire has the same.
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
from flowcc.frontend.values import ElementCode, Faulty, Flowing, Known, OtherFlow, Several, Symbol
from flowcc.ir import Code, Wire

Bound = Mapping[str, str]
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp)
OUTSIDE = {ast.NamedExpr: ":=", ast.Await: "await", ast.Yield: "yield", ast.YieldFrom: "yield"}


class CodeBuilder:
    """Puts names in their place in one piece of element code, and remembers which wires it reads."""

    def __init__(self, lowering: Lowering, stream: Wire | None = None) -> None:
        self.lowering = lowering
        self.stream = stream  # gone over item by item: what else reads it, reads it `again`
        self.inputs: list[Wire] = []
        self.definitions: dict[str, str] = {}

    def code(self, tree: ast.expr, bound: Bound | None = None) -> Code:
        """Return finished element code for ``tree``."""
        return self.finish(self.expression(tree, bound or {}))

    def finish(self, tree: ast.expr) -> Code:
        """Return code for a tree whose names are in their place already."""
        environment, trees = self.lowering.environment, [tree, *map(ast.parse, self.definitions.values())]
        return Code(
            ast.unparse(tree),
            tuple(self.definitions.values()),
            self._claims(tree),
            hidden_names([tree], self.definitions, environment),
            asks_members(trees, self.definitions, environment),
            tree,
        )

    def _claims(self, tree: ast.expr) -> tuple[str, ...]:
        """The laws that the function keeps which ``tree`` names, as its decorators say."""
        return claims_of(tree.id, self.lowering.environment) if isinstance(tree, ast.Name) else ()

    def expression(self, node: ast.expr, bound: Bound) -> ast.expr:
        """Return ``node`` with its free names put in their place."""
        if type(node) in OUTSIDE:
            raise Fault(faults.outside_language(self.lowering.span(node), OUTSIDE[type(node)]))
        match node:
            case ast.Name():
                return self.name(node, bound)
            case ast.Lambda(args=arguments):
                inner = self.bind(argument_names(arguments), bound)
                return _at(node, ast.Lambda(self.arguments(arguments, bound, inner), self.expression(node.body, inner)))
            case ast.ListComp() | ast.SetComp() | ast.GeneratorExp() | ast.DictComp():
                return self.comprehension(node, bound)
        return self.rebuild(node, bound)

    def rebuild(self, node: ast.expr, bound: Bound) -> ast.expr:
        """Return a copy of ``node`` whose parts are in their place."""
        made = self._copy(node, bound)
        assert isinstance(made, ast.expr)
        return made

    def _copy(self, node: ast.AST, bound: Bound) -> ast.AST:
        fields = {name: self._part(value, bound) for name, value in ast.iter_fields(node)}
        return ast.copy_location(type(node)(**fields), node)

    def _part(self, value: object, bound: Bound) -> object:
        match value:
            case ast.expr():
                return self.expression(value, bound)
            case list():
                return [self._part(item, bound) for item in value]
            case ast.AST() if value._fields:
                return self._copy(value, bound)
        return value

    def bind(self, names: Iterable[str], bound: Bound) -> Bound:
        """Return ``bound`` with more variables, renamed where a wire has their name."""
        product = self.lowering.product
        return {**bound, **{n: product.fresh(n) if n in product.wires else n for n in names}}

    def arguments(self, arguments: ast.arguments, outer: Bound, inner: Bound) -> ast.arguments:
        """Return the arguments of a lambda with their new names; defaults belong outside."""

        def renamed(argument: ast.arg) -> ast.arg:
            return ast.arg(inner[argument.arg])

        return ast.arguments(
            posonlyargs=[renamed(a) for a in arguments.posonlyargs],
            args=[renamed(a) for a in arguments.args],
            vararg=renamed(arguments.vararg) if arguments.vararg else None,
            kwonlyargs=[renamed(a) for a in arguments.kwonlyargs],
            kw_defaults=[d and self.expression(d, outer) for d in arguments.kw_defaults],
            kwarg=renamed(arguments.kwarg) if arguments.kwarg else None,
            defaults=[self.expression(d, outer) for d in arguments.defaults],
        )

    def comprehension(self, node: ast.expr, bound: Bound) -> ast.expr:
        """Return a comprehension inside element code."""
        assert isinstance(node, COMPREHENSIONS)
        first = self.expression(node.generators[0].iter, bound)
        return self.comprehension_over(node, first, bound)

    def comprehension_over(self, node: ast.expr, first: ast.expr, bound: Bound) -> ast.expr:
        """Return a comprehension whose first iterable is ``first``, already in its place."""
        assert isinstance(node, COMPREHENSIONS)
        inner = self.bind([name for g in node.generators for name in target_names(g.target)], bound)
        generators: list[ast.comprehension] = []
        for position, generator in enumerate(node.generators):
            if generator.is_async:
                raise Fault(faults.outside_language(self.lowering.span(generator.iter), "async for"))
            iterable = first if position == 0 else self.expression(generator.iter, inner)
            target = self.target(generator.target, inner)
            conditions = [self.expression(condition, inner) for condition in generator.ifs]
            generators.append(ast.comprehension(target, iterable, conditions, 0))
        if isinstance(node, ast.DictComp):
            key, value = self.expression(node.key, inner), self.expression(node.value, inner)
            return _at(node, ast.DictComp(key, value, generators))
        return _at(node, type(node)(self.expression(node.elt, inner), generators))

    def target(self, target: ast.expr, bound: Bound) -> ast.expr:
        """Return a target of a comprehension with its new names."""
        match target:
            case ast.Name(id=name):
                return _at(target, ast.Name(bound[name], ast.Store()))
            case ast.Tuple(elts=parts) | ast.List(elts=parts):
                return _at(target, ast.Tuple([self.target(part, bound) for part in parts], ast.Store()))
            case ast.Starred(value=value):
                return _at(target, ast.Starred(self.target(value, bound), ast.Store()))
        raise Fault(faults.mutation(self.lowering.span(target), f"`{ast.unparse(target)} = …`", "a plain name"))

    def name(self, node: ast.Name, bound: Bound) -> ast.expr:
        """Return what a name in element code stands for."""
        if node.id in bound:
            return _at(node, ast.Name(bound[node.id], node.ctx))
        if isinstance(node.ctx, ast.Store | ast.Del):
            raise Fault(faults.outside_language(self.lowering.span(node), ":="))
        value = self.lowering.look_up(node.id, node)
        match value:
            case Flowing(wire=wire):
                return self.read(wire, node)
            case Known(value=plain):
                return self.literal(plain, node)
            case ElementCode() if node.id in self.lowering.names:
                return self.local(value, node, bound)
            case Symbol(name=name) if name in VERBS | NOT_YET:
                raise Fault(faults.verb_on_items(self.lowering.span(node), node.id))
            case ElementCode(tree=tree) | Symbol(tree=ast.expr() as tree):
                return self.outer(tree, node)
            case Several(items=items):
                return _at(node, ast.Tuple([self.value(item, node) for item in items], ast.Load()))
            case OtherFlow():
                raise Fault(faults.unknown_operator(self.lowering.span(node), node.id))
            case Faulty():
                raise AlreadyReported
        return self.outer(node, node)

    def value(self, value: object, node: ast.Name) -> ast.expr:
        """Return an expression for one item of an unpacked tuple."""
        match value:
            case Flowing(wire=wire):
                return self.read(wire, node)
            case Known(value=plain):
                return self.literal(plain, node)
            case ElementCode(tree=tree):
                return tree
        raise Fault(faults.value_as_collection(self.lowering.span(node), f"`{node.id}` holds more than values"))

    def read(self, wire: Wire, node: ast.AST) -> ast.expr:
        """Return the name of a wire that is read whole."""
        whole = self.lowering.whole(wire, node)
        if whole == self.stream:
            whole = self.lowering.again(whole, node)
        if whole not in self.inputs:
            self.inputs.append(whole)
        return _at(node, ast.Name(whole.name, ast.Load()))

    def literal(self, plain: object, node: ast.AST) -> ast.expr:
        """Return a known value as a literal, or as a name of the environment where there is none for it."""
        if is_plain(plain) and _has_literal(plain):
            tree = ast.parse(repr(plain), mode="eval").body
            for part in ast.walk(tree):
                ast.copy_location(part, node)
            return tree
        return _at(node, ast.Name(self._setting(plain, "value"), ast.Load()))

    def _setting(self, thing: object, hint: str) -> str:
        settings = self.lowering.product.settings
        name = next((name for name, held in settings.items() if held is thing), None)
        if name is None:
            name = self.lowering.product.fresh(f"{hint}_1" if hint in self.lowering.environment else hint)
            settings[name] = thing
        return name

    def outer(self, tree: ast.expr, node: ast.AST) -> ast.expr:
        """Return an expression of the flow's file; a name of another file becomes a setting of this flow."""
        root = tree
        while isinstance(root, ast.Attribute):
            root = root.value
        outermost = self.lowering
        while outermost.inlined_in is not None:
            outermost = outermost.inlined_in
        if isinstance(root, ast.Name) and isinstance(tree, ast.Name):
            here, there = self.lowering.environment, outermost.environment
            foreign = (
                here is not there
                and here.live
                and root.id in here
                and (root.id not in there or here[root.id] is not there[root.id])
            )
            if foreign or (root.id in self.lowering.product.wires and here.live and root.id in here):
                return _at(node, ast.Name(self._setting(here[root.id], root.id), ast.Load()))
            self.lowering.product.taken.add(root.id)
        return _at(node, ast.Name(tree.id, ast.Load())) if isinstance(tree, ast.Name) else tree

    def local(self, value: ElementCode, node: ast.Name, bound: Bound) -> ast.expr:
        """Return what a name of the flow that holds code stands for: the code itself, or its definition alongside.

        Under bound variables it is a definition, since one of them might have the name of something the code uses.
        """
        if isinstance(value.tree, ast.Name) and value.definition is None:
            return self.outer(value.tree, node)
        inner = self.within(value)
        if value.definition is None and not bound:
            return inner.expression(value.tree, {}) if value.scope is not None else value.tree
        if node.id not in self.definitions:
            self.definitions[node.id] = ""  # a function may call itself
            self.definitions[node.id] = inner.definition(value, node.id)
        return _at(node, ast.Name(node.id, ast.Load()))

    def within(self, value: ElementCode) -> CodeBuilder:
        """Return a builder that looks names up where ``value`` was written and adds to the same code."""
        inner = CodeBuilder(value.scope if isinstance(value.scope, Lowering) else self.lowering, self.stream)
        inner.inputs, inner.definitions = self.inputs, self.definitions
        return inner

    def definition(self, value: ElementCode, name: str) -> str:
        """Return the statement that gives ``name`` its meaning, with its outer names put in their place."""
        if value.definition is not None:
            return ast.unparse(self._function(value.definition))
        tree = self.expression(value.tree, {}) if value.scope is not None else value.tree
        return f"{name} = {ast.unparse(tree)}"

    def _function(self, definition: ast.FunctionDef) -> ast.FunctionDef:
        names = [*argument_names(definition.args), *assigned_names(definition), definition.name]
        bound = {name: name for name in names}
        body = [self._statement(statement, bound) for statement in definition.body]
        arguments = self.arguments(definition.args, {}, bound)
        return ast.copy_location(
            ast.FunctionDef(definition.name, arguments, body, [], None, None, lineno=definition.lineno), definition
        )

    def _statement(self, statement: ast.stmt, bound: Bound) -> ast.stmt:
        if isinstance(statement, ast.Global | ast.Nonlocal):
            raise Fault(faults.outside_language(self.lowering.span(statement), "global"))
        if isinstance(statement, ast.FunctionDef):
            return statement
        made = self._statement_parts(statement, bound)
        assert isinstance(made, ast.stmt)
        return made

    def _statement_parts(self, node: ast.AST, bound: Bound) -> ast.AST:
        fields: dict[str, object] = {}
        for name, value in ast.iter_fields(node):
            parts = value if isinstance(value, list) else [value]
            made = [self._statement_part(part, bound) for part in parts]
            fields[name] = made if isinstance(value, list) else made[0]
        return ast.copy_location(type(node)(**fields), node)

    def _statement_part(self, part: object, bound: Bound) -> object:
        if isinstance(part, ast.stmt):
            return self._statement(part, bound)
        if isinstance(part, ast.expr):
            return self.expression(part, bound)
        return self._statement_parts(part, bound) if isinstance(part, ast.AST) and part._fields else part


class AlreadyReported(Exception):
    """The expression reads something that a fault was reported for."""


def _at(node: ast.AST, made: ast.expr) -> ast.expr:
    return ast.copy_location(made, node)


def _has_literal(plain: object) -> bool:
    if isinstance(plain, tuple):
        return all(map(_has_literal, plain))
    if isinstance(plain, float):
        return math.isfinite(plain)
    return not isinstance(plain, complex) and (not isinstance(plain, int) or abs(plain) < 10**4000)


def argument_names(arguments: ast.arguments) -> list[str]:
    """Return the names a function's arguments bind."""
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
    return [argument.arg for argument in every if argument is not None]


def target_names(target: ast.expr) -> list[str]:
    """Return the names an assignment or comprehension target binds."""
    return [node.id for node in ast.walk(target) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)]


def assigned_names(definition: ast.FunctionDef) -> list[str]:
    """Return every name that a function's body binds."""
    found = []
    for node in ast.walk(definition):
        match node:
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
                found.append(name)
            case ast.MatchAs(name=str() as name) | ast.MatchStar(name=str() as name):
                found.append(name)
            case ast.ExceptHandler(name=str() as name) | ast.FunctionDef(name=name):
                found.append(name)
            case ast.MatchMapping(rest=str() as name):
                found.append(name)
    return found
