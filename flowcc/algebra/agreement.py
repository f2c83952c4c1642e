"""Whether the order of a fold's items can show, and whether ``merge`` makes the whole of the folds of its shares.

Every fold is brought to the same form: terms of `terms`, on values of which `values` knows something, starting with a
value or with the first item. `operations` then says which laws hold.
"""

from __future__ import annotations

import ast
import math
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from flowcc.algebra.names import Binary, Names
from flowcc.algebra.operations import COUNTER, IN_PLACE, law_of
from flowcc.algebra.refute import evaluated, function_of, same, tried
from flowcc.algebra.terms import Constant, Either, First, Parts, Positions, Step, Term, term_of
from flowcc.algebra.values import BOOL, FLOAT, INT, NOTHING, STR, Fact, Reading, fact_of_value, joined
from flowcc.facts import UNKNOWN, Type
from flowcc.ir import Code, Fold

ROUNDING = frozenset(("add", "iadd", "mul"))
PLACE = ast.Name("_", ast.Load())
HELD_IN: Mapping[str, tuple[str, tuple[Any, ...]]] = MappingProxyType({
    # function: (operation that puts two results together, what it starts with)
    "sum": ("add", (0,)), "len": ("add", (0,)), "prod": ("mul", (1,)), "any": ("or_", (False,)),
    "all": ("and_", (True,)), "min": ("min", ()), "max": ("max", ()), "set": ("or_", (set(),)),
    "frozenset": ("or_", (frozenset(),)), "Counter": ("add", (Counter(),)), "dict": ("update", ({},)),
})  # fmt: skip


@dataclass(frozen=True)
class Form:
    """A fold as a term over values of which ``fact`` is known; ``start`` holds what it starts with, if anything."""

    term: Term
    fact: Fact
    start: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Unknown:
    """What keeps a law from being shown, in words."""

    why: str


def constant(code: Code, names: Names) -> tuple[Any, ...]:
    """Return the value of element code that reads nothing, alone in a tuple; an empty one for any other code."""
    tree = ast.parse(code.text, mode="eval").body
    if isinstance(tree, ast.Name) and tree.id in names.environment.settings:
        return (names.environment.settings[tree.id],)
    works, value = tried(ast.literal_eval, tree)
    if not works:
        works, value = tried(lambda: evaluated(tree, names))
    return (value,) if works else ()


def form_of(fold: Fold, items: Fact, names: Names) -> Form | Unknown:
    """Return the form of a fold of items of which ``items`` is known."""
    arguments = dict(fold.arguments)
    if fold.function == "reduce":
        return _reduction(arguments, items, names)
    if fold.function not in HELD_IN or "key" in arguments:
        with_key = " with a key" if "key" in arguments else ""
        return Unknown(f"nothing is known of how `{fold.function}`{with_key} makes the whole of its parts")
    operation, start = HELD_IN[fold.function]
    if "start" in arguments:
        start = constant(arguments["start"], names)
        if not start:
            return Unknown(f"`{arguments['start'].text}` is not known when the flow is compiled")
    fact = _folded(fold.function, items)
    if start and fold.function in ("sum", "prod"):
        fact = _together(operation, fact_of_value(start[0]), fact)
    return Form(Step(operation, PLACE, True), fact, start)


def _folded(function: str, items: Fact) -> Fact:
    """Return what is known of the values that a fold of Python's holds."""
    match function:
        case "any" | "all":
            return Fact(BOOL, 0, 1)
        case "len":
            return Fact(INT, 0)
        case "set" | "frozenset":
            return Fact(Type(function, (items.type,)))
        case "Counter":
            return Fact(Type(COUNTER, (items.type,)))
        case "dict":
            return Fact(Type("dict", items.type.arguments if items.type.name == "tuple" else ()))
    return items


def _together(operation: str, first: Fact, second: Fact) -> Fact:
    """Return what is known of results of which each begins with one and goes on with the other."""
    if operation in ("add", "iadd", "mul") and {first.type, second.type} <= {INT, BOOL, FLOAT}:
        return Fact(FLOAT if FLOAT in (first.type, second.type) else INT)
    return joined(first, second)


