"""The laws that a flow rests on: how each was established, or a counterexample, or what could not be shown.

A reduction of what is in no order must not care for order; a ``merge`` must make the whole of the folds of all shares,
whatever they hold; and where every member holds the same, two copies must make one.
"""

from __future__ import annotations

import ast
import statistics
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import reduce
from math import prod
from types import MappingProxyType
from typing import Any

from flowcc.algebra.agreement import (
    Form,
    Unknown,
    constant,
    form_of,
    keeps_copies,
    keeps_default,
    laws_in,
    merges,
    rounds,
    shows_order,
)  # fmt: skip
from flowcc.algebra.names import Names
from flowcc.algebra.operations import is_ordered
from flowcc.algebra.refute import evaluated, function_of, refute_copies, refute_merge, refute_order, tried, values_of
from flowcc.algebra.terms import term_of
from flowcc.algebra.values import Fact
from flowcc.facts import Order, Shape
from flowcc.ir import Code, Flow, Fold, Move, Op
from flowcc.passes.items import items_of, value_of
from flowcc.passes.trace import has_unique_keys, writers

FOLDS: Mapping[str, Callable[..., Any]] = MappingProxyType({
    "sum": sum, "len": len, "min": min, "max": max, "any": any, "all": all, "prod": prod, "set": set, "dict": dict,
    "frozenset": frozenset, "Counter": Counter, "mean": statistics.mean, "fmean": statistics.fmean,
    "reduce": lambda items, function, **initial: reduce(function, items, *initial.values()),
})  # fmt: skip


@dataclass(frozen=True)
class Finding:
    """What is known of a law: ``holds`` says how it was established, or is empty; ``why`` then says what is wrong.

    ``rounds`` says that it holds but for the rounding of floats.
    """

    holds: str = ""
    why: str = ""
    rounds: bool = False


