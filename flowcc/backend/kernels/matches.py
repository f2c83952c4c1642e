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
from flowcc.backend.kernels.values import Lookup, Nothing, Value, bounded, item_of, refuse
from flowcc.backend.kernels.writer import Writer
from flowcc.equality import remaining
from flowcc.runtime.schema import INT64, Scalar, Struct, Table, leaves, parts_of_key

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
    place = _place(scope, found)
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


def _place(scope: Scope, found: Matches) -> str:
    """Write the search for the key; return the variable of its place, -1 where there is none."""
    side, key, w = found.side, found.key, scope.w
    parts = parts_of_key(side.table.key)
    if not parts:
        return place_of(scope, side, key, found.wanted)
    values = [key]
    if isinstance(side.table.key, Struct):
        if not isinstance(key.type, Struct) or key.type.record is not None or len(key.type.items) != len(parts):
            raise refuse(f"looking {key.type} up among {side.table.key}", found.wanted)
        values = [item_of(key, number) for number in range(len(parts))]
    whole = "int64(0)"
    for part, value, own in zip(parts, values, _parts(side), strict=True):
        at = _place_of_part(scope, own, part, value, found.wanted)
        size = f"({own.name}_head[0] + {int(part.nullable)})"
        whole = w.temporary(f"{whole} * {size} + {at} if {at} >= 0 and {whole} >= 0 else {NOWHERE}")
    return place_of(scope, Lookup(Table("set", INT64), side.name), Value(INT64, (whole,)), found.wanted)


def _place_of_part(scope: Scope, own: Lookup, part: Scalar, value: Value, node: ast.AST) -> str:
    """Write the search for a part of a key; that of None, where there may be one, is behind all others."""
    if not part.nullable:
        return place_of(scope, own, value, node)
    w = scope.w
    behind = f"{own.name}_head[0]"
    if isinstance(value.type, Nothing):
        return w.temporary(behind)
    place = place_of(scope, own, value, node)
    if isinstance(value.type, Scalar) and value.type.nullable:
        place = w.temporary(f"{place} if {value.parts[-1]} else {behind}")
    return place


def _parts(side: Lookup) -> list[Lookup]:
    """Return the parts of a key as collections of their own."""
    parts = parts_of_key(side.table.key)
    return [Lookup(Table("set", Scalar(part.kind)), f"{side.name}_part{n}") for n, part in enumerate(parts)]


def parameters(name: str, table: Table) -> Iterator[tuple[str, str]]:
    """Yield name and pointer type of every buffer of an index of items."""
    parts = _parts(Lookup(table, name))
    for part in parts:
        yield from lookups.parameters(part.name, part.table)
    key = INT64 if parts else table.key
    yield from lookups.parameters(name, Table("set", key))
    if table.kind == "rows":
        yield from ((f"{name}_starts", "int64*"), (f"{name}_order", "int64*"))
    assert table.value is not None
    yield from lookups.values(name, table.value)
