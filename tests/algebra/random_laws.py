"""Programs that fold, reduce and merge at random: most are wrong, and whatever is accepted has to be right."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

HEAD = '''
import operator
from collections import Counter
from functools import reduce
from math import gcd, lcm, prod

from flowcc import Cluster, Process, broadcast, flow, gather, scatter


class Desk(Process):
    """Asks."""


class Clerks(Cluster):
    """Answer."""


def larger(a, b):
    if a >= b:
        return a
    return b

'''
TYPES = ("int", "int", "int", "bool", "str", "float", "tuple[int, int]", "tuple[bool, str]", "tuple[float, int]",
         "list[int]", "set[int]", "tuple[tuple[int, str], int]", "dict[str, int]", "set[float]")  # fmt: skip
OF_ANY = ("x", "x", "x", "(x, x)", "(0, x)", "x == x")
OF: dict[str, tuple[str, ...]] = {
    "int": ("abs(x)", "x * x", "x % 3", "-x", "x > 1", "x // 2", "x & 6", "x + 1", "min(x, 3)", "max(x, -2)",
            "x * x - 1", "-abs(x)", "float(x % 5)", "(x, 1)", "(x % 4, x > 0)", "x ** 2", "x | 1", "not x"),
    "bool": ("not x", "x + x", "x * 1", "(x, 2)"),
    "str": ("len(x)", "x + 'a'", "-len(x)", "x.count('a')", "x.find('a')", "(len(x), x)", "x.upper()"),
    "float": ("abs(x)", "x * x", "x + 1", "int(x > 0)"),
    "tuple[int, int]": ("x[0]", "x[0] * x[1]", "abs(x[1])", "(x[1], x[0])"),
    "list[int]": ("len(x)", "sum(x)", "sum(abs(y) for y in x)", "max([1, *x])"),
    "set[int]": ("len(x)", "sorted(x)"),
}  # fmt: skip
CONDITIONS = ("", "", "", " if x > 0", " if x >= 0", " if 0 < x < 5", " if x < 0", " if x > -3 and x != 1")
VALUES = (
    "0",
    "0",
    "1",
    "-1",
    "True",
    "False",
    "0.0",
    "''",
    "(0, 0)",
    "(0, '')",
    "None",
    "set()",
    "7",
    "-0.0",
    "(0, 1)",
)
LEAVES = ("{a} + {b}", "{b} + {a}", "{a} * {b}", "max({a}, {b})", "min({b}, {a})", "{a} if {a} > {b} else {b}",
          "{b} if {a} <= {b} else {a}", "{a} if {a} < {b} else {b}", "{a} | {b}", "{a} & {b}", "{a} ^ {b}",
          "{a} or {b}", "{a} and {b}", "gcd({a}, {b})", "lcm({a}, {b})", "{a}", "{b}", "{a} - {b}", "0",
          "{a} if {a} == {b} else {b}", "{a}.union({b})", "{{*{a}, *{b}}}", "{{**{a}, **{b}}}", "max(({a}, {b}))",
          "tuple(i + j for i, j in zip({a}, {b}))", "[max(i, j) for i, j in zip({a}, {b})]",
          "tuple(map(operator.add, {a}, {b}))", "{a} if not {a} < {b} else {b}", "{a} + {b} + 1")  # fmt: skip
NAMED = ("operator.add", "max", "min", "operator.or_", "operator.and_", "operator.xor", "gcd", "lcm", "operator.mul",
         "larger", "set.union", "operator.ior")  # fmt: skip
OF_ITEMS = ("{a} + len(str({b}))", "max({a}, len(str({b})))", "{a} + 1", "{a} + {b}", "{a}", "{a} | {{1}}", "7")
FOLDS = ("sum(mine)", "len(mine)", "min(mine)", "max(mine)", "any(mine)", "all(mine)", "set(mine)", "frozenset(mine)",
         "Counter(mine)", "prod(mine)", "dict(mine)", "{x: 1 for x in mine}", "{x: str(x) for x in mine}")  # fmt: skip
SOURCES = ("scatter(xs, Clerks)",) * 4 + ("scatter(xs, Clerks, by=lambda x: x)", "broadcast(xs, Clerks)")
STARTS = ("0", "1", "7", "-1")


@dataclass(frozen=True)
class Drawn:
    """A program with the flow ``f`` over items of a type."""

    text: str
    element: str

    @property
    def source(self) -> str:
        """The whole text of its module."""
        return HEAD + self.text


def drawn(seed: int) -> Drawn:
    """Return the program of a seed."""
    choose = Random(seed)
    element = choose.choice(TYPES)
    made = choose.choice((*OF_ANY, *OF.get(element, ()), *OF.get(element, ())))
    condition = choose.choice(CONDITIONS) if element in ("int", "float") else ""
    source = choose.choice(SOURCES)
    if element.startswith(("list", "set", "dict")):
        source = source.replace("by=lambda x: x", "by=str")  # what has no hash is no key
    fold, merge = _fold_and_merge(choose)
    lines = [f"    mine = [{made} for x in {source}{condition}]"]
    if choose.random() < 0.15 and fold.startswith("reduce"):
        lines += ["    mine = gather(mine, Desk)", f"    return {fold}"]
    else:
        lines.append(f"    return gather({fold}, Desk, merge={merge})")
    return Drawn(f"@flow\ndef f(xs: list[{element}]) -> object:\n" + "\n".join(lines) + "\n", element)


def _fold_and_merge(choose: Random) -> tuple[str, str]:
    kind = choose.random()
    if kind < 0.25:
        default = choose.choice(VALUES)
        function = choose.choice(("min", "max"))
        merge = choose.choice((function, function, _function(choose)))
        return f"{function}(mine, default={default})", merge
    if kind < 0.5:
        return choose.choice(FOLDS), _function(choose)
    if kind < 0.75:
        function = _function(choose)
        initial = choose.choice(("", "", f", {choose.choice(VALUES)}"))
        return f"reduce({function}, mine{initial})", choose.choice((function, function, _function(choose)))
    parts = [(choose.choice(OF_ITEMS), choose.choice(LEAVES[:12]), choose.choice(STARTS)) for _ in range(2)]
    if choose.random() < 0.7:
        parts = [(step, _same_operation(step, leaf), start) for step, leaf, start in parts]
    step = ", ".join(step.format(a=f"s[{at}]", b="x") for at, (step, _, _) in enumerate(parts))
    merged = ", ".join(leaf.format(a=f"a[{at}]", b=f"b[{at}]") for at, (_, leaf, _) in enumerate(parts))
    starts = ", ".join(start for _, _, start in parts)
    return f"reduce(lambda s, x: ({step}), mine, ({starts}))", f"lambda a, b: ({merged})"


def _same_operation(step: str, other: str) -> str:
    if step.startswith("max"):
        return "max({a}, {b})"
    return "{a} + {b}" if "+" in step else "{a}" if step in ("{a}", "7") else other


def _function(choose: Random) -> str:
    kind = choose.random()
    if kind < 0.3:
        return choose.choice(NAMED)
    if kind < 0.8:
        return "lambda a, b: " + choose.choice(LEAVES).format(a="a", b="b")
    parts = ", ".join(choose.choice(LEAVES).format(a=f"a[{at}]", b=f"b[{at}]") for at in range(2))
    return f"lambda a, b: ({parts})"
