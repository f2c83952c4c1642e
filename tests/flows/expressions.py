"""Element code drawn by type: what may stand inside a comprehension, a lambda or a nested function.

Every expression is well-typed in the variables of its scope. Those that may raise are drawn only where ``partial`` is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, NamedTuple, TypeVar

from hypothesis import strategies as st

T = TypeVar("T")

TYPES: Mapping[str, str] = {
    "int": "int",
    "float": "float",
    "str": "str",
    "bool": "bool",
    "opt": "int | None",
    "pair": "tuple[int, str]",
    "row": "Row",
}

EDGES: Mapping[str, list[Any]] = {
    "int": [0, 1, -1, 2**31, -(2**31) - 1, 2**63 - 1, 2**63, -(2**63) - 1, 10**30],
    "float": [0.0, -0.0, 1.0, 0.1, -2.5, 1e308, 5e-324, float("inf"), float("-inf"), float("nan")],
    "str": ["", "a", "b", "ab", "A b", " a ", "é", "ß", "日本", "😀", "\x00", "12"],
}

INT_LITERALS = ["0", "1", "-1", "2", "3", "7", "255", "2 ** 31", "2 ** 63", "10 ** 20"]
FLOAT_LITERALS = ["0.0", "-0.0", "0.5", "2.5", "1e300"]
TEXT_LITERALS = ["''", "'a'", "'b '", "'é'", "'x-y'"]


class Row(NamedTuple):
    """An item with named parts."""

    a: int
    s: str


INTS = st.one_of(st.integers(-5, 5), st.sampled_from(EDGES["int"]))
TEXTS = st.one_of(st.sampled_from(EDGES["str"]), st.text(max_size=3))
ITEMS: Mapping[str, st.SearchStrategy[Any]] = {
    "int": INTS,
    "float": st.one_of(st.sampled_from(EDGES["float"]), st.integers(-9, 9).map(lambda n: n / 4)),
    "str": TEXTS,
    "bool": st.booleans(),
    "opt": st.one_of(st.none(), INTS),
    "pair": st.tuples(INTS, TEXTS),
    "row": st.builds(Row, INTS, TEXTS),
}
LONGEST = 8


class Choices:
    """Draws of a program in a few plain words, by Hypothesis, which can make a failing program smaller."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw

    def of(self, options: Sequence[T]) -> T:
        return self.draw(st.sampled_from(options))

    def number(self, least: int, most: int) -> int:
        return self.draw(st.integers(least, most))

    def chance(self, percent: int) -> bool:
        return self.number(0, 99) >= 100 - percent

    def items(self, kind: str) -> list[object]:
        return self.draw(st.lists(ITEMS[kind], max_size=LONGEST))


