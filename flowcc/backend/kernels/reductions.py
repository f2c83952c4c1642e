"""`sum`, `any`, `all`, `len`, `min` and `max` of a comprehension or range inside element code: one loop, no list.

A loop that has its answer is left, as Python leaves it; what it skips could only have failed.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable

from flowcc.backend.kernels.comparisons import compare
from flowcc.backend.kernels.loops import comprehend
from flowcc.backend.kernels.operators import binary
from flowcc.backend.kernels.scope import Scope
from flowcc.backend.kernels.truth import truth
from flowcc.backend.kernels.values import Lookup, Value, refuse
from flowcc.runtime.schema import BOOL, FLOAT64, INT64, Scalar

Comprehension = ast.ListComp | ast.GeneratorExp


def reduce_items(scope: Scope, function: object, node: ast.Call) -> Value | None:
    """Return the result of a reduction, or None when this call is none."""
    if len(node.args) != 1 or node.keywords or function not in REDUCTIONS:
        return None
    of = gone_over(scope, node.args[0])
    if of is None or (function is len and isinstance(node.args[0], ast.GeneratorExp)):
        return None
    return REDUCTIONS[function](scope, of)


def gone_over(scope: Scope, node: ast.expr) -> Comprehension | None:
    """Return what is gone over as a comprehension; a range or a split string is one of itself."""
    if isinstance(node, Comprehension):
        return node
    if not isinstance(node, ast.Call):
        return None
    is_range = isinstance(node.func, ast.Name) and scope.value(node.func).known is range
    if not is_range and not (isinstance(node.func, ast.Attribute) and node.func.attr == "split"):
        return None
    name = ast.Name("item", ast.Store())
    generator = ast.comprehension(name, node, [], 0)
    found = ast.GeneratorExp(ast.Name("item", ast.Load()), [generator])
    return ast.fix_missing_locations(ast.copy_location(found, node))


def each_item(scope: Scope, of: Comprehension, give: Callable[[Scope, Value], None]) -> None:
    """Write the loops of a comprehension; ``give`` receives each item, and the scope it is made in."""
    inner = scope.inner()
    comprehend(inner, of.elt, of.generators, lambda value: give(inner, value))


def _loops(scope: Scope, of: Comprehension) -> bool:
    """Tell whether the innermost thing written for a comprehension is a loop that ``break`` leaves for good."""
    over = of.generators[0].iter
    if len(of.generators) != 1 or not isinstance(over, ast.Call):
        return False
    if not isinstance(over.func, ast.Name):
        return True
    function = scope.value(over.func)
    return function.known is range or (isinstance(function.type, Lookup) and function.type.table.kind == "rows")


def _decided(held_until: bool) -> Callable[[Scope, Comprehension], Value]:
    """any and all: the answer is known at the first item that holds, or does not."""

    def operate(scope: Scope, of: Comprehension) -> Value:
        w, result = scope.w, scope.w.temporary(str(not held_until))
        leaves = _loops(scope, of)

        def give(inner: Scope, value: Value) -> None:
            held = truth(inner, value, of)
            held = str(held) if isinstance(held, bool) else held
            with w.block(f"if {held}:" if held_until else f"if not {held}:"):
                w.line(f"{result} = {held_until}")
                if leaves:
                    w.line("break")

        each_item(scope, of, give)
        return Value(BOOL, (result,))

    return operate


def _len(scope: Scope, of: Comprehension) -> Value:
    count = scope.w.temporary("int64(0)")
    each_item(scope, of, lambda inner, value: scope.w.line(f"{count} += 1"))
    return Value(INT64, (count,))


def _sum(scope: Scope, of: Comprehension) -> Value:
    """Sum integers with a test for each; floats only where Python adds them one by one, and there is one."""
    w = scope.w
    total: dict[str, Value] = {}
    some = w.temporary("False")
    whole, real = w.temporary("int64(0)"), w.temporary("0.0")

    def give(inner: Scope, value: Value) -> None:
        if value.type in (INT64, BOOL):
            held = total.setdefault("", Value(INT64, (whole,)))
        elif value.type == FLOAT64 and sys.version_info < (3, 12):
            held = total.setdefault("", Value(FLOAT64, (real,)))
        else:
            raise refuse(f"a sum of {value.type}", of)
        added = binary(inner, held, ast.Add(), value, of)
        if added.type != held.type:
            raise refuse("a sum of several types", of)
        w.line(f"{held.parts[0]} = {added.parts[0]}")
        w.line(f"{some} = True")

    each_item(scope, of, give)
    if total.get("", Value(INT64)).type == FLOAT64:
        w.fail_if(f"not {some}")  # the sum of nothing is the integer 0
    return total.get("", Value(INT64, (whole,)))


def _extreme(sign: ast.cmpop) -> Callable[[Scope, Comprehension], Value]:
    """min and max: the first of equals; of nothing, Python raises."""

    def operate(scope: Scope, of: Comprehension) -> Value:
        w, best = scope.w, list[Value]()
        some = w.temporary("False")
        names = {kind: w.temporary(start) for kind, start in ((INT64, "int64(0)"), (FLOAT64, "0.0"))}

        def give(inner: Scope, value: Value) -> None:
            if not isinstance(value.type, Scalar) or value.type not in names:
                raise refuse(f"`min` or `max` of {value.type}", of)
            held = Value(value.type, (names[value.type],))
            best[:] = best or [held]
            if best[0].type != value.type:
                raise refuse("`min` or `max` of several types", of)
            won = compare(inner, value, sign, held, of).parts[0]
            with w.block(f"if {won} or not {some}:"):
                w.line(f"{held.parts[0]} = {value.parts[0]}")
            w.line(f"{some} = True")

        each_item(scope, of, give)
        w.fail_if(f"not {some}")
        if not best:
            raise refuse("`min` or `max` of nothing", of)
        return best[0]

    return operate


REDUCTIONS: dict[object, Callable[[Scope, Comprehension], Value]] = {
    any: _decided(True), all: _decided(False), sum: _sum, len: _len, min: _extreme(ast.Lt()), max: _extreme(ast.Gt()),
}  # fmt: skip
