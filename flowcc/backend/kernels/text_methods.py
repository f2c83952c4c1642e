"""Methods of `str` that have kernels: exact on ASCII, on more where UTF-8 allows, else the item is left to Python."""

from __future__ import annotations

import ast
from collections.abc import Callable
from functools import cache

from flowcc.backend.kernels.scope import Scope
from flowcc.backend.kernels.strings import produce, require_ascii, use
from flowcc.backend.kernels.truth import required
from flowcc.backend.kernels.values import Value, refuse
from flowcc.runtime.schema import BOOL, INT64, UTF8

Method = Callable[[Scope, list[Value], ast.Call], Value]


def _texts(scope: Scope, arguments: list[Value], count: int, node: ast.Call) -> list[Value]:
    texts = [required(scope, argument, node) for argument in arguments]
    if len(texts) != count or any(text.type != UTF8 for text in texts):
        raise refuse("this method with these arguments", node)
    return texts


def _produced(function: str, count: int) -> Method:
    def operate(scope: Scope, arguments: list[Value], node: ast.Call) -> Value:
        return produce(scope, function, *_texts(scope, arguments, count, node))

    return operate


def _cased(function: str, change: Callable[[str], str]) -> Method:
    """Lower and upper: a table says what two-byte characters become."""

    def operate(scope: Scope, arguments: list[Value], node: ast.Call) -> Value:
        (text,) = _texts(scope, arguments, 1, node)
        table = scope.w.constant_bytes(case_table(change))
        return produce(scope, function, text, "constants", str(table))

    return operate


@cache
def case_table(change: Callable[[str], str]) -> bytes:
    """Return the two bytes that each character from U+0080 to U+07FF becomes; zeros where that is not so simple.

    A capital sigma depends on what stands around it; others become longer or shorter.
    """
    forms = (change(chr(code)).encode() if code != 0x3A3 else b"" for code in range(0x80, 0x800))
    return b"".join(form if len(form) == 2 and form[0] >= 0x80 else bytes(2) for form in forms)


def _affix(function: str) -> Method:
    """startswith and endswith: with one string, or any of a tuple of strings."""

    def operate(scope: Scope, arguments: list[Value], node: ast.Call) -> Value:
        text, affix = _texts(scope, arguments, 2, node)
        return Value(BOOL, (scope.w.temporary(use(scope, function, text, affix)),))

    return operate


def _stripped(sides: int) -> Method:
    def operate(scope: Scope, arguments: list[Value], node: ast.Call) -> Value:
        (text,) = _texts(scope, arguments, 1, node)
        start, stop = scope.w.fresh("start"), scope.w.fresh("stop")
        scope.w.line(f"{start}, {stop} = {use(scope, 'strip_text', text, str(sides))}")
        return Value(UTF8, (text.parts[0], start, stop))

    return operate


def _classified(function: str) -> Method:
    def operate(scope: Scope, arguments: list[Value], node: ast.Call) -> Value:
        (text,) = _texts(scope, arguments, 1, node)
        require_ascii(scope, text)
        return Value(BOOL, (scope.w.temporary(use(scope, function, text)),))

    return operate


def _affixless(function: str, side: str) -> Method:
    """removeprefix and removesuffix."""

    def operate(scope: Scope, arguments: list[Value], node: ast.Call) -> Value:
        text, affix = _texts(scope, arguments, 2, node)
        w = scope.w
        cut = w.temporary(f"({affix.parts[2]} - {affix.parts[1]}) if {use(scope, function, text, affix)} else int64(0)")
        base, start, stop = text.parts
        if side == "start":
            return Value(UTF8, (base, w.temporary(f"{start} + {cut}"), stop))
        return Value(UTF8, (base, start, w.temporary(f"{stop} - {cut}")))

    return operate


def _find(scope: Scope, arguments: list[Value], node: ast.Call) -> Value:
    text, part = _texts(scope, arguments, 2, node)
    w = scope.w
    require_ascii(scope, text)
    found = w.temporary(use(scope, "find_text", text, part))
    return Value(INT64, (w.temporary(f"({found} - {text.parts[1]}) if {found} >= 0 else int64(-1)"),))


def _count(scope: Scope, arguments: list[Value], node: ast.Call) -> Value:
    text, part = _texts(scope, arguments, 2, node)
    scope.w.fail_if(f"{part.parts[1]} == {part.parts[2]}")
    return Value(INT64, (scope.w.temporary(use(scope, "count_text", text, part)),))


METHODS: dict[str, Method] = {
    "lower": _cased("lower_text", str.lower), "upper": _cased("upper_text", str.upper),
    "replace": _produced("replace_text", 3),
    "startswith": _affix("starts_with"), "endswith": _affix("ends_with"), "find": _find, "count": _count,
    "strip": _stripped(3), "lstrip": _stripped(1), "rstrip": _stripped(2),
    "removeprefix": _affixless("starts_with", "start"), "removesuffix": _affixless("ends_with", "stop"),
    "isalpha": _classified("is_alpha"), "isdigit": _classified("is_digit"), "isdecimal": _classified("is_digit"),
    "isnumeric": _classified("is_digit"), "isalnum": _classified("is_alnum"), "isspace": _classified("is_blank"),
    "isupper": _classified("is_upper"), "islower": _classified("is_lower"),
}  # fmt: skip