def _reduction(arguments: Mapping[str, Code], items: Fact, names: Names) -> Form | Unknown:
    function = arguments["function"]
    start: tuple[Any, ...] = ()
    if "initial" in arguments:
        start = constant(arguments["initial"], names)
        if not start:
            return Unknown(f"`{arguments['initial'].text}` is not known when the flow is compiled")
    binary = names.binary(function)
    term = term_of(binary, names) if binary is not None else None
    if binary is None or term is None:
        return Unknown(f"nothing shows what `{function.text}` does")
    reading = Reading(names, {**dict.fromkeys(binary.own, NOTHING), binary.second: items})
    fact = _held(term, items, start, reading)
    return fact if isinstance(fact, Unknown) else Form(term, fact, start)


def _held(term: Term, items: Fact, start: tuple[Any, ...], reading: Reading) -> Fact | Unknown:
    """Return what is known of the values that a reduction holds; ``items`` of the same component of an item."""
    match term:
        case Parts(parts=parts):
            starts = [(part,) for part in start[0]] if start and type(start[0]) is tuple else [() for _ in parts]
            sides = items.parts if not start else (NOTHING,) * len(parts)
            if len(starts) != len(parts) or len(sides) != len(parts) or bool(start) != bool(starts[0]):
                return Unknown(f"what is held is no tuple of {len(parts)}")
            found = [_held(*each, reading) for each in zip(parts, sides, starts, strict=True)]
            unknown = next((each for each in found if isinstance(each, Unknown)), None)
            facts = tuple(each for each in found if isinstance(each, Fact))
            return unknown or Fact(Type("tuple", tuple(fact.type for fact in facts)), parts=facts)
        case Step(operation=operation, given=given) if start:
            return _together(operation, fact_of_value(start[0]), reading.of(given))
        case Step(operation=operation, pure=True):
            return items if operation in ("min", "max") else _grown(operation, items)
        case Step(given=given):
            return Unknown(f"it starts with an item, and goes on with `{ast.unparse(given)}`")
        case First() | Constant() if start:
            return fact_of_value(start[0])
        case Positions() if start:
            fact = joined(fact_of_value(start[0]), items)
            return fact if fact != NOTHING else Unknown("it starts with something else than its items are")
    return items


def _grown(operation: str, items: Fact) -> Fact:
    """Return what is known of an operation's results, where it starts with the first item."""
    if items.type == BOOL and operation in ("add", "iadd", "mul"):
        return Fact(INT, 0)
    return replace(items, low=0 if items.low >= 0 else -math.inf, high=math.inf) if items.type == INT else items


def shows_order(form: Form) -> str:
    """Return what keeps the order of a fold's items from being shown not to matter; empty when it does not matter."""
    return _shows(form.term, form.fact, form.start)


def _shows(term: Term, fact: Fact, start: tuple[Any, ...]) -> str:
    match term:
        case Step(operation=operation):
            law = law_of(operation, fact)
            changes = operation in IN_PLACE and not (fact.is_whole or fact.type == FLOAT)
            return "" if law is not None and law.commutes and not changes else _no_law(operation, fact)
        case Parts(parts=parts):
            starts = [(part,) for part in start[0]] if start else [()] * len(parts)
            shown = [_shows(*each) for each in zip(parts, fact.parts, starts, strict=True)]
            return next(filter(None, shown), "")
        case Positions(equal=True) if not fact.parts:
            return "items of several lengths would raise, or not, in some orders"
        case Positions(each=each):
            return next(filter(None, (_shows(each, part, ()) for part in positions_of(fact))), "")
        case First():
            return "" if start else "which item comes first would show"
        case Constant(value=value):
            return "" if start and same(value, start[0]) else f"a single item does not become {value!r}"
    return "which item comes last would show"


def laws_in(term: Term, fact: Fact) -> Iterator[str]:
    """Give the laws by which a fold's components do not show the order of its items."""
    match term:
        case Step(operation=operation):
            law = law_of(operation, fact)
            yield f"{law.name} of {fact.type}" if law is not None else operation
        case Parts(parts=parts):
            for part, each in zip(parts, fact.parts, strict=True):
                yield from laws_in(part, each)
        case Positions(each=each):
            yield f"{next(laws_in(each, positions_of(fact)[0]))}, position by position"
        case First() | Constant():
            yield "a constant"


def rounds(term: Term, fact: Fact) -> bool:
    """Whether a fold adds or multiplies floats, which may round differently in another order."""
    match term:
        case Step(operation=operation):
            return fact.type == FLOAT and operation in ROUNDING
        case Parts(parts=parts):
            return any(map(rounds, parts, fact.parts))
        case Positions(each=each):
            return any(rounds(each, part) for part in positions_of(fact))
    return False