@dataclass(frozen=True)
class Laws:
    """Finds out the laws of one flow."""

    flow: Flow
    names: Names
    made: dict[str, Op]

    def merge(self, move: Move) -> Finding:
        """Whether a gather's ``merge`` makes one value of the members'."""
        held, merge = move.inputs[0], move.merge
        assert merge is not None
        if held.facts.shape is not Shape.VALUE:
            return Finding(why="entries of a group arrive one by one, and are no value yet")
        if held.facts.share == "copies":
            return self._copies(move, merge)
        fold = self.made[held.name]
        if not isinstance(fold, Fold):
            return Finding(why="each member computed its value from its own share, and it is no fold of it")
        found = self._claimed(fold, merge) or self._merged(fold, merge)
        if not isinstance(found, str):
            return Finding(why=self._counterexample(fold, merge) or found.why)
        if self._may_raise(fold):
            return Finding(why=f"a member without items raises, since `{fold.function}` of nothing does")
        form = form_of(fold, items_of(fold.inputs[0], self.made, self.names), self.names)
        return Finding(found, rounds=isinstance(form, Form) and rounds(form.term, form.fact))

    def order(self, fold: Fold) -> Finding:
        """Whether a ``reduce`` does not show the order of its items."""
        function = dict(fold.arguments)["function"]
        if "commutative" in function.claims:
            return Finding("claimed and tested: commutative")
        items = items_of(fold.inputs[0], self.made, self.names)
        form = form_of(fold, items, self.names)
        shown = form.why if isinstance(form, Unknown) else shows_order(form)
        if not shown and isinstance(form, Form):
            laws = ", ".join(laws_in(form.term, form.fact))
            return Finding(f"recognised: {laws}", rounds=rounds(form.term, form.fact))
        called, initial = function_of(self.names.binary(function), self.names), self._arguments(fold).get("initial")
        start = () if initial is None else (initial,)
        return Finding(why=(refute_order(called, items, start) if called is not None else "") or shown)

    def _copies(self, move: Move, merge: Code) -> Finding:
        binary, fact = self.names.binary(merge), value_of(move.inputs[0], self.made, self.names)
        term = term_of(binary, self.names) if binary is not None else None
        if term is not None and keeps_copies(term, fact):
            return Finding("recognised: every member holds the same, and merge(x, x) is x")
        function = function_of(binary, self.names)
        found = refute_copies(function, self._values(move, fact)) if function is not None else ""
        return Finding(why=found or "every member holds the same, and nothing shows that merge(x, x) is x")

    def _values(self, move: Move, fact: Fact) -> Iterator[Any]:
        """Give small values that each member may hold: of a fold, those of a few items."""
        fold = self.made[move.inputs[0].name]
        called = self._called(fold) if isinstance(fold, Fold) else None
        if called is None:
            yield from values_of(fact)
            return
        items = values_of(items_of(fold.inputs[0], self.made, self.names))
        for some in ([], *([item] for item in items), *([first, second] for first in items for second in items)):
            works, value = tried(called, list(some))
            if works:
                yield value

    def _claimed(self, fold: Fold, merge: Code) -> str:
        function = dict(fold.arguments).get("function")
        if function != merge or "initial" in dict(fold.arguments) or function is None:
            return ""
        both = {"commutative", "associative"} <= set(function.claims)
        return "claimed and tested: commutative, associative" if both else ""

    def _merged(self, fold: Fold, merge: Code) -> str | Unknown:
        """Return how it was recognised that a merge continues its fold."""
        items = items_of(fold.inputs[0], self.made, self.names)
        form, binary = form_of(fold, items, self.names), self.names.binary(merge)
        if isinstance(form, Unknown):
            return form
        if binary is None:
            return Unknown(f"nothing is known of `{merge.text}`")
        apart = self._keeps_apart(fold, items)
        found = merges(form, binary, self.names, bool(apart))
        if isinstance(found, Unknown):
            return found
        said = f"recognised: {', '.join(found)}"
        if form.start and fold.arguments:
            said += f"; each share may start with {form.start[0]!r}"
        if apart and fold.function == "dict":
            said += f"; {apart}"
        default = dict(fold.arguments).get("default")
        if default is None:
            return said
        known = constant(default, self.names)
        if not known or not keeps_default(fold.function, known[0], items):
            side = "below" if fold.function == "max" else "above"
            return Unknown(f"nothing shows that no item is {side} the default `{default.text}`")
        return f"{said}; no item is {'below' if fold.function == 'max' else 'above'} {known[0]!r}"

    def _keeps_apart(self, fold: Fold, items: Fact) -> str:
        """Return why no two members hold different values of one key; empty where they may."""
        if fold.out.facts.share == "by keys":
            return "members hold different keys"
        unique = has_unique_keys(fold.inputs[0], self.made)
        return "the value follows from the key" if unique and items.parts and is_ordered(items.parts[0]) else ""

    def _may_raise(self, fold: Fold) -> bool:
        """Whether a share without items raises: it says nothing only where the merge alone reads its fold."""
        given = {name for name, _ in fold.arguments}
        nothing = (fold.function in ("min", "max") and "default" not in given) or (
            fold.function == "reduce" and "initial" not in given
        )
        alone = self.flow.readers()[fold.out] == 1 and len(fold.inputs) == 1
        return nothing and not alone

    def _arguments(self, fold: Fold) -> dict[str, Any]:
        """Return a fold's further arguments as far as they can be tried."""
        found: dict[str, Any] = {}
        for name, code in fold.arguments:
            if name == "function":
                function = function_of(self.names.binary(code), self.names)
                known: tuple[Any, ...] = () if function is None else (function,)
            elif name == "key":
                works, key = tried(lambda code=code: evaluated(ast.parse(code.text, mode="eval").body, self.names))
                known = (key,) if works else ()
            else:
                known = constant(code, self.names)
            if known:
                found[name] = known[0]
        return found

    def _called(self, fold: Fold) -> Callable[..., Any] | None:
        """Return a fold as a function of a list to try; None where it cannot be tried."""
        arguments = self._arguments(fold)
        if fold.function not in FOLDS or len(arguments) < len(fold.arguments):
            return None
        return lambda items: FOLDS[fold.function](items, **arguments)

    def _counterexample(self, fold: Fold, merge: Code) -> str:
        function, called = function_of(self.names.binary(merge), self.names), self._called(fold)
        if function is None or called is None:
            return ""
        items = items_of(fold.inputs[0], self.made, self.names)
        key: Callable[..., Any] | None = None
        if fold.out.facts.share == "by keys":
            key = (lambda item: item[0]) if fold.function == "dict" else (lambda item: item)
        return refute_merge(called, function, items, key)


def laws_of(flow: Flow, names: Names) -> Laws:
    """Return what finds out the laws of a flow."""
    return Laws(flow, names, writers(flow))


def established(flow: Flow, names: Names) -> Iterator[tuple[Op, Finding]]:
    """Give each operator of an accepted flow that rests on a law, with how it was established."""
    laws = laws_of(flow, names)
    for op in flow.ops:
        if isinstance(op, Move) and op.merge is not None:
            yield op, laws.merge(op)
        if isinstance(op, Fold) and op.function == "reduce" and op.inputs[0].facts.order is not Order.TOTAL:
            yield op, laws.order(op)
