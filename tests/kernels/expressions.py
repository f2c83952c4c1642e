"""A grammar of typed expressions over an item ``a: int, b: float, c: bool, s: str, d: int | None, e: int``."""

from __future__ import annotations

import random

CONSTANTS = {
    "i": [
        "0",
        "1",
        "-1",
        "2",
        "3",
        "7",
        "-7",
        "10",
        "63",
        "1000",
        "2**31",
        "2**53",
        "2**53 + 1",
        "2**62",
        "2**63 - 1",
        "-2**63",
    ],
    "f": ["0.0", "-0.0", "1.0", "0.5", "-2.5", "1e308", "1e-308", "3.7", "float(2**53)", "math.inf", "math.pi"],
    "b": ["True", "False"],
    "s": ["''", "'a'", "'A'", "'b c'", "','", "'é'", "' '", "'aa'"],
}
NAMES = {"i": ["a", "e", "a", "e", "(d if d is not None else a)"], "f": ["b"], "b": ["c", "(d is None)"], "s": ["s"]}

FORMS = {
    "i": [
        "({i} + {i})",
        "({i} - {i})",
        "({i} * {i})",
        "({i} // {i})",
        "({i} % {i})",
        "({i} + {i})",
        "({i} * {i})",
        "({i} << {k})",
        "({i} >> {k})",
        "({i} << ({i} % 200 - 5))",
        "({i} >> {i})",
        "({i} & {i})",
        "({i} | {i})",
        "({i} ^ {i})",
        "(-{i})",
        "(~{i})",
        "(+{b})",
        "abs({i})",
        "({i} ** {p})",
        "({k} ** ({i} % 70))",
        "(({i} % 100 - 50) ** ({i} % 20))",
        "min({i}, {i})",
        "max({i}, {i}, {i})",
        "int({f})",
        "round({f})",
        "math.floor({f})",
        "math.ceil({f})",
        "math.trunc({f})",
        "int({b})",
        "len({s})",
        "({i} if {b} else {i})",
        "({i} or {i})",
        "({i} and {i})",
        "divmod({i}, {i})[0]",
        "divmod({i}, {i})[1]",
        "({b} + {b})",
        "helper({i}, {i})",
        "(d + {i})",
        "{s}.find({s})",
        "{s}.count({s})",
        "({i} // {k})",
        "({i} % {k})",
        "(lambda q: q * q)({i})",
        "({i}, {i})[{z}]",
        "round({i})",
        "sum(q * {i} for q in range({i} % 5))",
        "sum(q for q in ({i}, {i}) if q > {i})",
        "max(q ^ {i} for q in range(1 + {i} % 5))",
        "min(q ^ {i} for q in range({i} % 3))",
        "sum(len(w) for w in {s}.split())",
        "len([w for w in {s}.split({s}) if w])",
        "int({i})",
    ],
    "f": [
        "({f} + {f})",
        "({f} - {f})",
        "({f} * {f})",
        "({f} / {f})",
        "({f} // {f})",
        "({f} % {f})",
        "({f} ** {f})",
        "(-{f})",
        "abs({f})",
        "min({f}, {f})",
        "max({f}, {f})",
        "float({i})",
        "({i} / {i})",
        "({i} * {f})",
        "({f} + {i})",
        "({f} - {b})",
        "math.sqrt({f})",
        "math.exp({f})",
        "math.log({f})",
        "math.sin({f})",
        "math.cos({f})",
        "math.tan({f})",
        "math.atan({f})",
        "math.log10({f})",
        "math.log2({f})",
        "math.log1p({f})",
        "math.expm1({f})",
        "math.tanh({f})",
        "math.asin({f})",
        "math.atan2({f}, {f})",
        "math.fmod({f}, {f})",
        "math.copysign({f}, {f})",
        "math.fabs({f})",
        "({f} if {b} else {f})",
        "({f} or {f})",
        "({f} and {f})",
        "divmod({f}, {f})[0]",
        "divmod({f}, {f})[1]",
        "({f} ** {k})",
        "math.sqrt({i})",
        "({f} // {i})",
        "({i} % {f})",
        "math.log({i})",
    ],
    "b": [
        "({i} < {i})",
        "({i} == {i})",
        "({i} != {f})",
        "({i} < {f})",
        "({f} >= {i})",
        "({f} == {f})",
        "({f} <= {f})",
        "({i} > {b})",
        "(not {b})",
        "(not {i})",
        "(not {s})",
        "({b} and {b})",
        "({b} or {b})",
        "({i} < {i} <= {i})",
        "({f} < {i} < {f})",
        "({s} == {s})",
        "({s} < {s})",
        "({s} >= {s})",
        "({s} in {s})",
        "({s} not in {s})",
        "{s}.startswith({s})",
        "{s}.endswith({s})",
        "{s}.isalpha()",
        "{s}.isdigit()",
        "{s}.isalnum()",
        "{s}.isspace()",
        "{s}.isupper()",
        "{s}.islower()",
        "math.isnan({f})",
        "math.isinf({f})",
        "math.isfinite({f})",
        "any({i} > q for q in range({i} % 5))",
        "all(q % 2 for q in range({i} % 4, {i} % 9, 3))",
        "any(w.isalpha() for w in {s}.split())",
        "bool({i})",
        "bool({f})",
        "bool({s})",
        "(d == {i})",
        "(d is not None)",
        "({i} in (0, 1, {i}))",
        "({b} & {b})",
        "({b} ^ {b})",
        "({i} if {b} else {i}) > 3",
        "({i}, {s}) == ({i}, {s})",
        "(b if c else b) != b",
        "({s} in ('a', 'abc', ''))",
        "{f}.is_integer()",
        "(d and {b}) is None",
    ],
    "s": [
        "{s}.lower()",
        "{s}.upper()",
        "{s}.strip()",
        "{s}.lstrip()",
        "{s}.rstrip()",
        "({s} + {s})",
        "{s}[{i}:]",
        "{s}[:{i}]",
        "{s}[{k}:{i}]",
        "{s}[{i}]",
        "{s}[{z}]",
        "{s}.replace({s}, {s})",
        "str({i})",
        "str({b})",
        "({s} if {b} else {s})",
        "({s} or {s})",
        "({s} and {s})",
        "min({s}, {s})",
        "max({s}, {s})",
        "{s}.removeprefix({s})",
        "{s}.removesuffix({s})",
        "f'{{a}}:{{s}}'",
        "kind({i})",
        "str({s})",
    ],
}


def expression(rng: random.Random, kind: str, depth: int) -> str:
    """Return a random expression: ``i`` int, ``f`` float, ``b`` bool, ``s`` str."""
    if depth == 0:
        return rng.choice(NAMES[kind]) if rng.random() < 0.75 else f"({rng.choice(CONSTANTS[kind])})"
    form = rng.choice(FORMS[kind])
    parts: list[str] = []
    while form:
        before, brace, rest = form.partition("{")
        parts.append(before.replace("}}", "}"))
        if not brace:
            break
        if rest.startswith("{"):
            parts.append("{")
            form = rest[1:]
            continue
        hole, _, form = rest.partition("}")
        parts.append(_filled(rng, hole, depth))
    return "".join(parts)


def _filled(rng: random.Random, hole: str, depth: int) -> str:
    if hole == "k":
        return str(rng.choice([1, 2, 3, 5, 10, 31, 62, 64]))
    if hole == "p":
        return str(rng.choice([0, 1, 2, 3, 5, 8]))
    if hole == "z":
        return str(rng.choice([0, 1, -1]))
    return expression(rng, hole, depth - 1)
