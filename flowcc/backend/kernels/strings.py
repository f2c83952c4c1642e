"""Strings as stretches of UTF-8: comparison, search, slices, and new strings written to the scratch buffer.

UTF-8 sorts as code points do, so comparison and search need no decoding. Indices count characters, which in ASCII
text are bytes. New strings live in ``scratch`` until their item ends.
"""

from __future__ import annotations

import ast

from flowcc.backend.kernels.scope import Scope, choose
from flowcc.backend.kernels.truth import as_int, required
from flowcc.backend.kernels.values import Nothing, Value, refuse
from flowcc.runtime.schema import BOOL, INT64, UTF8, Scalar

FAR = 2**62  # past every index


def use(scope: Scope, function: str, *arguments: Value | str) -> str:
    """Write a call of a text routine and return its text; strings give three arguments."""
    scope.w.intrinsics.add(function)
    texts = [", ".join(a.parts) if isinstance(a, Value) else a for a in arguments]
    return f"{function}({', '.join(texts)})"


def produce(scope: Scope, function: str, *arguments: Value | str) -> Value:
    """Call a routine that writes a new string to scratch; a negative end means that the item fails."""
    w = scope.w
    w.needs_scratch = True
    end = w.temporary(use(scope, function, *arguments, "scratch", "used", "room"))
    w.line(f"bad |= {end}")
    w.line(f"full |= {end} == -2")
    start = w.temporary("used")
    w.line(f"used = {end} if {end} > used else used")
    return Value(UTF8, ("scratch", start, w.temporary("used")))


def compare_texts(scope: Scope, a: Value, sign: str, b: Value) -> Value:
    """Return how two strings compare."""
    w = scope.w
    if sign in ("==", "!="):
        same = w.temporary(use(scope, "same_text", a, b))
        return Value(BOOL, (same if sign == "==" else w.temporary(f"not {same}"),))
    return Value(BOOL, (w.temporary(f"{use(scope, 'order_text', a, b)} {sign} 0"),))


def contains_text(scope: Scope, part: Value, whole: Value) -> Value:
    """Return ``part in whole``."""
    return Value(BOOL, (scope.w.temporary(f"{use(scope, 'find_text', whole, part)} >= 0"),))


def concatenate(scope: Scope, items: list[Value]) -> Value:
    """Return strings joined without a separator."""
    result = items[0]
    for item in items[1:]:
        result = produce(scope, "join_texts", result, item)
    return result


def slice_text(scope: Scope, text: Value, node: ast.Slice, where: ast.AST) -> Value:
    """Return ``text[start:stop:step]``."""
    w = scope.w
    step = 1 if node.step is None else scope.value(node.step).known
    if not isinstance(step, int) or not 0 < abs(step) < FAR:
        raise refuse("a slice of a string with this step", where)
    if step == 1 and node.lower is None and node.upper is None:
        return text
    ends = (0, FAR) if step > 0 else (FAR, -FAR)
    lower, upper = (
        _bound(scope, at, f"({end})", where) for at, end in zip((node.lower, node.upper), ends, strict=True)
    )
    if step != 1:
        return produce(scope, "pick_text", text, lower, upper, f"({step})")
    start, stop = w.fresh("start"), w.fresh("stop")
    w.line(f"{start}, {stop} = {use(scope, 'slice_bounds', text, lower, upper)}")
    return Value(UTF8, (text.parts[0], start, stop))


def _bound(scope: Scope, node: ast.expr | None, missing: str, where: ast.AST) -> str:
    if node is None:
        return missing
    value = scope.value(node)
    if isinstance(value.type, Nothing):
        return missing
    return as_int(scope, value, where).parts[0]


def index_text(scope: Scope, text: Value, index: ast.expr) -> Value:
    """Return ``text[index]``; past either end the item fails."""
    w = scope.w
    at = as_int(scope, scope.value(index), index).parts[0]
    start, stop = w.fresh("start"), w.fresh("stop")
    w.line(f"{start}, {stop} = {use(scope, 'index_bounds', text, at)}")
    w.fail_if(f"{start} == {stop}")
    return Value(UTF8, (text.parts[0], start, stop))


def text_of(scope: Scope, value: Value, node: ast.AST) -> Value:
    """Return ``str(value)`` of a string, integer or bool, or of None."""
    if isinstance(value.type, Nothing):
        return Value(UTF8, scope.w.constant_text("None", node))
    if not isinstance(value.type, Scalar) or value.type.kind == "float64":
        raise refuse(f"the text of {value.type}", node)
    if value.type.nullable:
        there = Value(Scalar(value.type.kind), value.parts[:-1])
        missing = Value(UTF8, scope.w.constant_text("None", node))
        return choose(scope, value.parts[-1], lambda: text_of(scope, there, node), lambda: missing, node)
    if value.type == UTF8:
        return value
    if value.type == INT64:
        return produce(scope, "write_integer", value)
    yes, no = scope.w.constant_text("True", node), scope.w.constant_text("False", node)
    w, held = scope.w, value.parts[0]
    start = w.temporary(f"int64({yes[1]}) if {held} else int64({no[1]})")
    return Value(UTF8, ("constants", start, w.temporary(f"int64({yes[2]}) if {held} else int64({no[2]})")))


def is_text(value: Value) -> bool:
    """Tell whether a value is a string, or None."""
    return isinstance(value.type, Scalar) and value.type.kind == "utf8"


def number_of(scope: Scope, text: Value, function: str, kind: Scalar, node: ast.AST) -> Value:
    """Return the number that a text is; what is not plainly one is Python's to read, or to refuse."""
    w, text = scope.w, required(scope, text, node)
    number, found = w.fresh("number"), w.fresh("found")
    w.line(f"{number}, {found} = {use(scope, function, text)}")
    w.fail_if(f"not {found}")
    return Value(kind, (number,))


def format_text(scope: Scope, parts: list[ast.expr], node: ast.AST) -> Value:
    """Return an f-string of plain fields."""
    pieces = []
    for part in parts:
        if isinstance(part, ast.FormattedValue):
            if part.format_spec is not None or part.conversion not in (-1, 115):
                raise refuse("a format in an f-string", node)
            pieces.append(text_of(scope, scope.value(part.value), node))
        else:
            pieces.append(required(scope, scope.value(part), node))
    if not pieces:
        return Value(UTF8, scope.w.constant_text("", node))
    return concatenate(scope, pieces)
