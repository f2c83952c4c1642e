"""Look-ups by key into collections beside the items: ``d[k]``, ``d.get(k)``, ``k in d``, ``len(d)``.

Keys are equal as Python says: True is 1 is 1.0. What ``d[k]`` lacks is Python's, whose `KeyError` it is.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator

from flowcc.backend.kernels.outputs import pointers
from flowcc.backend.kernels.scope import Scope, choose, constant
from flowcc.backend.kernels.truth import as_int
from flowcc.backend.kernels.values import Lookup, Nothing, Refused, Static, Value, blank, bounded, item_of, refuse
from flowcc.backend.kernels.writer import Writer
from flowcc.runtime.schema import BOOL, INT64, UTF8, Scalar, Schema, Struct, Table, leaves, parts_of_key

NOWHERE = "int64(-1)"


def side_of(scope: Scope, value: Value, node: ast.AST) -> Lookup | None:
    """Return what a value is looked into by, if it is a collection beside the items or from outside."""
    if isinstance(value.type, Lookup):
        return value.type
    if isinstance(value.type, Static) and type(value.known) in (dict, Counter, set, frozenset):
        return scope.w.constant_table(value.known, node)
    return None


def member(scope: Scope, key: Value, side: Lookup, node: ast.AST) -> Value:
    """Return ``key in side``."""
    if side.table.kind == "list":
        raise refuse("`in` over a list", node)
    return Value(BOOL, (scope.w.temporary(f"{place_of(scope, side, key, node)} >= 0"),))


def size(scope: Scope, side: Lookup) -> Value:
    """Return ``len(side)``."""
    return Value(INT64, (scope.w.temporary(f"{side.name}_head[0]"),), interval=bounded(0, 2**48))


def item(scope: Scope, side: Lookup, key: Value, node: ast.AST) -> Value:
    """Return ``side[key]``."""
    if side.table.value is None:
        raise refuse("indexing a set", node)
    if side.table.kind == "list":
        return _found(scope, side, _place_in_list(scope, side, key, node))
    place = place_of(scope, side, key, node)
    if side.table.kind == "Counter":
        return _found_or(scope, side, place, constant(scope.w, 0, node), node)
    return _found(scope, side, place)


def get(scope: Scope, side: Lookup, arguments: list[Value], node: ast.Call) -> Value:
    """Return ``side.get(key)`` or ``side.get(key, default)``."""
    if side.table.value is None or side.table.kind == "list" or not 1 <= len(arguments) <= 2 or node.keywords:
        raise refuse("this call of a method of a collection", node)
    place = place_of(scope, side, arguments[0], node)
    default = arguments[1] if len(arguments) == 2 else constant(scope.w, None, node)
    return _found_or(scope, side, place, default, node)


def _place_in_list(scope: Scope, side: Lookup, key: Value, node: ast.AST) -> str:
    """Return the variable of an item's place, -1 where there is none; negative ones count from the end."""
    w, at, size = scope.w, as_int(scope, key, node).parts[0], f"{side.name}_head[0]"
    place = w.temporary(f"{at} + {size} if {at} < 0 else {at}")
    return w.temporary(f"{place} if {place} >= 0 and {place} < {size} else {NOWHERE}")


def _found_or(scope: Scope, side: Lookup, place: str, default: Value, node: ast.AST) -> Value:
    """Return the value at a place, the default where there is none; that is Python's where it is of another type."""
    kind = side.table.value
    assert kind is not None
    try:
        return choose(scope, f"{place} >= 0", lambda: Value(kind, loaded(scope.w, side, place)), lambda: default, node)
    except Refused:
        return _found(scope, side, place)


def _found(scope: Scope, side: Lookup, place: str) -> Value:
    """Return the value at a place; where there is none the item is Python's."""
    w, kind = scope.w, side.table.value
    assert kind is not None
    w.fail_if(f"{place} < 0")
    nothing = Value(kind, tuple(part for leaf in leaves(kind) for part in blank(leaf)))
    return choose(scope, f"{place} >= 0", lambda: Value(kind, loaded(w, side, place)), lambda: nothing, None)


