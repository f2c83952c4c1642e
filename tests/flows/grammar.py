"""Whole flows as Python source text, well-typed by construction, with inputs: the programs that the tests compare.

Sections 2 to 4 of the language, live parts aside. A program returns everything it computed and did not use,
so that no operator is dead.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from hypothesis import strategies as st

from tests.flows import collections_of, moves_of, values_of
from tests.flows.expressions import TYPES, Choices, RandomChoices
from tests.flows.variables import HERE, Draft, Var, is_items, on_process

PRELUDE = """\
import heapq
import operator
from collections import Counter
from functools import reduce
from heapq import nlargest, nsmallest
from itertools import accumulate, chain, dropwhile, filterfalse, groupby, islice, pairwise, product, starmap, takewhile
from math import fsum, prod
from statistics import fmean, mean

from flowcc import (
    Bag, Batch, Cluster, Here, Process, Stream, broadcast, fixpoint, flow, gather, group, merge, route, scan, scatter,
    send, sessions, size, trust, unordered, windows,
)
from tests.flows.expressions import Row


class Desk(Process): ...


class Reader(Process): ...


class Clerks(Cluster): ...


class Counters(Cluster): ...


OFFSET = 3


def twice(number):
    return 2 * number


def clean(text):
    return text.strip().lower()


@flow
def doubled(numbers: Batch[int]) -> Batch[int]:
    return [2 * number for number in numbers if number != OFFSET]


@flow
def bounds(numbers: Batch[int]):
    return min(numbers, default=0), max(numbers, default=0)


