"""Python's scopes: the names that a piece of code binds, those it takes from outside, and how to replace the latter.

Functions, lambdas, classes and comprehensions are scopes. A name that a scope binds anywhere is its own throughout.
Functions inside a class do not see the names of the class, and the first iterable of a comprehension, the defaults and
the decorators of a function, and the bases of a class belong to the scope around it (the Python reference, "Naming and
binding", and PEP 572 for `:=`, which binds in the nearest function).
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Mapping
from copy import copy
from dataclasses import dataclass, field
from typing import TypeAlias

Comprehension: TypeAlias = ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp
Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
Definition: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp)
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


@dataclass(frozen=True, slots=True)
class Scope:
    """The names bound around a piece of code, each with the name that is written for it.

    ``own`` is what code right here sees, ``nested`` what functions and comprehensions in it see: in a class, less.
    """

    own: Mapping[str, str] = field(default_factory=dict)
    nested: Mapping[str, str] = field(default_factory=dict)

    def function(self, names: Mapping[str, str]) -> Scope:
        """Return the scope of a function or comprehension in this one that binds ``names``."""
        inside = {**self.nested, **names}
        return Scope(inside, inside)

    def class_body(self, names: Iterable[str]) -> Scope:
        """Return the scope of a class in this one that binds ``names``."""
        return Scope({**self.nested, **{name: name for name in names}}, self.nested)

    def hides(self, name: str) -> bool:
        """Whether an outer name, written here as ``name``, would be taken for one that is bound around it."""
        return name in self.own.values()


OUTERMOST = Scope()


def argument_names(arguments: ast.arguments) -> list[str]:
    """Return the names a function's arguments bind."""
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
    return [argument.arg for argument in every if argument is not None]


def target_names(target: ast.AST) -> list[str]:
    """Return the names that an assignment or comprehension target binds."""
    return [node.id for node in ast.walk(target) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)]


def _variables(node: Comprehension) -> list[str]:
    return [name for generator in node.generators for name in target_names(generator.target)]


def names_bound(node: Function | ast.ClassDef) -> frozenset[str]:
    """Return the names that a function or a class binds in its own scope."""
    body: list[ast.AST] = [node.body] if isinstance(node, ast.Lambda) else [*node.body]
    bound = set() if isinstance(node, ast.ClassDef) else set(argument_names(node.args))
    elsewhere: set[str] = set()
    for part in _same_scope(body):
        bound.update(_binds(part))
        if isinstance(part, ast.Global | ast.Nonlocal):
            elsewhere.update(part.names)
    return frozenset(bound - elsewhere)


