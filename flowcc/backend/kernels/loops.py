"""What element code may loop over: ranges, tuples, pieces of strings, comprehensions."""

from __future__ import annotations

import ast
from collections.abc import Callable

from flowcc.backend.kernels import text_loops
from flowcc.backend.kernels.logic import test
from flowcc.backend.kernels.matches import each_match, matches_of
from flowcc.backend.kernels.scope import Scope
from flowcc.backend.kernels.truth import as_int
from flowcc.backend.kernels.values import Static, Value, item_of, refuse
from flowcc.runtime.schema import INT64, UTF8, Struct

UNROLLED_AT_MOST = 16
FAR = 2**62


def iterate(scope: Scope, target: ast.expr, over: ast.expr, round_: Callable[[], None]) -> None:
    """Write a loop that binds ``target`` to each item of ``over`` and runs ``round_``."""
    match over:
        case ast.ListComp(elt=elt, generators=generators) | ast.GeneratorExp(elt=elt, generators=generators):
            _nested(scope, target, elt, generators, round_)
            return
        case ast.List(elts=items) | ast.Tuple(elts=items):
            values = [text_loops.split_into(scope, target, item) or scope.value(item) for item in items]
            _unrolled(scope, target, [scope.stored(value) for value in values], round_, over)
            return
        case ast.Call(func=ast.Attribute(value=of, attr="split"), keywords=[]) if scope.value(of).type == UTF8:
            text_loops.pieces(
                scope, scope.value(of), [scope.value(a) for a in over.args], _binder(scope, target, round_), over
            )
            return
        case ast.Call(func=ast.Name(), keywords=[]) if scope.value(over.func).known is range:
            _range(scope, target, [as_int(scope, scope.value(a), over) for a in over.args], round_, over)
            return
        case ast.Call(func=ast.Name(), args=[of, *start], keywords=[]) if scope.value(over.func).known is enumerate:
            _counted(scope, target, of, start, round_, over)
            return
    value = scope.value(over)
    if value.type == UTF8:
        text_loops.characters(scope, value, _binder(scope, target, round_))
    elif isinstance(value.type, Struct):
        parts = [item_of(value, index) for index in range(len(value.type.items))]
        _unrolled(scope, target, parts, round_, over)
    else:
        raise refuse(f"a loop over {value.known if isinstance(value.type, Static) else value.type}", over)


def _counted(
    scope: Scope, target: ast.expr, of: ast.expr, start: list[ast.expr], round_: Callable[[], None], over: ast.expr
) -> None:
    """Write ``for number, item in enumerate(of, start)``."""
    if not isinstance(target, ast.Tuple) or len(target.elts) != 2 or len(start) > 1:
        raise refuse("`enumerate` without two names", over)
    w, (number, item) = scope.w, target.elts
    first = as_int(scope, scope.value(start[0]), over).parts[0] if start else "int64(0)"
    count = w.temporary(first)

    def counted() -> None:
        w.fail_if(f"{count} == {FAR}")
        held = w.temporary(count)
        w.line(f"{count} = {held} + 1")
        scope.unpack(number, Value(INT64, (held,)))
        round_()

    w.fail_if(f"({count} > {FAR}) | ({count} < -{FAR})")
    iterate(scope, item, of, counted)


def comprehend(scope: Scope, elt: ast.expr, generators: list[ast.comprehension], give: Callable[[Value], None]) -> None:
    """Write the loops and conditions of a comprehension; ``give`` receives each item."""
    if not generators:
        give(scope.value(elt))
        return
    first, *rest = generators
    if first.is_async:
        raise refuse("an asynchronous comprehension", elt)
    conditions = first.ifs
    found = matches_of(scope, first.iter)
    if found is not None:
        conditions, elt = found.without_equality(first.ifs, elt)

    def then() -> None:
        filtered(scope, conditions, lambda: comprehend(scope, elt, rest, give))

    if found is None:
        iterate(scope, first.target, first.iter, then)
    else:
        each_match(scope, found, _binder(scope, first.target, then))


def filtered(scope: Scope, conditions: list[ast.expr], then: Callable[[], None]) -> None:
    """Write ``then`` under conditions."""
    if not conditions:
        then()
        return
    held = test(scope, conditions[0])
    if held is False:
        return
    if held is True:
        filtered(scope, conditions[1:], then)
        return
    with scope.w.block(f"if {held}:"):
        filtered(scope, conditions[1:], then)


def _binder(scope: Scope, target: ast.expr, round_: Callable[[], None]) -> Callable[[Value], None]:
    def bind(value: Value) -> None:
        scope.unpack(target, value)
        round_()

    return bind


def _nested(
    scope: Scope, target: ast.expr, elt: ast.expr, generators: list[ast.comprehension], round_: Callable[[], None]
) -> None:
    """Fuse a comprehension that runs over another: its items never exist as a list."""
    inner = scope.inner()

    def give(value: Value) -> None:
        scope.unpack(target, value)
        round_()

    comprehend(inner, elt, generators, give)


def _unrolled(scope: Scope, target: ast.expr, items: list[Value], round_: Callable[[], None], over: ast.expr) -> None:
    if len(items) > UNROLLED_AT_MOST or scope.in_statement:
        raise refuse("a loop over a long tuple", over)
    for item in items:
        scope.unpack(target, item)
        round_()


def _range(scope: Scope, target: ast.expr, bounds: list[Value], round_: Callable[[], None], over: ast.expr) -> None:
    if not isinstance(target, ast.Name) or not 1 <= len(bounds) <= 3:
        raise refuse("a range", over)
    w = scope.w
    texts = [bound.parts[0] for bound in bounds]
    for bound in bounds:
        if not isinstance(bound.known, int) or abs(bound.known) > FAR:
            w.fail_if(f"({bound.parts[0]} > {FAR}) | ({bound.parts[0]} < -{FAR})")
    if len(bounds) == 3:
        _stepped(scope, target, texts, round_)
        return
    counter = w.fresh("n")
    with w.block(f"for {counter} in range({', '.join(texts)}):"):
        w.line("if bad < 0:")
        w.line("    break")
        scope.bind(target.id, Value(INT64, (counter,)))
        round_()


def _stepped(scope: Scope, target: ast.Name, texts: list[str], round_: Callable[[], None]) -> None:
    """Write a range with a step; `range` itself would bring an exception into the kernel."""
    w = scope.w
    place, step = w.temporary(texts[0]), w.temporary(texts[2])
    counter, stop = w.fresh("n"), w.temporary(texts[1])
    w.fail_if(f"{step} == 0")
    with w.block(f"while bad >= 0 and ({place} < {stop} if {step} > 0 else {place} > {stop}):"):
        w.line(f"{counter} = {place}")
        w.line(f"{place} += {step}")
        scope.bind(target.id, Value(INT64, (counter,)))
        round_()
