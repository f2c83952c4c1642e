"""Equalities inside element code as look-ups: ``for s, t in edges if s == node`` need not go through all edges.

Nor need ``any(s == node for s, t in edges)``, or ``node in nodes``. Only for collections that element code reads whole,
in functions that are called many times. The condition stays, so that a look-up that gives too much gives the same.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, replace

from flowcc.backend.naming import Names, defined_name, names_of_code
from flowcc.equality import Comprehension, Sides, function_of, keyed, of_generator, of_quantifier, stored
from flowcc.ir import Code


@dataclass(frozen=True, slots=True)
class Index:
    """A look-up to be made of a collection: its name; where items are found by key, what an item is called and its key.

    Without a key it answers whether an item is among them, or in ``made``, a set or list made of them.
    """

    name: str
    items: str
    target: ast.expr | None = None
    key: ast.expr | None = None
    made: ast.expr | None = None

    @property
    def keys(self) -> ast.expr | None:
        """The keys of all items, or the set or list, as an expression."""
        if self.target is None or self.key is None:
            return self.made
        return ast.ListComp(self.key, [ast.comprehension(self.target, ast.Name(self.items), [], 0)])

    @property
    def function(self) -> Code | None:
        """What gives the key of an item."""
        if self.target is None or self.key is None:
            return None
        return Code(ast.unparse(ast.fix_missing_locations(function_of(self.target, self.key))))

    @property
    def runtime(self) -> str:
        """What makes it: a name in `flowcc.runtime.lookup`."""
        return "made_once" if self.made is not None else "members" if self.key is None else "lookup"


def index_equalities(
    tree: ast.expr, collections: Set[str], names: Names, defined: Set[str] = frozenset(),
    hidden: Iterable[str] = (),
) -> tuple[ast.expr, list[Index]]:  # fmt: skip
    """Return the expression with look-ups in ``collections``, and the look-ups that it needs.

    ``defined`` are names that its keys cannot read, since they are only known beside it; ``hidden`` those that are
    not Python's own functions.
    """
    finder = _Finder(collections, names, frozenset(defined), frozenset(hidden))
    changed: ast.expr = finder.visit(tree)
    return changed, finder.found


def index_kernel(code: Code, collections: Set[str], parameters: Sequence[str]) -> tuple[Code, list[Index]]:
    """Return a kernel's code with look-ups in ``collections`` among its parameters, and the look-ups that it needs."""
    tree = ast.parse(code.text, mode="eval").body
    names = Names({*parameters, *names_of_code(code), *identifiers(tree)})
    defined = set(map(defined_name, code.definitions))
    changed, found = index_equalities(tree, collections, names, defined, {*code.hidden, *parameters})
    return (replace(code, text=ast.unparse(changed)) if found else code), found


def identifiers(tree: ast.AST) -> set[str]:
    """Return all names in an expression, and those of its parameters."""
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    return names | {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}


class _Finder(ast.NodeTransformer):
    """Goes through comprehensions and lambdas, keeping in mind which names they bind."""

    def __init__(self, collections: Set[str], names: Names, bound: frozenset[str], hidden: frozenset[str]) -> None:
        self.found: list[Index] = []
        self._asked: dict[int, Sides] = {}  # by generators of `any` and `all`
        self._hidden = hidden
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

    def visit_Call(self, node: ast.Call) -> ast.AST:
        if (found := of_quantifier(node, self._hidden | self._bound)) is not None:
            generator, sides = found
            self._asked[id(generator)] = sides
        return self.generic_visit(node)

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        match node:
            case ast.Compare(left, [ast.In() | ast.NotIn()], [ast.SetComp() | ast.ListComp() as made]):
                if (items := self._gone_over_always(made)) is not None:
                    index = Index(self._names.fresh(f"{items}_made"), items, made=made)
                    self.found.append(index)
                    node.left, node.comparators = self.visit(left), [ast.Name(index.name)]
                    return node
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

    def _gone_over_always(self, made: ast.SetComp | ast.ListComp) -> str | None:
        """Return the collection that a comprehension goes over, where it is the same whenever it is made."""
        own = frozenset().union(*(stored(generator.target) for generator in made.generators))
        over, inner = made.generators[0].iter, own | {node.arg for node in ast.walk(made) if isinstance(node, ast.arg)}
        if not isinstance(over, ast.Name) or over.id not in self._collections - self._bound - inner:
            return None
        odd = any(isinstance(node, ast.NamedExpr | ast.Await | ast.Yield | ast.YieldFrom) for node in ast.walk(made))
        return None if odd or (identifiers(made) - inner) & self._bound else over.id

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
            self._bound |= stored(generator.target)
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
        items, own = generator.iter.id, stored(generator.target)
        found = keyed(self._asked.get(id(generator)) or of_generator(generator), own, self._bound - own)
        if found is None:
            return None, None
        return Index(self._names.fresh(f"{items}_with"), items, generator.target, found.key), found.wanted
