"""Element code with its variables renamed, so that two pieces of it can be put together."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from typing import Any

from flowcc.ir import Code, Op
from flowcc.scopes import names_hidden, replace_names, replace_names_in_text


def tree_of(code: Code) -> ast.expr:
    """Return the expression of ``code``; positions of the user's file where they are known."""
    return code.tree or ast.parse(code.text, mode="eval").body


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
    """Return code that reads wires by their new names, in nested functions as well.

    A new name that a function in the code binds itself is read by an alias, which is defined alongside.
    """
    tree = tree_of(code)
    parts: list[ast.expr | ast.stmt] = [tree]
    parts += [statement for text in code.definitions for statement in ast.parse(text).body]
    hidden = sorted({new for part in parts for new in names_hidden(part, names)})
    aliases = {name: f"_{name}_" for name in hidden}
    read = {old: aliases.get(new, new) for old, new in names.items()}
    found = replace_names(tree, read) if names_in(tree) & set(read) else tree
    definitions = (
        *(f"{alias} = {name}" for name, alias in aliases.items()),
        *(replace_names_in_text(text, read) for text in code.definitions),
    )
    return replace(code, text=ast.unparse(found), definitions=definitions, tree=found)


def code_of(tree: ast.expr, *parts: Code) -> Code:
    """Return code for ``tree`` with the definitions of the parts it was made from."""
    ast.fix_missing_locations(tree)
    definitions = tuple(dict.fromkeys(text for part in parts for text in part.definitions))
    hidden = tuple(sorted({name for part in parts for name in part.hidden}))
    return Code(ast.unparse(tree), definitions, hidden=hidden, tree=tree)
