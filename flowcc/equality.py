"""Equalities that element code asks first of the items of a collection: those whose key differs do not matter.

``[… for b in ys if b.k == a.k …]`` goes on with equal items alone. ``any(a.k == b.k and … for b in ys)`` holds for none
but them, and ``all(a.k != b.k or … for b in ys)`` fails for none but them. Several equalities make one key, a tuple.
"""

from __future__ import annotations

import ast
from collections.abc import Container, Iterator, Sequence, Set
from dataclasses import dataclass

Comprehension = ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp
Sides = Sequence[tuple[ast.expr, ast.expr]]


@dataclass(frozen=True, slots=True)
class Keyed:
    """What is equal in the items that matter: an expression over the item, and the one that it has to equal."""

    key: ast.expr
    wanted: ast.expr


def keyed(sides: Sides, own: Set[str], foreign: Set[str]) -> Keyed | None:
    """Return the key of an item whose names are ``own``, in which no ``foreign`` name may be read, by equalities."""
    found: list[Keyed] = []
    for pair in sides:
        for key, wanted in (pair, pair[::-1]):
            reads = _read(key)
            if reads & own and not reads & foreign and not _read(wanted) & own and not _binds(key, wanted):
                found.append(Keyed(key, wanted))
                break
        else:
            break
    if len(found) < 2:
        return found[0] if found else None
    keys, wanteds = [each.key for each in found], [each.wanted for each in found]
    return Keyed(_tuple(keys), _tuple(wanteds))


def _tuple(parts: list[ast.expr]) -> ast.expr:
    return ast.copy_location(ast.Tuple(parts, ast.Load()), parts[0])


def of_generator(generator: ast.comprehension) -> Sides:
    """Return both sides of the equalities that a generator asks of each item before anything else."""
    return _leading([part for asked in generator.ifs for part in _parts(asked, ast.And)], ast.Eq)


def of_quantifier(call: ast.AST, hidden: Container[str]) -> tuple[ast.comprehension, Sides] | None:
    """Return the generator in ``any(…)`` or ``all(…)`` that can leave out items by equalities, and both sides of them.

    ``hidden`` are names that are not Python's own functions.
    """
    match call:
        case ast.Call(
            ast.Name("any" | "all" as name),
            [ast.GeneratorExp(elt, [generator]) | ast.ListComp(elt, [generator])],
            [],
        ) if name not in hidden and not generator.ifs:
            return generator, _any(elt) if name == "any" else _all(elt)
    return None


def _any(asked: ast.expr) -> Sides:
    return _leading(_parts(asked, ast.And), ast.Eq)


def _all(asked: ast.expr) -> Sides:
    if isinstance(asked, ast.UnaryOp) and isinstance(asked.op, ast.Not):
        return _any(asked.operand)
    return _leading(_parts(asked, ast.Or), ast.NotEq)


def _parts(asked: ast.expr, operator: type[ast.boolop]) -> Iterator[ast.expr]:
    """Yield what is asked, one after the other."""
    if isinstance(asked, ast.BoolOp) and isinstance(asked.op, operator):
        for value in asked.values:
            yield from _parts(value, operator)
    else:
        yield asked


def _leading(parts: Iterator[ast.expr] | list[ast.expr], sign: type[ast.cmpop]) -> Sides:
    found: list[tuple[ast.expr, ast.expr]] = []
    for asked in parts:
        match asked:
            case ast.Compare(left, [operator], [right]) if isinstance(operator, sign):
                found.append((left, right))
            case _:
                break
    return found


def generators(tree: ast.AST, hidden: Container[str]) -> Iterator[tuple[ast.comprehension, Sides]]:
    """Yield all generators of an expression with the sides of the equalities that each asks first."""
    quantified = {id(found[0]): found[1] for node in ast.walk(tree) if (found := of_quantifier(node, hidden))}
    for node in ast.walk(tree):
        if isinstance(node, Comprehension):
            for generator in node.generators:
                yield generator, quantified.get(id(generator)) or of_generator(generator)


def remaining(conditions: list[ast.expr], elt: ast.expr, wanted: ast.expr) -> tuple[list[ast.expr], ast.expr]:
    """Return a generator's conditions, and what it gives, without the equalities of the key that was ``wanted``."""
    if not conditions:
        return [], _rest(elt, wanted)
    parts = [part for asked in conditions for part in _parts(asked, ast.And)]
    return parts[_count(_leading(parts, ast.Eq), wanted) :], elt


def _rest(asked: ast.expr, wanted: ast.expr) -> ast.expr:
    if isinstance(asked, ast.UnaryOp) and isinstance(asked.op, ast.Not):
        return ast.copy_location(ast.UnaryOp(asked.op, _rest(asked.operand, wanted)), asked)
    for operator, sign in ((ast.And(), ast.Eq), (ast.Or(), ast.NotEq)):
        parts = list(_parts(asked, type(operator)))
        if count := _count(_leading(parts, sign), wanted):
            rest = parts[count:] or [ast.copy_location(ast.Constant(sign is ast.Eq), asked)]
            return rest[0] if len(rest) == 1 else ast.copy_location(ast.BoolOp(operator, rest), asked)
    return asked


def _count(sides: Sides, wanted: ast.expr) -> int:
    """Return how many of the equalities make the key that was ``wanted``."""
    if sides and _is_side(wanted, sides[0]):
        return 1
    parts = wanted.elts if isinstance(wanted, ast.Tuple) else []
    whole = len(parts) <= len(sides) and all(map(_is_side, parts, sides))
    return len(parts) if whole else 0


def _is_side(part: ast.expr, sides: tuple[ast.expr, ast.expr]) -> bool:
    return ast.dump(part) in map(ast.dump, sides)


def function_of(target: ast.expr, key: ast.expr) -> ast.Lambda:
    """Return the function of one item that gives its key, where ``target`` is what a loop calls the item."""
    if isinstance(target, ast.Name):
        arguments = ast.arguments([], [ast.arg(target.id)], None, [], [], None, [])
        return ast.copy_location(ast.Lambda(arguments, key), key)
    item = ast.Name("_item", ast.Load())
    only = ast.ListComp(key, [ast.comprehension(target, ast.List([item], ast.Load()), [], 0)])
    arguments = ast.arguments([], [ast.arg("_item")], None, [], [], None, [])
    return ast.copy_location(ast.Lambda(arguments, ast.Subscript(only, ast.Constant(0), ast.Load())), key)


def stored(target: ast.expr) -> frozenset[str]:
    """Return the names that an assignment target binds."""
    return frozenset(node.id for node in ast.walk(target) if isinstance(node, ast.Name))


def _read(tree: ast.expr) -> set[str]:
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


def _binds(*trees: ast.expr) -> bool:
    """Whether an expression binds names of its own; such keys are left alone."""
    kinds = ast.NamedExpr | ast.Lambda | Comprehension
    return any(isinstance(node, kinds) for tree in trees for node in ast.walk(tree))
