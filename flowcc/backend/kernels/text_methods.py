"""Methods of `str` that have kernels, exact on all of Unicode; a few characters in a few methods are left to Python."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import replace

from flowcc.backend.kernels.scope import Scope
from flowcc.backend.kernels.strings import produce, use
from flowcc.backend.kernels.text_tables import case_table, property_table
from flowcc.backend.kernels.truth import as_int, required
from flowcc.backend.kernels.values import Nothing, Value, item_of, refuse
from flowcc.runtime.schema import BOOL, INT64, UTF8, Struct

Method = Callable[[Scope, list[Value], ast.Call], Value]


def _texts(scope: Scope, arguments: list[Value], count: int, node: ast.Call) -> list[Value]:
    texts = [required(scope, argument, node) for argument in arguments]
    if len(texts) != count or any(text.type != UTF8 for text in texts):
        raise refuse("this method with these arguments", node)
    return texts


def _cased(function: str, change: Callable[[str], str]) -> Method:
    """Lower and upper: a table says what characters past ASCII become, which stay what they are from then on."""

    def operate(scope: Scope, arguments: list[Value], node: ast.Call) -> Value:
        (text,) = _texts(scope, arguments, 1, node)
        if text.settled == function:
            return text
        table = case_table(change)
        if table is None:
            raise refuse("this method under this version of Unicode", node)
        made = produce(scope, function, text, "constants", str(scope.w.constant_bytes(table)))
        return replace(made, settled=function)

    return operate


def _replace(scope: Scope, arguments: list[Value], node: ast.Call) -> Value:
    times = as_int(scope, arguments[3], node).parts[0] if len(arguments) == 4 else "-1"
    texts = _texts(scope, arguments[:3] if len(arguments) == 4 else arguments, 3, node)
    return produce(scope, "replace_text", *texts, times)


def _affix(function: str) -> Method:
    """startswith and endswith: with one string, or any of a tuple of strings."""

    def operate(scope: Scope, arguments: list[Value], node: ast.Call) -> Value:
        choices = arguments[1:]
        if len(choices) == 1 and isinstance(choices[0].type, Struct):
            choices = [item_of(choices[0], at) for at in range(len(choices[0].type.items))]
        elif len(choices) != 1:
            raise refuse("this method with these arguments", node)
        text, *affixes = _texts(scope, [arguments[0], *choices], 1 + len(choices), node)
        asked = " or ".join(use(scope, function, text, affix) for affix in affixes)
        return Value(BOOL, (scope.w.temporary(asked),))

    return operate


def _stripped(sides: int) -> Method:
    def operate(scope: Scope, arguments: list[Value], node: ast.Call) -> Value:
        if len(arguments) == 2 and isinstance(arguments[1].type, Nothing):
            del arguments[1]
        text, *others = _texts(scope, arguments, min(len(arguments), 2), node)
        start, stop = scope.w.fresh("start"), scope.w.fresh("stop")
        found = use(scope, "strip_characters" if others else "strip_text", text, *others, str(sides))
        scope.w.line(f"{start}, {stop} = {found}")
        return Value(UTF8, (text.parts[0], start, stop))

    return operate


def _told(scope: Scope, call: str) -> Value:
    """Return the bool that a routine gives as 1 or 0; -1 leaves the item to Python."""
    held = scope.w.temporary(call)
    scope.w.fail_if(f"{held} < 0")
    return Value(BOOL, (scope.w.temporary(f"{held} == 1"),))


def _all(holds: Callable[[str], bool]) -> Method:
    """isalpha and its like: whether all characters are in a table."""

    def operate(scope: Scope, arguments: list[Value], node: ast.Call) -> Value:
        (text,) = _texts(scope, arguments, 1, node)
        table = scope.w.constant_bytes(property_table(holds))
        return _told(scope, use(scope, "all_have", text, "constants", str(table)))

    return operate


def _some(wanted: Callable[[str], bool], other: Callable[[str], bool]) -> Method:
    """isupper and islower: whether a character is in one table, and none in the other."""

    def operate(scope: Scope, arguments: list[Value], node: ast.Call) -> Value:
        (text,) = _texts(scope, arguments, 1, node)
        tables = [str(scope.w.constant_bytes(property_table(holds))) for holds in (wanted, other)]
        return _told(scope, use(scope, "has_case", text, "constants", *tables))

    return operate


def _is_not_upper(character: str) -> bool:
    """Tell whether a character, small or of a title, keeps a text from being in upper case."""
    return character.islower() or (character.istitle() and not character.isupper())


def _blank(scope: Scope, arguments: list[Value], node: ast.Call) -> Value:
    (text,) = _texts(scope, arguments, 1, node)
    return Value(BOOL, (scope.w.temporary(use(scope, "all_blank", text)),))


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


def _found(fails: bool) -> Method:
    """``find`` and ``index``."""

    def operate(scope: Scope, arguments: list[Value], node: ast.Call) -> Value:
        text, part = _texts(scope, arguments, 2, node)
        w = scope.w
        found = w.temporary(use(scope, "find_text", text, part))
        if fails:
            w.fail_if(f"{found} < 0")
        before = use(scope, "count_characters", text.parts[0], text.parts[1], found)
        return Value(INT64, (w.temporary(f"{before} if {found} >= 0 else int64(-1)"),))

    return operate


def _count(scope: Scope, arguments: list[Value], node: ast.Call) -> Value:
    text, part = _texts(scope, arguments, 2, node)
    of_none = f"{use(scope, 'count_characters', text)} + 1"
    counted = use(scope, "count_text", text, part)
    return Value(INT64, (scope.w.temporary(f"{counted} if {part.parts[1]} < {part.parts[2]} else {of_none}"),))


METHODS: dict[str, Method] = {
    "lower": _cased("lower_text", str.lower), "upper": _cased("upper_text", str.upper), "replace": _replace,
    "startswith": _affix("starts_with"), "endswith": _affix("ends_with"),
    "find": _found(fails=False), "index": _found(fails=True), "count": _count,
    "strip": _stripped(3), "lstrip": _stripped(1), "rstrip": _stripped(2),
    "removeprefix": _affixless("starts_with", "start"), "removesuffix": _affixless("ends_with", "stop"),
    "isalpha": _all(str.isalpha), "isdigit": _all(str.isdigit), "isdecimal": _all(str.isdecimal),
    "isnumeric": _all(str.isnumeric), "isalnum": _all(str.isalnum), "isspace": _blank,
    "isupper": _some(str.isupper, _is_not_upper), "islower": _some(str.islower, str.istitle),
}  # fmt: skip
