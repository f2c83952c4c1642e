"""Loops over the pieces of a string: its words, its parts between separators, its characters."""

from __future__ import annotations

import ast
from collections.abc import Callable

from flowcc.backend.kernels.scope import Scope
from flowcc.backend.kernels.strings import use
from flowcc.backend.kernels.truth import required
from flowcc.backend.kernels.values import Value, refuse
from flowcc.runtime.schema import UTF8


def pieces(scope: Scope, text: Value, arguments: list[Value], each: Callable[[Value], None], node: ast.AST) -> None:
    """Loop over ``text.split()`` or ``text.split(separator)``."""
    if not arguments:
        _words(scope, text, each)
    elif len(arguments) == 1 and arguments[0].type == UTF8:
        _between(scope, text, required(scope, arguments[0], node), each)
    else:
        raise refuse("`split` with these arguments", node)


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
