"""Element code as functions of a module: kernels, arguments, and factories for those that read sides.

A kernel keeps the user's expression; its parameters are the wires that it names. What reads no wire is written
where it is used; a lambda becomes a ``def`` beside the kernels, where debuggers and the compiler of kernels see it.
"""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Sequence

from flowcc.backend.lookups import Index, identifiers, index_equalities
from flowcc.backend.naming import Names, defined_name, free_names, names_of_code
from flowcc.backend.printing import INDENT, flat, layout
from flowcc.facts import Shape
from flowcc.ir import Code, Wire
from flowcc.source import Span

INLINE = 60  # a longer argument gets a name of its own


class Functions:
    """The module-level functions and constants of one module, in order of first use."""

    def __init__(self, names: Names, locals_: frozenset[str]) -> None:
        self.blocks: list[list[str]] = []
        self.runtime: dict[str, str] = {}  # what is needed of the runtime's look-ups, and what it is called here
        self._names = names
        self._locals = locals_
        self._definitions: set[str] = set()  # those that stand beside the kernels

    def kernel(self, hint: str, parameters: Sequence[str], code: Code, span: Span) -> str:
        """Write a function of ``parameters`` that returns the expression; return its name."""
        name = self._names.fresh(hint)
        inner = self._place_definitions(code, frozenset(parameters))
        self._write(name, parameters, inner, ast.parse(code.text, mode="eval").body, span)
        return name

    def argument(self, hint: str, code: Code, sides: Sequence[Wire], span: Span) -> str:
        """Return an expression for an operator's argument; with ``sides``, for a factory taking their values."""
        if sides:
            return self._factory(hint, code, sides, span)
        inner = self._place_definitions(code, frozenset())
        tree = ast.parse(code.text, mode="eval").body
        if isinstance(tree, ast.Lambda):
            name = self._names.fresh(hint)
            self._write(name, _parameters(tree), inner, tree.body, span)
            return name
        if inner:
            maker = self._names.fresh(f"{hint}_made")
            self._write(maker, [], inner, tree, span)
            return f"{maker}()"
        text = flat(tree)
        if self._locals & free_names(code.text, "eval") or len(text) > INLINE:
            return self._constant(hint, tree, span)
        return text

    def _factory(self, hint: str, code: Code, sides: Sequence[Wire], span: Span) -> str:
        name = self._names.fresh(hint)
        parameters = [wire.name for wire in sides]
        inner = self._place_definitions(code, frozenset(parameters))
        tree = ast.parse(code.text, mode="eval").body
        if isinstance(tree, ast.Lambda):
            names = Names([*parameters, *names_of_code(code), *identifiers(tree)])
            local = names.fresh(hint.rpartition("_")[2])
            collections = {wire.name for wire in sides if wire.facts.shape is Shape.ITEMS}
            defined = set(map(defined_name, code.definitions))
            body, indexes = index_equalities(tree.body, collections, names, defined, {*code.hidden, *parameters})
            inner += self._lookups(indexes, span)
            head = f"{INDENT}def {local}({', '.join(_parameters(tree))}):"
            inner = [*inner, head, *layout(body, 2, "return ", comment_of(span)), ""]
            tree = ast.Name(local)
        self._write(name, parameters, inner, tree, span)
        return name

    def _lookups(self, indexes: Sequence[Index], span: Span) -> list[str]:
        """Return the lines that make look-ups, before the function that asks them."""
        lines = [line for index in indexes
                 for line in layout(self._made(index), 1, f"{index.name} = ", comment_of(span))]  # fmt: skip
        return [*lines, ""] if lines else []

    def _made(self, index: Index) -> ast.expr:
        keys = [] if index.keys is None else [ast.Lambda(_no_arguments(), index.keys)]
        items: list[ast.expr] = [] if index.made is not None else [ast.Name(index.items)]
        if index.runtime not in self.runtime:
            self.runtime[index.runtime] = self._names.fresh(index.runtime)
        return ast.Call(ast.Name(self.runtime[index.runtime]), [*items, *keys], [])

    def lookup(self, hint: str, index: Index, parameters: Sequence[str], span: Span) -> str:
        """Return what makes a look-up that is no function of a key (from what else the set that it makes reads)."""
        made = self._made(index)
        if index.made is None:
            return self.runtime[index.runtime]
        name = self._names.fresh(hint)
        self._write(name, parameters, [], made, span)
        return name

    def _constant(self, hint: str, tree: ast.expr, span: Span) -> str:
        name = self._names.fresh(hint)
        self.blocks.append(layout(tree, 0, f"{name} = ", comment_of(span)))
        return name

    def _write(self, name: str, parameters: Sequence[str], inner: list[str], tree: ast.expr, span: Span) -> None:
        head = f"def {name}({', '.join(parameters)}):"
        self.blocks.append([head, *inner, *layout(tree, 1, "return ", comment_of(span))])

    def _place_definitions(self, code: Code, wires: frozenset[str]) -> list[str]:
        """Write definitions that read no wire beside the kernels; return the lines of all where one does."""
        texts = {defined_name(each): each.strip("\n") for each in code.definitions}
        if any(wires & free_names(text) for text in texts.values()):
            return [line for text in texts.values() for line in [*textwrap.indent(text, INDENT).split("\n"), ""]]
        for name, text in texts.items():
            if name not in self._definitions:
                self._definitions.add(name)
                self.blocks.append(text.split("\n"))
        return []


def _no_arguments() -> ast.arguments:
    return ast.arguments([], [], None, [], [], None, [])


def _parameters(tree: ast.Lambda) -> list[str]:
    """Return a lambda's parameters as they are written in a ``def``."""
    spelled = flat(ast.Lambda(tree.args, ast.Constant(0))).removeprefix("lambda").removesuffix(": 0").strip()
    return [spelled] if spelled else []


def comment_of(span: Span) -> str:
    """Return the trailing comment that says which line of which file a statement came from."""
    return f"  # {span.filename.replace(chr(92), '/').rpartition('/')[2]}:{span.line}"
