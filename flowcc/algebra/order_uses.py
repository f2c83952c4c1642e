"""Where the inner order of a dict, set or list can show in element code that reads it."""

from __future__ import annotations

import ast

INSENSITIVE = frozenset("len set frozenset any all sum min max sorted Counter mean fmean fsum bool dict prod".split())
VIEWS = ("items", "keys", "values", "get", "__contains__", "issubset", "issuperset", "isdisjoint", "union",
         "intersection", "difference", "symmetric_difference")  # fmt: skip


def leak_of(tree: ast.expr, name: str, in_product: bool = False, is_list: bool = False) -> ast.expr | None:
    """Return the first use of ``name`` in which its order can show; None when it cannot.

    ``in_product`` allows generators of the outermost comprehension to go over it: what they give is known to be
    in no order. ``is_list`` says that it is a list, which shows its order wherever it is kept or compared.
    """
    parents = {child: parent for parent in ast.walk(tree) for child in ast.iter_child_nodes(parent)}
    allowed = set(map(id, tree.generators)) if in_product and isinstance(tree, ast.ListComp) else set()
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=found, ctx=ast.Load()) if found == name and not _is_safe(node, parents, allowed, is_list):
                return node
    return None


def _is_safe(node: ast.expr, parents: dict[ast.AST, ast.AST], allowed: set[int], is_list: bool) -> bool:
    parent = parents.get(node)
    match parent:
        case ast.Compare(ops=[ast.In() | ast.NotIn()]) | ast.UnaryOp(op=ast.Not()):
            return True
        case None | ast.Compare() | ast.Tuple() | ast.List() | ast.Dict():
            return not is_list and not isinstance(parents.get(parent) if parent else None, ast.comprehension)
        case ast.Lambda() | ast.BoolOp():
            return _is_safe(parent, parents, allowed, is_list)
        case ast.Subscript(value=value):
            return value is node and not is_list and not isinstance(parent.slice, ast.Slice)
        case ast.IfExp(test=test):
            return test is node or _is_safe(parent, parents, allowed, is_list)
        case ast.BinOp(op=ast.BitOr() | ast.BitAnd() | ast.BitXor() | ast.Sub()):
            return not is_list
        case ast.Attribute(attr=attribute) if attribute in VIEWS:
            call = parents.get(parent)
            if attribute in ("items", "keys", "values") and isinstance(call, ast.Call):
                return _is_safe(call, parents, allowed, is_list)
            return isinstance(call, ast.Call)
        case ast.Call():
            return _called_insensitively(parent)
        case ast.comprehension():
            return id(parent) in allowed or _made_insensitively(parent, parents)
    return False


def _called_insensitively(call: ast.Call) -> bool:
    name = (
        call.func.id
        if isinstance(call.func, ast.Name)
        else (call.func.attr if isinstance(call.func, ast.Attribute) else "")
    )
    keyed = any(keyword.arg == "key" for keyword in call.keywords)
    return (name in INSENSITIVE and not keyed) or name in ("len", "isinstance")


def _made_insensitively(generator: ast.comprehension, parents: dict[ast.AST, ast.AST]) -> bool:
    made = parents.get(generator)
    if isinstance(made, ast.SetComp):
        return True
    if isinstance(made, ast.DictComp):
        return len(made.generators) == 1 and bool(
            {n.id for n in ast.walk(made.key) if isinstance(n, ast.Name)}
            & {n.id for n in ast.walk(generator.target) if isinstance(n, ast.Name)}
        )
    call = parents.get(made) if made is not None else None
    return isinstance(call, ast.Call) and _called_insensitively(call)
