"""Where the inner order of a dict, set or list can show in element code that reads it."""

from __future__ import annotations

import ast
from dataclasses import dataclass

FOLDS = frozenset("len set frozenset any all sum min max sorted mean fmean fsum prod bool isinstance".split())
VIEWS = ("items", "keys", "values", "get", "__contains__", "issubset", "issuperset", "isdisjoint", "union",
         "intersection", "difference", "symmetric_difference")  # fmt: skip
COUNTED = ("get", "total", "elements", "items", "keys", "values", "__contains__")


def leak_of(
    tree: ast.expr,
    name: str,
    *,
    in_product: bool = False,
    is_list: bool = False,
    kept: bool = True,
    hidden: tuple[str, ...] = (),
) -> ast.expr | None:
    """Return the first use of ``name`` in which its order can show; None when it cannot.

    ``in_product`` allows generators of the outermost comprehension to go over it: what they give is known to be
    in no order. ``is_list`` says that it is a list, which shows its order wherever it is kept or compared.
    ``kept`` says that a dict or set may be part of what the code gives. ``hidden`` are functions of the user's own
    that are called like Python's.
    """
    parents = {child: parent for parent in ast.walk(tree) for child in ast.iter_child_nodes(parent)}
    allowed = set(map(id, tree.generators)) if in_product and isinstance(tree, ast.ListComp) else set()
    uses = _Uses(parents, frozenset(allowed), frozenset(hidden), kept)
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=found, ctx=ast.Load()) if found == name and not uses.is_safe(node, is_list):
                return node
    return None


@dataclass(frozen=True)
class _Uses:
    """The expression around each part of one tree; ``allowed`` generators may go over what is in no order."""

    parents: dict[ast.AST, ast.AST]
    allowed: frozenset[int]
    hidden: frozenset[str]
    kept: bool

    def is_safe(self, node: ast.expr, is_list: bool) -> bool:
        """Whether the order of what ``node`` gives cannot show in what is around it."""
        parent = self.parents.get(node)
        match parent:
            case ast.Compare(ops=[ast.In() | ast.NotIn()], comparators=[held]) if held is node:
                return True
            case ast.UnaryOp(op=ast.Not()):
                return True
            case None:
                return not is_list and self.kept
            case ast.Compare():
                return not is_list
            case ast.Tuple() | ast.List() | ast.Dict():
                return not is_list and self.is_safe(parent, is_list)
            case ast.Lambda() | ast.BoolOp():
                return self.is_safe(parent, is_list)
            case ast.Subscript(value=value):
                return value is node and not is_list and not isinstance(parent.slice, ast.Slice)
            case ast.IfExp(test=test):
                return test is node or self.is_safe(parent, is_list)
            case ast.BinOp(op=ast.BitOr() | ast.BitAnd() | ast.BitXor() | ast.Sub()):
                return not is_list and self.is_safe(parent, is_list)
            case ast.Attribute(attr=attribute) if attribute in VIEWS:
                return self._is_safe_method(parent, is_list)
            case ast.Call():
                return self._is_safe_call(parent, node)
            case ast.comprehension(iter=iterable) if iterable is node:
                return id(parent) in self.allowed or self._is_made_safely(parent)
            case ast.ListComp() | ast.SetComp() | ast.GeneratorExp() | ast.DictComp() if not is_list:
                return self.is_safe(parent, is_list)  # kept in something else
        return False

    def _is_safe_method(self, method: ast.Attribute, is_list: bool) -> bool:
        call = self.parents.get(method)
        if not isinstance(call, ast.Call) or call.func is not method:
            return False
        return method.attr in ("get", "__contains__", "issubset", "issuperset", "isdisjoint") or self.is_safe(
            call, is_list
        )

    def _is_safe_call(self, call: ast.Call, argument: ast.expr) -> bool:
        """Whether a function cannot show the order of its argument, nor what is done with its result."""
        match call:
            case ast.Call(func=ast.Name() | ast.Attribute() as function, args=[only], keywords=[]) if only is argument:
                pass
            case ast.Call(func=ast.Name(id="isinstance"), args=[first, _], keywords=[]) if first is argument:
                return "isinstance" not in self.hidden
            case _:
                return False
        written = ast.unparse(function)
        name = written.rpartition(".")[2]
        if written in self.hidden:
            return False
        if name in ("set", "frozenset", "Counter"):
            return self.is_safe(call, is_list=False) and not self._asks_counter(call, name)
        return name in FOLDS

    def _asks_counter(self, call: ast.Call, name: str) -> bool:
        parent = self.parents.get(call)
        return name == "Counter" and isinstance(parent, ast.Attribute) and parent.attr not in COUNTED

    def _is_made_safely(self, generator: ast.comprehension) -> bool:
        """Whether a comprehension over what is in no order gives something that does not show it."""
        made = self.parents.get(generator)
        if isinstance(made, ast.SetComp):
            return self.is_safe(made, is_list=False)
        if isinstance(made, ast.DictComp):
            return _has_unique_keys(made) and self.is_safe(made, is_list=False)
        if not isinstance(made, ast.ListComp | ast.GeneratorExp):
            return False
        call = self.parents.get(made)
        if isinstance(call, ast.Compare):
            return isinstance(call.ops[0], ast.In | ast.NotIn) and call.comparators[-1] is made
        return isinstance(call, ast.Call) and self._is_safe_call(call, made)


def _has_unique_keys(made: ast.DictComp) -> bool:
    """Whether no entry of a dict comprehension can replace another that differs from it."""
    if len(made.generators) != 1:
        return False
    target, iterable = made.generators[0].target, made.generators[0].iter
    bound = {node.id for node in ast.walk(target) if isinstance(node, ast.Name)}
    read = {node.id for node in ast.walk(made.value) if isinstance(node, ast.Name)} & bound
    if isinstance(made.key, ast.Name) and made.key.id in bound and read <= {made.key.id}:
        return True
    match iterable, target:
        case ast.Call(func=ast.Attribute(attr="items"), args=[]), ast.Tuple(elts=[first, _]):
            return ast.unparse(made.key) == ast.unparse(first)
    return False
