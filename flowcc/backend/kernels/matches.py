"""Loops over the items of a collection beside the items that have a key: ``for b in ys_with(a.k) if b.k == a.k``.

The search itself tells that keys are equal, so that the equality, which is asked first, need not be computed again.
Only floats are compared: a nan is found, and equals nothing. A key of several parts, or one that may be None, is found
part by part; the places of the parts make a whole number, which is looked up in turn.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from flowcc.backend.kernels import lookups
from flowcc.backend.kernels.lookups import loaded, place_of
from flowcc.backend.kernels.scope import Scope
from flowcc.backend.kernels.values import Lookup, Value, bounded
from flowcc.backend.kernels.writer import Writer
from flowcc.equality import remaining
from flowcc.runtime.schema import Scalar, Struct, Table, leaves

NOWHERE = "int64(-1)"


@dataclass(frozen=True, slots=True)
class Matches:
    """The items that have a key, which is written already."""

    side: Lookup
    key: Value
    wanted: ast.expr

    def without_equality(self, conditions: list[ast.expr], elt: ast.expr) -> tuple[list[ast.expr], ast.expr]:
        """Return the conditions of the loop, and what it gives, without the equalities that hold of all."""
        kind = self.key.type
        if isinstance(kind, Scalar | Struct) and any(leaf.kind == "float64" for leaf in leaves(kind)):
            return conditions, elt
        return remaining(conditions, elt, self.wanted)


def is_one(scope: Scope, over: ast.expr) -> bool:
    """Whether a generator goes over a look-up that finds one item at most."""
    if not isinstance(over, ast.Call) or not isinstance(over.func, ast.Name):
        return False
    side = scope.names.get(over.func.id)
    return side is not None and isinstance(side.type, Lookup) and side.type.table.kind == "row"


def matches_of(scope: Scope, over: ast.expr) -> Matches | None:
    """Return what a generator goes over, where that is a look-up of items; its key is written."""
    match over:
        case ast.Call(ast.Name() as name, [wanted], []):
            side = scope.value(name).type
            if isinstance(side, Lookup) and side.table.kind in ("row", "rows"):
                return Matches(side, scope.value(wanted), wanted)
    return None


def each_match(scope: Scope, found: Matches, give: Callable[[Value], None]) -> None:
    """Write a loop over the items that are found, in their order."""
    w, side = scope.w, found.side
    place = place_of(scope, side, found.key, found.wanted)
    if side.table.kind == "row":
        with w.block(f"if {place} >= 0:"):
            give(_item(w, side, place))
        return
    at = w.temporary(f"{side.name}_starts[{place}] if {place} >= 0 else int64(0)")
    stop = w.temporary(f"{side.name}_starts[{place} + 1] if {place} >= 0 else int64(0)")
    with w.block(f"while bad >= 0 and {at} < {stop}:"):
        row = w.temporary(f"{side.name}_order[{at}]")
        w.line(f"{at} += 1")
        give(_item(w, side, row))


def _item(w: Writer, side: Lookup, row: str) -> Value:
    assert side.table.value is not None
    interval = bounded(-(2**31), 2**31 - 1) if side.table.narrow else None
    return Value(side.table.value, loaded(w, side, row), interval=interval)


def parameters(name: str, table: Table) -> Iterator[tuple[str, str]]:
    """Yield name and pointer type of every buffer of an index of items."""
    yield from lookups.parameters(name, Table("set", table.key))
    if table.kind == "rows":
        yield from ((f"{name}_starts", "int64*"), (f"{name}_order", "int64*"))
    assert table.value is not None
    yield from lookups.values(name, table.value)