def _binds(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Name(id=name, ctx=ast.Store() | ast.Del()) | ast.NamedExpr(target=ast.Name(id=name)):
            yield name
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.ExceptHandler(name=str() as name) | ast.MatchAs(name=str() as name):
            yield name
        case ast.MatchStar(name=str() as name) | ast.MatchMapping(rest=str() as name):
            yield name
        case ast.alias(name=path, asname=other):
            yield other or path.partition(".")[0]


def _same_scope(nodes: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """Give the nodes below that belong to the same scope; of a comprehension only what `:=` may stand in."""
    waiting = list(nodes)
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, COMPREHENSIONS):
            yield from _walruses(node)
        elif isinstance(node, FUNCTIONS):
            waiting += outer_parts(node)
        elif isinstance(node, ast.ClassDef):
            waiting += [*node.decorator_list, *node.bases, *node.keywords]
        else:
            waiting += ast.iter_child_nodes(node)


def _walruses(node: ast.AST) -> Iterator[ast.AST]:
    """Give the assignments in a comprehension that bind in the function around it."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.NamedExpr):
            yield child
        if not isinstance(child, ast.Lambda):
            yield from _walruses(child)


def outer_parts(function: Function) -> list[ast.expr]:
    """Return the parts of a function that are evaluated where it stands: decorators and defaults."""
    decorators = [] if isinstance(function, ast.Lambda) else function.decorator_list
    return [*decorators, *function.args.defaults, *filter(None, function.args.kw_defaults)]


Free: TypeAlias = Callable[[ast.Name, Scope], ast.expr]


class Rewriter:
    """Copies code with another expression for each name that it takes from outside.

    ``free`` is asked for each of them, with the scope it is read in. `variables` may give the variables of
    comprehensions other names; parameters keep theirs, since a call may name them.
    """

    def __init__(self, free: Free) -> None:
        self.free = free

    def variables(self, names: Iterable[str]) -> Mapping[str, str]:
        """Return what the variables of a comprehension are to be called."""
        return {name: name for name in names}

    def expression(self, node: ast.expr, scope: Scope) -> ast.expr:
        """Return a copy of an expression."""
        match node:
            case ast.Name():
                return self.name(node, scope)
            case ast.Lambda():
                return self.lambda_(node, scope)
            case ast.ListComp() | ast.SetComp() | ast.GeneratorExp() | ast.DictComp():
                return self.comprehension(node, self.expression(node.generators[0].iter, scope), scope)
        made = self.parts(node, scope)
        assert isinstance(made, ast.expr)
        return made

    def name(self, node: ast.Name, scope: Scope) -> ast.expr:
        """Return what stands for a name."""
        if node.id in scope.own:
            return ast.copy_location(ast.Name(scope.own[node.id], node.ctx), node)
        return self.free(node, scope)

    def lambda_(self, node: ast.Lambda, scope: Scope) -> ast.expr:
        """Return a copy of a lambda."""
        inside = scope.function({name: name for name in names_bound(node)})
        made = ast.Lambda(self.arguments(node.args, scope), self.expression(node.body, inside))
        return ast.copy_location(made, node)

    def arguments(self, arguments: ast.arguments, scope: Scope) -> ast.arguments:
        """Return a copy of a function's arguments without annotations; defaults belong to the scope around it."""

        def bare(argument: ast.arg) -> ast.arg:
            return ast.arg(argument.arg)

        return ast.arguments(
            posonlyargs=[bare(a) for a in arguments.posonlyargs],
            args=[bare(a) for a in arguments.args],
            vararg=bare(arguments.vararg) if arguments.vararg else None,
            kwonlyargs=[bare(a) for a in arguments.kwonlyargs],
            kw_defaults=[d and self.expression(d, scope) for d in arguments.kw_defaults],
            kwarg=bare(arguments.kwarg) if arguments.kwarg else None,
            defaults=[self.expression(d, scope) for d in arguments.defaults],
        )

    def comprehension(
        self, node: Comprehension, first: ast.expr, scope: Scope, names: Mapping[str, str] | None = None
    ) -> ast.expr:
        """Return a copy of a comprehension whose first iterable is ``first``, already rewritten.

        Its variables are called what ``names`` says, else what `variables` does.
        """
        inside = scope.function(self.variables(_variables(node)) if names is None else names)
        generators = [
            ast.comprehension(
                self.expression(generator.target, inside),
                first if position == 0 else self.expression(generator.iter, inside),
                [self.expression(condition, inside) for condition in generator.ifs],
                generator.is_async,
            )
            for position, generator in enumerate(node.generators)
        ]
        made: ast.expr
        if isinstance(node, ast.DictComp):
            made = ast.DictComp(self.expression(node.key, inside), self.expression(node.value, inside), generators)
        else:
            made = type(node)(self.expression(node.elt, inside), generators)
        return ast.copy_location(made, node)

    def statement(self, node: ast.stmt, scope: Scope) -> ast.stmt:
        """Return a copy of a statement of a function or class."""
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                return self.function(node, scope)
            case ast.ClassDef():
                return self.class_(node, scope)
            case ast.AnnAssign(target=ast.Name(), value=ast.expr() as value) if scope.own is scope.nested:
                made: ast.AST = ast.Assign([self.expression(node.target, scope)], self.expression(value, scope))
            case ast.AnnAssign(target=ast.Name(), value=None) if scope.own is scope.nested:
                made = ast.Pass()  # in a function the annotation is not evaluated, and the name its own already
            case _:
                made = self.parts(node, scope)
        assert isinstance(made, ast.stmt)
        return ast.copy_location(made, node)

    def function(self, node: Definition, scope: Scope, name: str = "") -> Definition:
        """Return a copy of a function; its name is bound by the scope around it, or is ``name``."""
        inside = scope.function({bound: bound for bound in names_bound(node)})
        made = copy(node)
        made.name = name or scope.own.get(node.name, node.name)
        made.args = self.arguments(node.args, scope)
        made.body = [self.statement(statement, inside) for statement in node.body]
        made.decorator_list = [self.expression(decorator, scope) for decorator in node.decorator_list]
        made.returns = None
        return made

    def class_(self, node: ast.ClassDef, scope: Scope) -> ast.stmt:
        """Return a copy of a class."""
        inside = scope.class_body(names_bound(node))
        made = copy(node)
        made.bases = [self.expression(base, scope) for base in node.bases]
        made.keywords = [ast.keyword(word.arg, self.expression(word.value, scope)) for word in node.keywords]
        made.body = [self.statement(statement, inside) for statement in node.body]
        made.decorator_list = [self.expression(decorator, scope) for decorator in node.decorator_list]
        return made

    def parts(self, node: ast.AST, scope: Scope) -> ast.AST:
        """Return a copy of a node that is no scope."""
        fields = {name: self._part(value, scope) for name, value in ast.iter_fields(node)}
        return ast.copy_location(type(node)(**fields), node) if hasattr(node, "lineno") else type(node)(**fields)

    def _part(self, value: object, scope: Scope) -> object:
        match value:
            case ast.expr():
                return self.expression(value, scope)
            case ast.stmt():
                return self.statement(value, scope)
            case list():
                return [self._part(item, scope) for item in value]
            case ast.AST() if value._fields:
                return self.parts(value, scope)
        return value


class Shallow(Rewriter):
    """Leaves the bodies of functions as they are: they are read when the functions are called."""

    def lambda_(self, node: ast.Lambda, scope: Scope) -> ast.expr:
        """Return a lambda with the same body."""
        return ast.copy_location(ast.Lambda(self.arguments(node.args, scope), node.body), node)

    def function(self, node: Definition, scope: Scope, name: str = "") -> Definition:
        """Return a function with the same body."""
        bodiless = copy(node)
        bodiless.body = []
        made = super().function(bodiless, scope, name)
        made.body = node.body
        return made


def free_names(node: ast.expr | ast.stmt) -> frozenset[str]:
    """Return the names that an expression or a statement takes from outside; of a definition, not its own name."""
    return _names_asked(Rewriter, node)


def names_read_now(node: ast.expr | ast.stmt) -> frozenset[str]:
    """Return the free names that are read when code is executed, not only when a function in it is called."""
    return _names_asked(Shallow, node)


def names_read_later(node: ast.expr | ast.stmt) -> frozenset[str]:
    """Return the free names that a function reads when it is called; of any other code, all."""
    if not isinstance(node, FUNCTIONS):
        return free_names(node)
    inner = copy(node)
    inner.args = copy(node.args)
    inner.args.defaults = [ast.Constant(None) for _ in node.args.defaults]
    inner.args.kw_defaults = [each and ast.Constant(None) for each in node.args.kw_defaults]
    if not isinstance(inner, ast.Lambda):
        inner.decorator_list = []
    return free_names(inner)


def _names_asked(rewriter: Callable[[Free], Rewriter], node: ast.expr | ast.stmt) -> frozenset[str]:
    found: set[str] = set()

    def free(name: ast.Name, scope: Scope) -> ast.expr:
        if isinstance(name.ctx, ast.Load):
            found.add(name.id)
        return name

    rewriter(free).parts(ast.Module([node], []) if isinstance(node, ast.stmt) else ast.Expression(node), OUTERMOST)
    return frozenset(found)


def names_hidden(node: ast.expr | ast.stmt, names: Mapping[str, str]) -> frozenset[str]:
    """Return the new names of ``names`` that would be taken for others where they stand for the old ones."""
    found: set[str] = set()

    def free(name: ast.Name, scope: Scope) -> ast.expr:
        new = names.get(name.id, name.id)
        if new != name.id and scope.hides(new):
            found.add(new)
        return name

    whole = ast.Module([node], []) if isinstance(node, ast.stmt) else ast.Expression(node)
    Rewriter(free).parts(whole, OUTERMOST)
    return frozenset(found)


def replace_names(tree: ast.expr, names: Mapping[str, str]) -> ast.expr:
    """Return a copy of an expression that takes other names from outside.

    No new name may be bound inside. The variables of a comprehension that is the whole expression are renamed as well.
    """
    renamer = _Renamer(names)
    if not isinstance(tree, COMPREHENSIONS):
        return renamer.expression(tree, OUTERMOST)
    first = renamer.expression(tree.generators[0].iter, OUTERMOST)
    return renamer.comprehension(tree, first, OUTERMOST, {name: names.get(name, name) for name in _variables(tree)})


def replace_names_in_text(text: str, names: Mapping[str, str]) -> str:
    """Return statements that take other names from outside, the names that they give included."""
    renamer, made = _Renamer(names), list[ast.stmt]()
    for statement in ast.parse(text).body:
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
            made.append(renamer.function(statement, OUTERMOST, names.get(statement.name, statement.name)))
        else:
            made.append(renamer.statement(statement, OUTERMOST))
    return ast.unparse(ast.fix_missing_locations(ast.Module(made, [])))


class _Renamer(Rewriter):
    def __init__(self, names: Mapping[str, str]) -> None:
        super().__init__(self._renamed)
        self.names = names

    def _renamed(self, node: ast.Name, scope: Scope) -> ast.expr:
        name = self.names.get(node.id, node.id)
        assert name == node.id or not scope.hides(name), f"`{name}` is bound where it would stand for `{node.id}`"
        return ast.copy_location(ast.Name(name, node.ctx), node)