"""


@dataclass(frozen=True)
class Program:
    """A drawn flow ``f``: its text, what it is given, and which of its results come in an order."""

    text: str
    arguments: dict[str, list[object]]
    ordered: tuple[bool, ...]
    partial: bool

    @property
    def source(self) -> str:
        """The text of the whole module."""
        return PRELUDE + self.text


STATEMENTS: list[tuple[int, Callable[[Draft], None]]] = [
    (5, collections_of.mapped),
    (2, collections_of.joined),
    (2, collections_of.looked_up),
    (3, collections_of.taken),
    (2, collections_of.ranked),
    (2, collections_of.together),
    (2, collections_of.scanned),
    (3, values_of.folded),
    (2, values_of.gathered_up),
    (3, values_of.grouped),
    (2, values_of.opened),
    (2, values_of.applied),
    (1, values_of.closed),
    (1, values_of.windowed),
    (1, moves_of.sent),
    (3, moves_of.on_members),
    (1, moves_of.copied),
    (2, moves_of.brought_back),
]
WEIGHTED = [statement for weight, statement in STATEMENTS for _ in range(weight)]


@st.composite
def programs(draw: st.DrawFn) -> Program:
    """Draw a program and arguments for it."""
    return drawn(Choices(draw))


def program_of(seed: int) -> Program:
    """Return the program of a seed."""
    return drawn(RandomChoices(seed))


def drawn(choose: Choices) -> Program:
    """Return a program of these choices."""
    draft = Draft(choose, partial=choose.chance(20))
    parameters = [_parameter(draft, name) for name in ("xs", "ys", "zs")[: choose.number(1, 3)]]
    arguments = {var.name: choose.items(var.element) for var in parameters}
    header = [f"{var.name}: {_annotation(var)}" for var in parameters]
    if choose.chance(25):
        draft.settings["n"] = choose.number(-1, 4)
        header.append(f"n: int = {draft.settings['n']}")
    for _ in range(choose.number(1, 6)):
        choose.of([*WEIGHTED, _unrolled, _chosen, _inlined, _defined])(draft)
    moves_of.home(draft)
    results = [var for var in draft.variables if var.name in draft.unread and not var.share]
    results = results or [var for var in draft.variables if not var.share]
    names = ", ".join(var.name for var in results)
    lines = ["@flow", f"def f({', '.join(header)}):", *draft.lines, f"    return {names}"]
    ordered = tuple(var.ordered or var.shape != "items" for var in results)
    return Program("\n".join(lines) + "\n", arguments, ordered, draft.partial)


def _parameter(draft: Draft, name: str) -> Var:
    kind = draft.choose.of(["Batch", "Batch", "Batch", "Stream", "Bag"])
    place = draft.choose.of([HERE, HERE, HERE, HERE, "Desk"])
    element = draft.choose.of(collections_of.ELEMENTS)
    var = Var(name, "items", element, place=place, ordered=kind != "Bag", ends=kind != "Stream")
    draft.variables.append(var)
    draft.unread.append(name)
    return var


def _annotation(var: Var) -> str:
    kind = "Bag" if not var.ordered else "Batch" if var.ends else "Stream"
    return f"{kind}[{TYPES[var.element]}" + ("]" if var.place == HERE else f", {var.place}]")


def _numbers(draft: Draft) -> Var | None:
    return draft.pick(lambda var: is_items(var) and on_process(var) and var.element == "int")


def _unrolled(draft: Draft) -> None:
    """Add a loop over values known when the flow is compiled; it binds a variable again and again."""
    xs = _numbers(draft)
    if xs is None:
        return
    name = draft.fresh()
    over = draft.choose.of(["range(3)", "(1, -2)", "[4]"] + (["range(n)"] if "n" in draft.settings else []))
    draft.lines.append(f"    {name} = {draft.read(xs)}")
    draft.lines.append(f"    for i in {over}:")
    step = draft.choose.of([f"[x + i for x in {name}]", f"[x * i for x in {name} if x != i]"])
    draft.lines.append(f"        {name} = {step}")
    draft.keep(Var(name, "items", "int", place=xs.place, ordered=xs.ordered, ends=xs.ends))


def _chosen(draft: Draft) -> None:
    """Add a branch over values known when the flow is compiled."""
    xs = _numbers(draft)
    if xs is None:
        return
    name, source = draft.fresh(), draft.read(xs)
    test = draft.choose.of(["OFFSET > 2", "False"] + (["n > 1", "n"] if "n" in draft.settings else []))
    draft.lines += [f"    if {test}:", f"        {name} = [x + 1 for x in {source}]"]
    draft.lines += ["    else:", f"        {name} = [x // 2 for x in {source}]"]
    draft.keep(Var(name, "items", "int", place=xs.place, ordered=xs.ordered, ends=xs.ends))


def _inlined(draft: Draft) -> None:
    """Add a call of another flow, or tuple unpacking."""
    xs = draft.pick(lambda var: is_items(var) and var.place == HERE and not var.share and var.element == "int"
                    and var.ends and var.ordered)  # fmt: skip
    if xs is None:
        return
    source = draft.read(xs)
    if draft.choose.chance(50):
        draft.assign(f"doubled({source})", draft.named(Var("", "items", "int")))
        return
    low, high = draft.fresh(), draft.fresh()
    what = draft.choose.of([f"bounds({source})", f"(len({source}), sum({source}))"])
    draft.lines.append(f"    {low}, {high} = {what}")
    for name in (low, high):
        draft.keep(Var(name, "value", "int"))


def _defined(draft: Draft) -> None:
    """Add a nested function or a lambda with a name, and use it."""
    xs = _numbers(draft)
    if xs is None:
        return
    helper, source = "g" + draft.fresh(), draft.read(xs)
    body = draft.expression("int", x="int")
    if draft.choose.chance(50):
        draft.lines += [f"    def {helper}(x):", f"        y = {body}", "        return y - OFFSET"]
    else:
        draft.lines.append(f"    {helper} = lambda x: {body}")
    text = draft.choose.of([f"[{helper}(x) for x in {source}]", f"list(map({helper}, {source}))"])
    draft.assign(text, draft.named(Var("", "items", "int", place=xs.place, ordered=xs.ordered, ends=xs.ends)))
