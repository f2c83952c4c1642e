"""Equalities inside element code as look-ups: ``for s, t in edges if s == node`` need not go through all edges.

Nor need ``node in nodes``. Only for collections that element code reads whole, in functions that are called many
times. The condition stays, so that a look-up that gives too much gives the same.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Set
from dataclasses import dataclass, replace

from flowcc.backend.naming import Names, defined_name, names_of_code
from flowcc.ir import Code

Comprehension = ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp


@dataclass(frozen=True, slots=True)
class Index:
    """A look-up to be made: its name, the collection, and the keys of all its items as an expression.

    Without keys it answers whether an item is among them.
    """

    name: str
    items: str
    keys: ast.expr | None = None

    @property
    def runtime(self) -> str:
        """What makes it: a name in `flowcc.runtime.lookup`."""
        return "members" if self.keys is None else "lookup"


def index_equalities(
    tree: ast.expr, collections: Set[str], names: Names, defined: Set[str] = frozenset()
) -> tuple[ast.expr, list[Index]]:
    """Return the expression with look-ups in ``collections``, and the look-ups that it needs.

    ``defined`` are names that its keys cannot read, since they are only known beside it.
    """
    finder = _Finder(collections, names, frozenset(defined))
    changed: ast.expr = finder.visit(tree)
    return changed, finder.found


def index_kernel(code: Code, collections: Set[str], parameters: Iterable[str]) -> tuple[Code, list[Index]]:
    """Return a kernel's code with look-ups in ``collections`` among its parameters, and the look-ups that it needs."""
    tree = ast.parse(code.text, mode="eval").body
    own = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    own |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    names = Names({*parameters, *names_of_code(code), *own})
    changed, found = index_equalities(tree, collections, names, set(map(defined_name, code.definitions)))
    return (replace(code, text=ast.unparse(changed)) if found else code), found


class _Finder(ast.NodeTransformer):
    """Goes through comprehensions and lambdas, keeping in mind which names they bind."""

    def __init__(self, collections: Set[str], names: Names, bound: frozenset[str]) -> None:
        self.found: list[Index] = []
        self._collections = collections
        self._names = names
        self._bound = bound
        self._members: dict[str, str] = {}

    def visit_Lambda(self, node: ast.Lambda) -> ast.AST:
        arguments = [argument.arg for argument in ast.walk(node.args) if isinstance(argument, ast.arg)]
        before, self._bound = self._bound, self._bound | set(arguments)
        node.body = self.visit(node.body)
        self._bound = before
        return node

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        self.generic_visit(node)
        match node:
            case ast.Compare(_, [ast.In() | ast.NotIn()], [ast.Name(items)]) if (
                items in self._collections - self._bound
            ):
                if items not in self._members:
                    self._members[items] = self._names.fresh(f"{items}_members")
                    self.found.append(Index(self._members[items], items))
                node.comparators = [ast.Name(self._members[items])]
        return node

    def visit_ListComp(self, node: ast.ListComp) -> ast.AST:
        return self._comprehension(node)

    def visit_SetComp(self, node: ast.SetComp) -> ast.AST:
        return self._comprehension(node)

    def visit_GeneratorExp(self, node: ast.GeneratorExp) -> ast.AST:
        return self._comprehension(node)

    def visit_DictComp(self, node: ast.DictComp) -> ast.AST:
        return self._comprehension(node)

    def _comprehension(self, node: Comprehension) -> ast.AST:
        before = self._bound
        for generator in node.generators:
            index, wanted = self._index(generator)
            generator.iter = self.visit(generator.iter)
            self._bound |= _stored(generator.target)
            generator.ifs = [self.visit(condition) for condition in generator.ifs]
            if index is not None and wanted is not None:
                self.found.append(index)
                generator.iter = ast.Call(ast.Name(index.name), [wanted], [])
        for field in ("elt", "key", "value"):
            if hasattr(node, field):
                setattr(node, field, self.visit(getattr(node, field)))
        self._bound = before
        return node

    def _index(self, generator: ast.comprehension) -> tuple[Index | None, ast.expr | None]:
        """Return the look-up that a generator can be, and the key that it asks for."""
        if not isinstance(generator.iter, ast.Name) or generator.iter.id not in self._collections - self._bound:
            return None, None
        items, own = generator.iter.id, _stored(generator.target)
        match generator.ifs:
            case [ast.Compare(left, [ast.Eq()], [right]), *_]:
                pass
            case [ast.BoolOp(ast.And(), [ast.Compare(left, [ast.Eq()], [right]), *_]), *_]:
                pass
            case _:
                return None, None
        for key, wanted in ((left, right), (right, left)):
            reads = _read(key)
            if reads & own and not reads & (self._bound - own) and not _read(wanted) & own and not _binds(key, wanted):
                bare = ast.comprehension(generator.target, ast.Name(items), [], 0)
                return Index(self._names.fresh(f"{items}_with"), items, ast.ListComp(key, [bare])), wanted
        return None, None


def _stored(target: ast.expr) -> frozenset[str]:
    return frozenset(node.id for node in ast.walk(target) if isinstance(node, ast.Name))


def _read(tree: ast.expr) -> frozenset[str]:
    return frozenset(node.id for node in ast.walk(tree) if isinstance(node, ast.Name))


def _binds(*trees: ast.expr) -> bool:
    """Whether an expression binds names of its own; such keys are left alone."""
    kinds = ast.NamedExpr | ast.Lambda | Comprehension
    return any(isinstance(node, kinds) for tree in trees for node in ast.walk(tree))
