"""Code that is made while a flow is compiled and used later: what it reads now, and what only when it is called.

Python evaluates ``table = make(n)`` where it stands, while the functions in it look their names up when they are
called. So names that are read now are put in their place here; those of functions are left for the use. What a call
does with a function that it is given, or calls, cannot be told: where it makes a difference, the use is refused.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from flowcc.frontend.element_code import CodeBuilder, has_literal
from flowcc.frontend.lowering import Fault, Lowering
from flowcc.frontend.names import is_plain
from flowcc.frontend.values import ElementCode, Known, Reading
from flowcc.scopes import FUNCTIONS, OUTERMOST, Scope, Shallow, names_read_now

LARGE = 50  # nodes; larger code that is used in other code gets a name


def code_of(node: ast.expr, lowering: Lowering) -> ElementCode:
    """Return an expression without data as code; names that are read now are in their place."""
    _look_up_now(node, lowering)
    builder = CodeBuilder(lowering)
    readings: tuple[Reading, ...] = ()
    try:
        tree = builder.expression(node)
    except Fault as fault:
        if fault.diagnostic.code != "F104":
            raise
    else:
        if not (builder.definitions or builder.inputs or any(isinstance(part, ast.Lambda) for part in ast.walk(node))):
            return ElementCode(tree, in_flow=True)
        readings = tuple(builder.readings) if calls(node) else ()
    settled = _Settled(lowering).expression(node, OUTERMOST)
    return ElementCode(settled, scope=lowering, in_flow=True, readings=readings)


def _look_up_now(node: ast.expr, lowering: Lowering) -> None:
    """Raise the fault of a name that is read now and that nothing binds; functions may read theirs later."""
    now = names_read_now(node)
    for part in ast.walk(node):
        if isinstance(part, ast.Name) and part.id in now:
            lowering.look_up(part.id, part)


def calls(node: ast.expr) -> bool:
    """Whether evaluating an expression calls anything."""
    if isinstance(node, ast.Call):
        return True
    return not isinstance(node, FUNCTIONS) and any(map(calls, _children(node)))


def _children(node: ast.AST) -> Iterator[ast.expr]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.expr):
            yield child
        else:
            yield from _children(child)


class _Settled(Shallow):
    """Puts what is read now in its place: a literal, short code itself, or a name that is never bound again."""

    def __init__(self, lowering: Lowering) -> None:
        super().__init__(self._settle)
        self.lowering = lowering

    def _settle(self, node: ast.Name, scope: Scope) -> ast.expr:
        value = self.lowering.names.get(node.id)
        match value:
            case None:
                return node
            case Known(value=plain) if is_plain(plain) and has_literal(plain):
                return CodeBuilder(self.lowering).literal(plain, node)
            case ElementCode(definition=None, scope=self.lowering, tree=tree) if not scope.own and _is_short(tree):
                return tree
        name = self.lowering.product.another(node.id)
        self.lowering.names[name] = value
        return ast.copy_location(ast.Name(name, ast.Load()), node)


def _is_short(tree: ast.expr) -> bool:
    return sum(1 for _ in ast.walk(tree)) <= LARGE
