"""The table of operations whose laws are known, by the types they are known for.

An operation in the table is associative. ``add`` of strings is not: what it does to its arguments' order shows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flowcc.algebra.values import BOOL, FLOAT, INT, Fact
from flowcc.facts import Type

COUNTER = "Counter"  # the type of a `Counter`, which facts of wires call a dict
IN_PLACE = frozenset(("iadd", "ior"))  # they change a set or list that is held, which may be an item of the caller's
Test = Callable[[Fact], bool]


@dataclass(frozen=True, slots=True)
class Law:
    """``operations`` are one function on the values for which ``holds``, and it is associative.

    ``commutes`` says that order cannot show; ``idempotent`` of which values ``f(x, x)`` is ``x``.
    """

    name: str
    operations: frozenset[str]
    holds: Test
    commutes: bool
    idempotent: Test


def is_ordered(fact: Fact) -> bool:
    """Whether equal values cannot be told apart, and any two compare: not so of floats with nan or two zeros."""
    if fact.type == FLOAT:
        return fact.total
    if fact.parts:
        return all(map(is_ordered, fact.parts))
    return _is_ordered_type(fact.type)


def _is_ordered_type(held: Type) -> bool:
    if held.name in ("list", "tuple") and held.arguments:
        return all(part.name == "..." or _is_ordered_type(part) for part in held.arguments)
    return held.name in ("int", "bool", "str", "bytes")


def is_comparable(fact: Fact) -> bool:
    """Whether any two values compare, though equal ones may be told apart."""
    return _is_comparable_type(fact.type)


def _is_comparable_type(held: Type) -> bool:
    if held.name in ("list", "tuple", "set", "frozenset") and held.arguments:
        return all(part.name == "..." or _is_comparable_type(part) for part in held.arguments)
    return held.name in ("int", "bool", "float", "str", "bytes")


def is_number(fact: Fact) -> bool:
    """Whether these are ints, bools or floats; sums of floats are the documented exception to all laws."""
    return fact.type in (INT, BOOL, FLOAT)


def is_whole(fact: Fact) -> bool:
    """Whether these are ints or bools."""
    return fact.is_whole


def is_bool(fact: Fact) -> bool:
    """Whether these are bools."""
    return fact.type == BOOL


def _is_natural(fact: Fact) -> bool:
    return fact.type == INT and fact.low >= 0


def _is_set(fact: Fact) -> bool:
    return fact.type.name in ("set", "frozenset")


def _is_plain_set(fact: Fact) -> bool:
    return fact.type.name == "set"


def _is_frozen_set(fact: Fact) -> bool:
    return fact.type.name == "frozenset"


def _is_counter(fact: Fact) -> bool:
    return fact.type.name == COUNTER


def _has_ordered_keys(fact: Fact) -> bool:
    """Whether keys or elements that are equal are the same; a nan is equal to no copy of it."""
    return bool(fact.type.arguments) and _is_ordered_type(fact.type.arguments[0])


def _is_keyed(fact: Fact) -> bool:
    return fact.type.name in ("dict", COUNTER) and _has_ordered_keys(fact)


def _is_dict(fact: Fact) -> bool:
    return fact.type.name == "dict"


def _always(fact: Fact) -> bool:
    return True


def _never(fact: Fact) -> bool:
    return False


def _law(name: str, operations: str, holds: Test, idempotent: Test, *, commutes: bool = True) -> Law:
    return Law(name, frozenset(operations.split()), holds, commutes, idempotent)


LAWS: tuple[Law, ...] = (  # the first that holds is meant
    _law("or", "or_ ior or max", is_bool, _always),
    _law("and", "and_ and min", is_bool, _always),
    _law("sum", "add iadd", is_number, _never),
    _law("product", "mul", is_number, _never),
    _law("max", "max", is_ordered, _always),
    _law("min", "min", is_ordered, _always),
    _law("bitwise or", "or_ ior", is_whole, _always),
    _law("bitwise and", "and_", is_whole, _always),
    _law("exclusive or", "xor", is_whole, _never),
    _law("greatest common divisor", "gcd", is_whole, _is_natural),
    _law("least common multiple", "lcm", is_whole, _is_natural),
    _law("union", "or_ ior union", _is_set, _has_ordered_keys),
    _law("union", "unite set.union", _is_plain_set, _has_ordered_keys),
    _law("union", "frozenset.union", _is_frozen_set, _has_ordered_keys),
    _law("intersection", "and_ intersection", _is_set, _has_ordered_keys),
    _law("symmetric difference", "xor symmetric_difference", _is_set, _never),
    _law("sum of counts", "add", _is_counter, _never),
    _law("larger counts", "or_", _is_counter, _is_keyed, commutes=False),
    _law("smaller counts", "and_", _is_counter, _is_keyed, commutes=False),
    _law("update", "or_ update", _is_dict, _is_keyed, commutes=False),
    _law("one of both", "max min", is_comparable, _always, commutes=False),
    _law("one of both", "or and", is_comparable, _always, commutes=False),
)


def law_of(operation: str, fact: Fact) -> Law | None:
    """Return the law of an operation on values of which ``fact`` is known."""
    return next((law for law in LAWS if operation in law.operations and law.holds(fact)), None)
