"""Element code with its variables renamed, so that two pieces of it can be put together."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from typing import Any

from flowcc.ir import Code, Op


def tree_of(code: Code) -> ast.expr:
    """Return the expression of ``code``; positions of the user's file where they are known."""
    return code.tree or ast.parse(code.text, mode="eval").body


class _Rename(ast.NodeTransformer):
    def __init__(self, names: Mapping[str, str]) -> None:
        self.names = names

    def visit_Name(self, node: ast.Name) -> ast.expr:
        name = self.names.get(node.id)
        return node if name is None else ast.copy_location(ast.Name(name, node.ctx), node)

    def visit_arg(self, node: ast.arg) -> ast.arg:
        return ast.arg(self.names.get(node.arg, node.arg))


def renamed(tree: ast.expr, names: Mapping[str, str]) -> ast.expr:
    """Return a copy of ``tree`` with every name replaced that ``names`` has another for."""
    copy = ast.parse(ast.unparse(tree), mode="eval").body
    for old, new in zip(ast.walk(copy), ast.walk(tree), strict=True):
        if isinstance(old, ast.expr):
            ast.copy_location(old, new)
    result = _Rename(names).visit(copy)
    assert isinstance(result, ast.expr)
    return result


def names_in(tree: ast.AST) -> set[str]:
    """Return every identifier in ``tree``."""
    return {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)} | {
        n.arg for n in ast.walk(tree) if isinstance(n, ast.arg)
    }


def bound_names(tree: ast.ListComp) -> set[str]:
    """Return the variables that a comprehension binds itself."""
    return {n.id for g in tree.generators for n in ast.walk(g.target) if isinstance(n, ast.Name)}


def fresh(name: str, taken: set[str]) -> str:
    """Return ``name`` or one like it that is not taken, and take it."""
    found, number = name, 1
    while found in taken:
        number += 1
        found = f"{name}_{number}"
    taken.add(found)
    return found


def with_codes(op: Op, change: Callable[[Code], Code]) -> Op:
    """Return an operator with ``change`` made to every piece of its element code."""
    changed: dict[str, Any] = {}
    for part in fields(op):
        value = getattr(op, part.name)
        if isinstance(value, Code):
            changed[part.name] = change(value)
        elif part.name == "arguments":
            changed["arguments"] = tuple((name, change(code)) for name, code in value)
    return replace(op, **changed) if changed else op


def read_instead(code: Code, names: Mapping[str, str]) -> Code:
    """Return code that reads wires by their new names, in nested functions as well."""
    tree = tree_of(code)
    found = renamed(tree, names) if names_in(tree) & set(names) else tree
    definitions = tuple(_renamed_text(text, names) for text in code.definitions)
    return replace(code, text=ast.unparse(found), definitions=definitions, tree=found)


def _renamed_text(text: str, names: Mapping[str, str]) -> str:
    module = ast.parse(text)
    for node in ast.walk(module):
        if isinstance(node, ast.Name) and node.id in names:
            node.id = names[node.id]
    return ast.unparse(module)


def code_of(tree: ast.expr, *parts: Code) -> Code:
    """Return code for ``tree`` with the definitions of the parts it was made from."""
    ast.fix_missing_locations(tree)
    definitions = tuple(dict.fromkeys(text for part in parts for text in part.definitions))
    hidden = tuple(sorted({name for part in parts for name in part.hidden}))
    return Code(ast.unparse(tree), definitions, hidden=hidden, tree=tree)
