"""What a comprehension over groups asks of each group's items: which folds of them, and under which conditions.

A fold may raise, so one that stands behind a filter, a conditional, `and` or `or` must only be made where plain Python
would make it: `Uses` collects for each fold the conditions that hold wherever it is asked for.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeAlias

from flowcc.passes.renaming import fresh, names_in

ARGUMENTS = {"sum": ("start",), "prod": ("start",), "min": ("default", "key"), "max": ("default", "key")}
FOLDS = frozenset("sum len min max mean fmean fsum prod any all".split())

Path: TypeAlias = tuple[ast.expr, ...]  # conditions that all hold


@dataclass(frozen=True)
class Asked:
    """A fold: Python's function, a comprehension over the items (none: the items themselves), its further arguments."""

    function: str
    of: ast.ListComp | ast.GeneratorExp | None
    arguments: tuple[tuple[str, ast.expr], ...]

    @property
    def text(self) -> str:
        """What tells two folds apart."""
        parts = [ast.unparse(self.of)] if self.of else []
        return f"{self.function}({', '.join(parts + [f'{name}={ast.unparse(code)}' for name, code in self.arguments])})"

    @property
    def is_certain(self) -> bool:
        """Whether it cannot raise."""
        return self.function == "len" and self.of is None


@dataclass
class Uses(ast.NodeTransformer):
    """Replaces folds of the list ``held`` by names, and finds out whether it is used otherwise."""

    key: str
    held: str
    taken: set[str]
    hidden: tuple[str, ...]
    folds: dict[str, Asked] = field(default_factory=dict)
    paths: dict[str, list[Path]] = field(default_factory=dict)  # where each is asked for; an empty path: always
    otherwise: bool = False
    _names: dict[str, str] = field(default_factory=dict)
    _path: Path | None = ()  # None: in a function or a comprehension, which may run any number of times

    def put(self, node: ast.expr, path: Path) -> ast.expr:
        """Return an expression with its folds replaced; ``path`` holds where it is evaluated."""
        before, self._path = self._path, path
        found = self.visit(node)
        self._path = before
        assert isinstance(found, ast.expr)
        return found

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """Replace a fold."""
        fold = self._fold(node)
        if fold is None:
            return self.generic_visit(node)
        name = self._names.get(fold.text)
        if name is None:
            name = self._names[fold.text] = fresh(f"{fold.function}_of_{self.held}", self.taken)
            self.folds[name] = fold
        if not fold.is_certain:
            self.otherwise |= self._path is None
            self.paths.setdefault(name, []).append(self._path or ())
        return ast.copy_location(ast.Name(name, ast.Load()), node)

    def visit_Name(self, node: ast.Name) -> ast.expr:
        """Take note of another use."""
        self.otherwise |= node.id == self.held
        return node

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.expr:
        """Each part is evaluated where all before it are true, or false."""
        values: list[ast.expr] = []
        for value in node.values:
            before = values if isinstance(node.op, ast.And) else [_no(each) for each in values]
            values.append(self._under(value, before))
        return ast.copy_location(ast.BoolOp(node.op, values), node)

    def visit_IfExp(self, node: ast.IfExp) -> ast.expr:
        """Either part is evaluated where the test says so."""
        test = self._under(node.test, ())
        parts = self._under(node.body, (test,)), self._under(node.orelse, (_no(test),))
        return ast.copy_location(ast.IfExp(test, *parts), node)

    def visit_Compare(self, node: ast.Compare) -> ast.expr:
        """In a chain, each part behind the second is evaluated where the comparisons before it hold."""
        left = self._under(node.left, ())
        others: list[ast.expr] = []
        for number, other in enumerate(node.comparators):
            before = [ast.Compare(left, node.ops[:number], others[:number])] if number else []
            others.append(self._under(other, before))
        return ast.copy_location(ast.Compare(left, node.ops, others), node)

    def _under(self, node: ast.expr, conditions: Iterable[ast.expr]) -> ast.expr:
        if self._path is not None:
            return self.put(node, (*self._path, *(part for each in conditions for part in conjuncts(each))))
        found = self.visit(node)
        assert isinstance(found, ast.expr)
        return found

    def _inner(self, node: ast.expr) -> ast.expr:
        before, self._path = self._path, None
        bound = {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
        self.otherwise |= self.held in bound | {n.arg for n in ast.walk(node) if isinstance(n, ast.arg)}
        self.generic_visit(node)
        self._path = before
        return node

    visit_Lambda = visit_ListComp = visit_GeneratorExp = visit_SetComp = visit_DictComp = _inner

    def _fold(self, node: ast.Call) -> Asked | None:
        """Return the fold that a call is, if it is one."""
        match node:
            case ast.Call(func=ast.Name() | ast.Attribute() as called, args=[items, *rest], keywords=keywords):
                written = ast.unparse(called)
            case _:
                return None
        function = written.rpartition(".")[2]
        named = [("start", each) for each in rest] + [(each.arg or "", each.value) for each in keywords]
        if function not in FOLDS or written in self.hidden or (rest and function != "sum") or len(rest) > 1:
            return None
        if not all(name in ARGUMENTS.get(function, ()) and self._is_known(name, code) for name, code in named):
            return None
        match items:
            case ast.Name(id=name) if name == self.held:
                return Asked(function, None, tuple(named))
            case ast.ListComp() | ast.GeneratorExp() if self._is_over_held(items):
                has_length = function != "len" or isinstance(items, ast.ListComp)
                return Asked(function, items, tuple(named)) if has_length else None
        return None

    def _is_known(self, name: str, code: ast.expr) -> bool:
        """Whether an argument is the same for every group, and making it cannot fail."""
        if name == "key":
            return isinstance(code, ast.Lambda | ast.Name) and not names_in(code) & {self.key, self.held}
        literal = code.operand if isinstance(code, ast.UnaryOp) and isinstance(code.op, ast.USub) else code
        return isinstance(literal, ast.Constant) and (literal is code or type(literal.value) in (int, float))

    def _is_over_held(self, made: ast.ListComp | ast.GeneratorExp) -> bool:
        """Whether a comprehension goes over the items, and reads neither them otherwise nor the key."""
        first = made.generators[0]
        if not (isinstance(first.iter, ast.Name) and first.iter.id == self.held):
            return False
        parts = [made.elt, first.target, *first.ifs, *made.generators[1:]]
        read = {name for part in parts for name in names_in(part)}
        return not read & {self.key, self.held} and not any(each.is_async for each in made.generators)


def conjuncts(condition: ast.expr) -> list[ast.expr]:
    """Return what has to hold, one by one, for a condition to hold."""
    if isinstance(condition, ast.BoolOp) and isinstance(condition.op, ast.And):
        return [part for value in condition.values for part in conjuncts(value)]
    return [condition]


def _no(condition: ast.expr) -> ast.expr:
    return ast.UnaryOp(ast.Not(), condition)