def loaded(w: Writer, side: Lookup, place: str) -> tuple[str, ...]:
    """Write the loads of the value at a place and return its scalars."""
    assert side.table.value is not None
    parts: list[str] = []
    for number, leaf in enumerate(leaves(side.table.value)):
        name = f"{side.name}_value{number}"
        if leaf.kind == "utf8":
            offset = w.temporary(f"{name}_offsets[{place}]")
            parts += [f"{name}_bytes", offset, w.temporary(f"{name}_offsets[{place} + 1]")]
        else:
            parts.append(w.temporary(f"{name}[{place}]" + (" != 0" if leaf.kind == "bool" else "")))
        if leaf.nullable:
            parts.append(w.temporary(f"{name}_mask[{place}] != 0"))
    return tuple(parts)


def place_of(scope: Scope, side: Lookup, key: Value, node: ast.AST) -> str:
    """Write the search for a key; return the variable of its place, -1 where there is none."""
    if parts_of_key(side.table.key):
        return _place_of_parts(scope, side, key, node)
    if isinstance(key.type, Nothing):
        return scope.w.temporary(NOWHERE)
    if not isinstance(key.type, Scalar):
        raise refuse(f"looking {key.type} up", node)
    search = _search(side, key.type.kind, key.parts)
    if search is None:
        return scope.w.temporary(NOWHERE)
    scope.w.intrinsics.add(search.partition("(")[0])
    if not key.type.nullable:
        return scope.w.temporary(search)
    place = scope.w.temporary(NOWHERE)
    with scope.w.block(f"if {key.parts[-1]}:"):
        scope.w.line(f"{place} = {search}")
    return place


def _place_of_parts(scope: Scope, side: Lookup, key: Value, node: ast.AST) -> str:
    """Write the search for each part of a key, and for the number that their places make."""
    parts, w, values = parts_of_key(side.table.key), scope.w, [key]
    if isinstance(side.table.key, Struct):
        if not isinstance(key.type, Struct) or key.type.record is not None or len(key.type.items) != len(parts):
            raise refuse(f"looking {key.type} up among {side.table.key}", node)
        values = [item_of(key, number) for number in range(len(parts))]
    whole = "int64(0)"
    for part, value, own in zip(parts, values, _parts(side), strict=True):
        at = _place_of_part(scope, own, part, value, node)
        size = f"({own.name}_head[0] + {int(part.nullable)})"
        whole = w.temporary(f"{whole} * {size} + {at} if {at} >= 0 and {whole} >= 0 else {NOWHERE}")
    return place_of(scope, Lookup(Table("set", INT64), side.name), Value(INT64, (whole,)), node)


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


def _search(side: Lookup, kind: str, key: tuple[str, ...]) -> str | None:
    """Return the call that finds a key of a kind; None where no key of the collection can equal it."""
    table = f"{side.name}_head, {side.name}_slots, {side.name}_keys"
    own = side.table.key
    assert isinstance(own, Scalar)
    match own.kind, kind:
        case "utf8", "utf8":
            return f"text_among_texts({table}, {side.name}_bytes, {', '.join(key[:3])})"
        case ("utf8", _) | (_, "utf8"):
            return None
        case "float64", "float64":
            return f"float_among_floats({table}, {key[0]})"
        case "float64", _:
            return f"int_among_floats({table}, int64({key[0]}))"
        case _, "float64":
            return f"float_among_ints({table}, {key[0]})"
    return f"int_among_ints({table}, int64({key[0]}))"


def parameters(name: str, table: Table) -> Iterator[tuple[str, str]]:
    """Yield name and pointer type of every buffer of an index."""
    if table.kind == "list":
        assert table.value is not None
        yield f"{name}_head", "int64*"
        yield from values(name, table.value)
        return
    parts = _parts(Lookup(table, name))
    for part in parts:
        yield from parameters(part.name, part.table)
    yield f"{name}_head", "int64*"
    if not parts and table.key == UTF8:
        yield from ((f"{name}_slots", "int64*"), (f"{name}_keys", "int64*"), (f"{name}_bytes", "uint8*"))
    else:
        yield from ((f"{name}_slots", "int32*"), (f"{name}_keys", "int64*"))
    if table.value is not None:
        yield from values(name, table.value)


def values(name: str, kind: Schema) -> Iterator[tuple[str, str]]:
    """Yield name and pointer type of every buffer of the values of an index."""
    yield from pointers(f"{name}_value", kind)
