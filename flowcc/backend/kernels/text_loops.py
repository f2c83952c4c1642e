"""The pieces of a string: loops over its words, its parts between separators, its characters; and some of its parts."""

from __future__ import annotations

import ast
from collections.abc import Callable

from flowcc.backend.kernels.scope import Scope
from flowcc.backend.kernels.strings import use
from flowcc.backend.kernels.truth import as_int, required
from flowcc.backend.kernels.values import Nothing, Value, refuse
from flowcc.runtime.schema import UTF8, Scalar, Struct

PARTS_AT_MOST = 32


def pieces(scope: Scope, text: Value, arguments: list[Value], each: Callable[[Value], None], node: ast.AST) -> None:
    """Loop over ``text.split()`` or ``text.split(separator)``."""
    if not arguments or (len(arguments) == 1 and isinstance(arguments[0].type, Nothing)):
        _words(scope, text, each)
    elif len(arguments) == 1 and arguments[0].type == UTF8:
        _between(scope, text, required(scope, arguments[0], node), each)
    else:
        raise refuse("`split` with these arguments", node)


def split_call(scope: Scope, node: ast.expr) -> tuple[Value, list[Value]] | None:
    """Return a string that is split here, and the arguments, or None when this is another expression."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or node.func.attr != "split":
        return None
    text = scope.value(node.func.value)
    if node.keywords or not isinstance(text.type, Scalar) or text.type.kind != "utf8":
        return None
    return required(scope, text, node), [scope.value(argument) for argument in node.args]


def split_into(scope: Scope, target: ast.expr, node: ast.expr) -> Value | None:
    """Return as a tuple what is split and unpacked here; the item fails where there are more parts or fewer."""
    if not isinstance(target, ast.Tuple | ast.List) or any(isinstance(inner, ast.Starred) for inner in target.elts):
        return None
    if len(target.elts) > PARTS_AT_MOST or (split := split_call(scope, node)) is None:
        return None
    w, (text, arguments) = scope.w, split
    count = w.temporary("int64(0)")
    bounds = [(w.temporary("int64(0)"), w.temporary("int64(0)")) for _ in target.elts]

    def each(part: Value) -> None:
        for number, (start, stop) in enumerate(bounds):
            w.line(f"if {count} == {number}:")
            w.line(f"    {start} = {part.parts[1]}")
            w.line(f"    {stop} = {part.parts[2]}")
        w.line(f"{count} += 1")

    pieces(scope, text, arguments, each, node)
    w.fail_if(f"{count} != {len(bounds)}")
    parts = tuple(part for start, stop in bounds for part in (text.parts[0], start, stop))
    return Value(Struct((UTF8,) * len(bounds)), parts)


def split_item(scope: Scope, node: ast.expr, index: ast.expr) -> Value | None:
    """Return ``text.split(…)[index]``; the item fails where there are not so many parts."""
    if isinstance(index, ast.Slice) or (split := split_call(scope, node)) is None:
        return None
    w, (text, arguments) = scope.w, split
    wanted = w.temporary(as_int(scope, scope.value(index), index).parts[0])
    count, start, stop = (w.temporary("int64(0)") for _ in range(3))
    with w.block(f"if {wanted} < 0:"):
        pieces(scope, text, arguments, lambda part: w.line(f"{wanted} += 1"), node)

    def each(part: Value) -> None:
        w.line(f"if {count} == {wanted}:")
        w.line(f"    {start} = {part.parts[1]}")
        w.line(f"    {stop} = {part.parts[2]}")
        w.line(f"{count} += 1")

    pieces(scope, text, arguments, each, node)
    w.fail_if(f"({wanted} < 0) | ({wanted} >= {count})")
    return Value(UTF8, (text.parts[0], start, stop))


def _words(scope: Scope, text: Value, each: Callable[[Value], None]) -> None:
    w = scope.w
    place = w.temporary(text.parts[1])
    start, stop = w.fresh("start"), w.fresh("stop")
    with w.block("while bad >= 0:"):
        w.line(f"{start}, {stop} = {use(scope, 'next_word', text.parts[0], place, text.parts[2])}")
        w.line(f"if {start} == {stop}:")
        w.line("    break")
        w.line(f"{place} = {stop}")
        each(Value(UTF8, (text.parts[0], start, stop)))


def _between(scope: Scope, text: Value, separator: Value, each: Callable[[Value], None]) -> None:
    w = scope.w
    length = w.temporary(f"{separator.parts[2]} - {separator.parts[1]}")
    w.fail_if(f"{length} == 0")
    place, more = w.temporary(text.parts[1]), w.temporary("True")
    start, stop, found = w.fresh("start"), w.fresh("stop"), w.fresh("found")
    with w.block(f"while {more} and bad >= 0:"):
        rest = Value(UTF8, (text.parts[0], place, text.parts[2]))
        w.line(f"{found} = {use(scope, 'find_text', rest, separator)}")
        w.line(f"{start} = {place}")
        w.line(f"{more} = {found} >= 0")
        w.line(f"{stop} = {found} if {more} else {text.parts[2]}")
        w.line(f"{place} = {stop} + {length}")
        each(Value(UTF8, (text.parts[0], start, stop)))


def characters(scope: Scope, text: Value, each: Callable[[Value], None]) -> None:
    """Loop over the characters of a string."""
    w = scope.w
    place, start = w.temporary(text.parts[1]), w.fresh("start")
    with w.block(f"while {place} < {text.parts[2]} and bad >= 0:"):
        w.line(f"{start} = {place}")
        w.line(f"{place} += {use(scope, 'character_width', text.parts[0], place)}")
        each(Value(UTF8, (text.parts[0], start, w.temporary(place))))
