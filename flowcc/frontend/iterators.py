"""Iterators under a name: Python goes over one once, and reads late what its code names.

``pairs = zip(xs, ys)`` is empty for the second who goes over it, and ``(x + k for x in xs)`` takes ``k`` as it is when
it is gone over. A flow computes collections, so where the two could differ it is refused.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from flowcc.frontend import faults
from flowcc.frontend.lowering import Fault, Lowering
from flowcc.frontend.names import resolve
from flowcc.frontend.values import LAZY, PASSING, ElementCode, OneShot, Symbol
from flowcc.scopes import COMPREHENSIONS, argument_names, names_read_later, target_names


def follow_iterators(statement: ast.stmt, lowering: Lowering) -> None:
    """Keep count of the iterators that a statement makes and goes over; raises `Fault` (F103)."""
    value, targets = _parts(statement)
    lazy = _is_lazy(value, lowering) if value is not None else False
    reads = _reads(value, lowering) if lazy and value is not None else frozenset()
    held: dict[str, OneShot] = lowering.iterators
    for node, many in _uses(statement if value is None else value, frozenset(), False):
        known = held.get(node.id)
        if known is not None and (known.used or many):
            raise Fault(faults.iterator_twice(lowering.span(node), node.id))
        if known is not None:
            held[node.id] = OneShot(known.reads, used=True, done=not lazy)
    if not isinstance(statement, ast.For):
        bind_again(targets, statement, lowering)
    if lazy and len(targets) == 1:
        held[targets[0]] = OneShot(reads)


def bind_again(targets: Sequence[str], where: ast.stmt, lowering: Lowering) -> None:
    """Refuse names to be bound again that an iterator has yet to read (F103)."""
    for target in targets:
        for name, one in lowering.iterators.items():
            if target in one.reads and not one.done and not (one.used and name == target):
                raise Fault(faults.read_late(lowering.span(where), target, name))
        for name, reads in lowering.captures.items():
            if target in reads and name != target:
                raise Fault(faults.read_early_or_late(lowering.span(where), name, target))
        lowering.captures.pop(target, None)
        lowering.iterators.pop(target, None)


def follow_captures(targets: Sequence[str], value: ast.expr, lowering: Lowering) -> None:
    """Note the names that functions in data read when they are called: Python looks them up only then."""
    reads = frozenset(name for use in _kept_functions(value, lowering) for name in _with_code(use, lowering))
    for target in targets:
        if reads:
            lowering.captures[target] = reads


def _kept_functions(node: ast.AST, lowering: Lowering) -> Iterator[list[str]]:
    """Give the names that each function reads which is not just called, or handed to what calls it at once."""
    match node:
        case ast.Lambda():
            yield sorted(names_read_later(node))
        case ast.Name(id=name):
            value = lowering.names.get(name)
            if isinstance(value, ElementCode) and (value.definition or isinstance(value.tree, ast.Lambda)):
                yield sorted(names_read_later(value.definition or value.tree))
        case ast.Call(func=function, args=arguments, keywords=words):
            at_once = _symbol(function, lowering) != ""
            for part in [*arguments, *(word.value for word in words)]:
                if not (at_once and isinstance(part, ast.Lambda | ast.Name)):
                    yield from _kept_functions(part, lowering)
            if not isinstance(function, ast.Name | ast.Lambda):
                yield from _kept_functions(function, lowering)
        case _:
            for child in ast.iter_child_nodes(node):
                yield from _kept_functions(child, lowering)


def _parts(statement: ast.stmt) -> tuple[ast.expr | None, list[str]]:
    """Return the expression a simple statement goes through, and the names it binds."""
    match statement:
        case ast.Assign(targets=targets, value=value):
            return value, [name for target in targets for name in target_names(target)]
        case ast.AnnAssign(target=target, value=value) | ast.AugAssign(target=target, value=value):
            return value, target_names(target)
        case ast.Return(value=value) | ast.Expr(value=value):
            return value, []
        case ast.For(iter=value, target=target):
            return value, target_names(target)
        case ast.If(test=value):
            return value, []
        case ast.FunctionDef(name=name):
            return None, [name]
    return ast.Constant(None), []


def _is_lazy(node: ast.expr, lowering: Lowering) -> bool:
    match node:
        case ast.GeneratorExp():
            return True
        case ast.Name(id=name):
            return name in lowering.iterators
        case ast.IfExp(body=body, orelse=orelse):
            return _is_lazy(body, lowering) or _is_lazy(orelse, lowering)
        case ast.Call(func=function, args=[first, *_]):
            name = _symbol(function, lowering)
            return name in LAZY or (name in PASSING and _is_lazy(first, lowering))
    return False


def _symbol(function: ast.expr, lowering: Lowering) -> str:
    written = ast.unparse(function)
    if not written.replace(".", "").isidentifier() or written.partition(".")[0] in lowering.names:
        return ""
    value = resolve(written, lowering.environment)
    return value.name if isinstance(value, Symbol) else ""


def _uses(node: ast.AST, bound: frozenset[str], many: bool) -> Iterator[tuple[ast.Name, bool]]:
    """Give each name that is read, and whether it may be read more than once."""
    match node:
        case ast.Name(id=name, ctx=ast.Load()) if name not in bound:
            yield node, many
        case ast.ListComp() | ast.SetComp() | ast.GeneratorExp() | ast.DictComp():
            first = node.generators[0].iter
            yield from _uses(first, bound, many)
            inner = bound | {name for generator in node.generators for name in target_names(generator.target)}
            for part in _inside(node):
                yield from _uses(part, inner, True)
        case ast.Lambda(args=arguments) | ast.FunctionDef(args=arguments):
            inner = bound | set(argument_names(arguments))
            for default in (*arguments.defaults, *filter(None, arguments.kw_defaults)):
                yield from _uses(default, bound, many)
            body: Sequence[ast.AST] = [node.body] if isinstance(node, ast.Lambda) else node.body
            for statement in body:
                yield from _uses(statement, inner, True)
        case _:
            for child in ast.iter_child_nodes(node):
                yield from _uses(child, bound, many)


def _inside(node: ast.expr) -> list[ast.expr]:
    """Return the parts of a comprehension but its first iterable."""
    assert isinstance(node, COMPREHENSIONS)
    made = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
    rest = [generator.iter for generator in node.generators[1:]]
    return [*made, *rest, *(condition for generator in node.generators for condition in generator.ifs)]


def _reads(node: ast.expr, lowering: Lowering) -> frozenset[str]:
    """Return the names of the flow that going over an iterator reads."""
    match node:
        case ast.GeneratorExp(generators=[head, *_]):
            late = [use.id for part in _inside(node) for use, _ in _uses(part, frozenset(), True)]
            return _with_code(late, lowering) - set(_targets(node)) | _reads(head.iter, lowering)
        case ast.Lambda():
            return _with_code(sorted(names_read_later(node)), lowering)
        case ast.Name(id=name):
            one = lowering.iterators.get(name)
            return one.reads if isinstance(one, OneShot) else _with_code([name], lowering) - {name}
        case ast.Call(args=arguments):
            return frozenset().union(*(_reads(argument, lowering) for argument in arguments))
        case ast.IfExp(body=body, orelse=orelse):
            return _reads(body, lowering) | _reads(orelse, lowering)
    return frozenset()


def _targets(node: ast.GeneratorExp) -> list[str]:
    return [name for generator in node.generators for name in target_names(generator.target)]


def _with_code(names: list[str], lowering: Lowering) -> frozenset[str]:
    """Return names of the flow, with those that its functions among them read in turn."""
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        value = lowering.names.get(name)
        if value is None or name in found:
            continue
        found.add(name)
        if isinstance(value, ElementCode) and value.scope is lowering:
            waiting += sorted(names_read_later(value.definition or value.tree))
    return frozenset(found)
