"""How a cluster's shares are cut, in the words of the items: `lambda _: _.key`, and what becomes of it."""

from __future__ import annotations

import ast

from flowcc.ir import Code


def key_text(code: Code | None) -> str:
    """Return a key function as normalised text, its argument called ``_``; a function by name is itself."""
    if code is None:
        return "lambda _: _[0]"
    tree = ast.parse(code.text, mode="eval").body
    match tree:
        case ast.Lambda(args=ast.arguments(args=[ast.arg(arg=name)]), body=body) if not code.definitions:
            return f"lambda _: {ast.unparse(_rename(body, name))}"
    return f"lambda _: {ast.unparse(tree)}(_)"


class _Renamed(ast.NodeTransformer):
    def __init__(self, name: str, by: ast.expr) -> None:
        self.name, self.by = name, by

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self.by if node.id == self.name else node


def _rename(tree: ast.expr, name: str, by: ast.expr | None = None) -> ast.expr:
    renamed = _Renamed(name, by or ast.Name("_", ast.Load())).visit(tree)
    assert isinstance(renamed, ast.expr)
    return renamed


def share_after(share: str, comprehension: ast.ListComp) -> str:
    """Return how the items that a comprehension gives are shared, from how those that it reads are.

    The key survives where the new item is the old one, holds the key as one of its parts, or is the key.
    """
    if not share.startswith("by lambda _: "):
        return share
    key = ast.parse(share.removeprefix("by lambda _: "), mode="eval").body
    said = _said_of(key, comprehension.generators[0].target)
    if said is None or _rebinds(comprehension):
        return "dealt"
    element = comprehension.elt
    if isinstance(comprehension.generators[0].target, ast.Name) and ast.unparse(element) == (
        comprehension.generators[0].target.id
    ):
        return share
    if ast.unparse(element) == said:
        return "by lambda _: _"
    if isinstance(element, ast.Tuple):
        for position, part in enumerate(element.elts):
            if ast.unparse(part) == said:
                return f"by lambda _: _[{position}]"
    return "dealt"


def _said_of(key: ast.expr, target: ast.expr) -> str | None:
    """Return the key of an item in terms of the names that ``target`` gives its parts."""
    match target, key:
        case ast.Name(id=name), _:
            return ast.unparse(_rename(key, "_", ast.Name(name, ast.Load())))
        case ast.Tuple(elts=parts), ast.Subscript(value=ast.Name(id="_"), slice=ast.Constant(value=int() as position)):
            part = parts[position] if 0 <= position < len(parts) else None
            return part.id if isinstance(part, ast.Name) else None
        case ast.Tuple(), ast.Name(id="_"):
            return ast.unparse(target)
    return None


def _rebinds(comprehension: ast.ListComp) -> bool:
    first = {n.id for n in ast.walk(comprehension.generators[0].target) if isinstance(n, ast.Name)}
    later = {n.id for g in comprehension.generators[1:] for n in ast.walk(g.target) if isinstance(n, ast.Name)}
    return bool(first & later)


def order_safe(tree: ast.expr, name: str) -> bool:
    """Whether an expression uses the dict or set ``name`` only in ways that its inner order cannot show in."""
    parents = {child: parent for parent in ast.walk(tree) for child in ast.iter_child_nodes(parent)}
    return all(
        _is_safe(node, parents.get(node), parents)
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and node.id == name
    )


SAFE_CALLS = ("len", "set", "frozenset", "any", "all", "bool")


def _is_safe(node: ast.Name, parent: ast.AST | None, parents: dict[ast.AST, ast.AST]) -> bool:
    match parent:
        case ast.Subscript(value=value):
            return value is node
        case ast.Attribute(attr="get" | "__contains__"):
            return isinstance(parents.get(parent), ast.Call)
        case ast.Compare():
            return True
        case ast.Call(func=ast.Name(id=called)):
            return called in SAFE_CALLS
        case ast.IfExp(test=test):
            return test is node
    return False