def positions_of(fact: Fact) -> tuple[Fact, ...]:
    """Return what is known of the items of a tuple or list, position by position."""
    if fact.parts:
        return fact.parts
    return (
        (Fact(fact.type.arguments[0]),) if fact.type.name in ("list", "tuple") and fact.type.arguments else (NOTHING,)
    )


def _no_law(operation: str, fact: Fact) -> str:
    if fact.type == UNKNOWN:
        return f"nothing shows what type of values `{operation}` is used on: annotate the function that gives them"
    return f"nothing shows that the order of `{operation}` does not matter for {fact.type}"


def merges(form: Form, merge: Binary, names: Names, disjoint: bool = False) -> tuple[str, ...] | Unknown:
    """Return the laws by which ``merge`` makes the whole of the folds of all shares, or what keeps it from being shown.

    ``disjoint`` says that no two shares hold different values of one key.
    """
    term = term_of(merge, names)
    if term is None:
        return Unknown("nothing shows what this function does")
    shown = "" if disjoint and form.fact.type.name == "dict" else shows_order(form)
    if shown:
        return Unknown(shown)
    found = _agree(form.term, term, form.fact, form.start)
    if not found:
        return Unknown("nothing shows that this is what the fold does with two items")
    return (
        found
        if not form.start or _starts_once(form.start[0], merge, names)
        else Unknown(f"each share starts with {form.start[0]!r}, which must count once")
    )


def _starts_once(start: Any, merge: Binary, names: Names) -> bool:
    """Whether two of what each share starts with make one."""
    function = function_of(merge, names)
    works, twice = tried(function, start, start) if function is not None else (False, None)
    return works and same(twice, start)


def _agree(fold: Term, merge: Term, fact: Fact, start: tuple[Any, ...]) -> tuple[str, ...]:
    """Return the laws, one a component, by which the merge continues the fold; none where it does not."""
    match fold, merge:
        case Step(operation=one), Step(operation=other, pure=True):
            law, second = law_of(one, fact), law_of(other, fact)
            agree = law is not None and second is not None and law.name == second.name
            return tuple(laws_in(fold, fact)) if agree else ()
        case Parts(parts=ones), Parts(parts=others) if len(ones) == len(others):
            starts = [(part,) for part in start[0]] if start else [()] * len(ones)
            each = [_agree(*four) for four in zip(ones, others, fact.parts, starts, strict=True)]
            return tuple(name for names in each for name in names) if all(each) else ()
        case Positions(kind=kind, each=one), Positions(kind=same_kind, each=other) if kind == same_kind:
            found = [_agree(one, other, part, ()) for part in positions_of(fact)]
            return tuple(laws_in(fold, fact)) if found and all(found) else ()
        case First() | Constant(), First() | Either() | Constant() if start:
            constant = not isinstance(merge, Constant) or same(merge.value, start[0])
            return ("a constant",) if constant else ()
        case First() | Constant(), Step() if start:
            return ("a constant",) if keeps_copies(merge, fact) else ()
    return ()


def keeps_copies(merge: Term, fact: Fact) -> bool:
    """Whether ``merge(x, x)`` is ``x`` for all values of which ``fact`` is known."""
    match merge:
        case First() | Either():
            return True
        case Step(operation=operation, pure=True):
            law = law_of(operation, fact)
            return law is not None and law.idempotent(fact)
        case Parts(parts=parts):
            return len(parts) == len(fact.parts) and all(map(keeps_copies, parts, fact.parts))
        case Positions(kind=kind, each=each):
            return kind == fact.type.name and all(keeps_copies(each, part) for part in positions_of(fact))
    return False


def keeps_default(function: str, default: object, items: Fact) -> bool:
    """Whether the result of a share without items, ``default``, changes no other: no item is on its far side."""
    if type(default) is tuple and len(default) == len(items.parts) > 0:
        return all(keeps_default(function, *pair) for pair in zip(default, items.parts, strict=True))
    if items.type == STR:
        return function == "max" and type(default) is str and not default
    if not isinstance(default, int | float) or not (items.is_whole or (items.type == FLOAT and items.total)):
        return False
    bound = items.low if function == "max" else items.high
    beyond = default < bound if function == "max" else default > bound
    unreached = items.is_whole and default == bound and math.isinf(bound)
    own = type(default).__name__ == items.type.name and repr(default) != "-0.0"
    return beyond or unreached or (own and default == bound)