class RandomChoices(Choices):
    """The same draws from a seed: fast, and no two programs alike."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)

    def of(self, options: Sequence[T]) -> T:
        return self.random.choice(options)

    def number(self, least: int, most: int) -> int:
        return self.random.randint(least, most)

    def items(self, kind: str) -> list[object]:
        return [self._item(kind) for _ in range(self.random.randint(0, LONGEST))]

    def _item(self, kind: str) -> object:
        match kind:
            case "bool":
                return self.chance(50)
            case "opt":
                return None if self.chance(30) else self._item("int")
            case "pair":
                return (self._item("int"), self._item("str"))
            case "row":
                return Row(self.number(-5, 5), self.of(EDGES["str"]))
        if self.chance(40):
            return self.of(EDGES[kind])
        number = self.number(-5, 5)
        return {"int": number, "float": number / 4, "str": chr(abs(number) + 95) * self.number(0, 2)}[kind]


@dataclass(frozen=True)
class Scope:
    """Variables of element code: name → type."""

    names: Mapping[str, str]
    partial: bool = False

    def of_type(self, kind: str) -> list[str]:
        return [name for name, held in self.names.items() if held == kind]


def expression(kind: str, scope: Scope, choose: Choices, depth: int = 2) -> str:
    """Return an expression of type ``kind``."""
    text = _expression(kind, scope, choose, depth)
    weak = (kind == "bool" and " " in text) or any(word in text for word in (" if ", "lambda", " or "))
    return f"({text})" if weak else text


def _expression(kind: str, scope: Scope, choose: Choices, depth: int) -> str:
    known = scope.of_type(kind)
    if known and (depth == 0 or choose.chance(35)):
        return choose.of(known)
    if depth == 0:
        return _leaf(kind, scope, choose)
    return _MAKERS[kind](scope, choose, depth - 1)


def _leaf(kind: str, scope: Scope, choose: Choices) -> str:
    match kind:
        case "int":
            held = [f"{name}.a" for name in scope.of_type("row")] + [f"{name}[0]" for name in scope.of_type("pair")]
            return choose.of(held + [f"len({name})" for name in scope.of_type("str")] + INT_LITERALS)
        case "float":
            return choose.of(FLOAT_LITERALS)
        case "str":
            held = [f"{name}.s" for name in scope.of_type("row")] + [f"{name}[1]" for name in scope.of_type("pair")]
            return choose.of([*held, *(f"str({name})" for name in scope.of_type("int")), *TEXT_LITERALS])
        case "bool":
            return choose.of(["True", "False", *(f"{name} is None" for name in scope.of_type("opt"))])
        case "opt":
            return choose.of(["None", *scope.of_type("int"), "3"])
    number, text = _leaf("int", scope, choose), _leaf("str", scope, choose)
    return f"Row({number}, {text})" if kind == "row" else f"({number}, {text})"


def _int(scope: Scope, choose: Choices, depth: int) -> str:
    a = expression("int", scope, choose, depth)
    form = choose.of([
        "{a} + {b}", "{a} - {b}", "{a} * {b}", "{a} // 3", "{a} % 7", "-{a}", "abs({a})", "({a}) & 255",
        "max({a}, {b})",
        "len({s})", "{a} if {c} else {b}", "int({c})", "twice({a})", "divmod({a}, 3)[1]", "sum(range(({a}) % 5))",
        "ord({s}[0]) if {s} else 0", "{o} or 0", "(lambda q: q * q)({a})", "len([q for q in {s} if q > 'a'])",
    ] + (["{a} // ({b})", "{a} % ({b})", "int({s})", "(1, 2, 3)[{a}]"] if scope.partial else []))  # fmt: skip
    return _filled(form, a, scope, choose, depth)


def _float(scope: Scope, choose: Choices, depth: int) -> str:
    f = expression("float", scope, choose, depth)
    form = choose.of(["{f} + {g}", "{f} * 0.5", "-({f})", "min({f}, {g})", "(({a}) % 1000) / 8", "{f} if {c} else {g}"]
                     + (["1.0 / ({f})", "float({s})"] if scope.partial else []))  # fmt: skip
    return _filled(form.replace("{f}", f"({f})"), None, scope, choose, depth)


def _str(scope: Scope, choose: Choices, depth: int) -> str:
    shown = [f"f'<{{{name}}}>'" for name in scope.names if name.isidentifier()]
    form = choose.of([
        *shown[:1], "{s}.upper()", "{s}.lower()", "{s}.strip()", "{s} + {t}", "{s}[:2]", "{s}[::-1]",
        "'%s:%r' % ({a}, {s})",
        "str({a})", "{s}.replace('a', 'bb')", "'-'.join(({s}, {t}))", "{s} if {c} else {t}", "clean({s})", "{s} * 2",
    ] + (["{s}[0]", "{s}.split('a')[1]"] if scope.partial else []))  # fmt: skip
    return _filled(form, None, scope, choose, depth)


def _bool(scope: Scope, choose: Choices, depth: int) -> str:
    form = choose.of([
        "{a} < {b}", "{a} == {b}", "{s} < {t}", "not {c}", "{c} and {d}", "{c} or {d}", "{s}.startswith('a')",
        "'a' in {s}", "{a} in (1, 2, 3)", "{f} > 0", "({o} or 0) == 0", "{s}.isalpha()", "({a}) % 2 == 0",
        "0 < {a} <= 5",
    ])  # fmt: skip
    return _filled(form, None, scope, choose, depth)


def _made(form: str) -> Callable[[Scope, Choices, int], str]:
    return lambda scope, choose, depth: _filled(form, None, scope, choose, depth)


_MAKERS: Mapping[str, Callable[[Scope, Choices, int], str]] = {
    "int": _int,
    "float": _float,
    "str": _str,
    "bool": _bool,
    "opt": _made("{a} if {c} else None"),
    "pair": _made("({a}, {s})"),
    "row": _made("Row({a}, {s})"),
}
_HOLES = {
    "a": "int",
    "b": "int",
    "s": "str",
    "t": "str",
    "c": "bool",
    "d": "bool",
    "f": "float",
    "g": "float",
    "o": "opt",
}


def _filled(form: str, a: str | None, scope: Scope, choose: Choices, depth: int) -> str:
    """Fill the holes of ``form``; what is filled in twice is the same both times."""
    if form.startswith("f'"):
        return form  # its braces are Python's own
    made = {} if a is None else {"a": a}
    for hole in dict.fromkeys(re.findall(r"{([a-z])}", form)):
        if hole not in made:
            made[hole] = expression(_HOLES[hole], scope, choose, depth)
    return re.sub(r"{([a-z])}", lambda hole: _operand(made[hole[1]]), form)


def _operand(text: str) -> str:
    return text if text.isidentifier() else f"({text})"
