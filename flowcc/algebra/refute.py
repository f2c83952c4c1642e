"""Look for the smallest counterexample to a law, by trying small values of the types that it is said of.

Only code that surely is harmless is tried: expressions of operators, displays, comprehensions and a few of Python's
functions. Functions that are claimed to keep a law are called as they are.
"""

from __future__ import annotations

import ast
import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, combinations, islice, product
from types import MappingProxyType
from typing import Any

from flowcc.algebra.names import Binary, Names
from flowcc.algebra.values import Fact, fact_of_type
from flowcc.facts import UNKNOWN, Type

Function = Callable[..., Any]

VALUES: Mapping[str, Sequence[Any]] = MappingProxyType({
    "int": (1, 2, 0, -1, 3, 7), "float": (1.0, 2.0, 0.0, -1.0, 0.5, math.nan, -0.0), "str": ("a", "b", "", "ab"),
    "bool": (True, False), "bytes": (b"a", b"b", b""), "None": (None,), "object": (1, 2, 0, -1),
})  # fmt: skip
MOST_PARTS = 3  # values of each component of a tuple
MOST_VALUES = 12
MOST_ITEMS = 3
MOST_TIMES = 10_000  # that a string may be repeated
HARMLESS = (
    ast.Lambda, ast.arguments, ast.arg, ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.Compare, ast.IfExp, ast.Name,
    ast.Constant, ast.Load, ast.Store, ast.operator, ast.unaryop, ast.boolop, ast.cmpop, ast.Tuple, ast.List, ast.Set,
    ast.Dict, ast.Starred, ast.Subscript, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp,
    ast.comprehension, ast.Call, ast.keyword, ast.Attribute,
)  # fmt: skip
EXPLOSIVE = (ast.Pow, ast.LShift)
METHODS = frozenset("union intersection symmetric_difference difference get items keys values count".split())
CALLABLE: Mapping[str, Function] = MappingProxyType({
    "len": len, "min": min, "max": max, "sum": sum, "any": any, "all": all, "abs": abs, "sorted": sorted, "zip": zip,
    "set": set, "frozenset": frozenset, "tuple": tuple, "list": list, "dict": dict, "map": map, "bool": bool,
    "gcd": math.gcd, "lcm": math.lcm, "Counter": Counter, "union": lambda a, b: a.union(b),
    "add": lambda a, b: a + b, "iadd": lambda a, b: a + b, "mul": lambda a, b: a * b, "xor": lambda a, b: a ^ b,
    "or_": lambda a, b: a | b, "ior": lambda a, b: a | b, "and_": lambda a, b: a & b,
})  # fmt: skip


class _Known(ast.NodeTransformer):
    """Puts names that are reserved for them in the place of Python's functions; ``refused`` tells of all others."""

    def __init__(self, names: Names, bound: frozenset[str], hiding: frozenset[str]) -> None:
        self.names, self.bound, self.hiding, self.refused = names, bound, bound | hiding, False

    def visit_Call(self, node: ast.Call) -> ast.expr:
        known = self.names.known(node.func, self.hiding)
        if known in CALLABLE:
            called: ast.expr = ast.Name(f"{known}_known", ast.Load())
        elif isinstance(node.func, ast.Attribute) and node.func.attr in METHODS:
            called = ast.Attribute(self.visit(node.func.value), node.func.attr, ast.Load())
        else:
            self.refused, called = True, node.func
        parts = [self.visit(argument) for argument in node.args]
        return ast.Call(called, parts, [ast.keyword(k.arg, self.visit(k.value)) for k in node.keywords])

    def visit_Name(self, node: ast.Name) -> ast.expr:
        self.refused |= node.id not in self.bound
        return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        self.refused = True
        return node


def evaluated(tree: ast.expr, names: Names, hiding: frozenset[str] = frozenset()) -> Any:
    """Return the value of a harmless expression; raises `ValueError` for any other, and what evaluating it raises.

    Names that are ``hiding`` stand for something else than Python's functions.
    """
    bound = {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    bound |= {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    for node in ast.walk(tree):
        large = isinstance(node, ast.Constant) and isinstance(node.value, int) and abs(node.value) > MOST_TIMES
        if not isinstance(node, HARMLESS) or isinstance(node, EXPLOSIVE) or large:
            raise ValueError(f"{type(node).__name__} is not tried")
    known = _Known(names, frozenset(bound), hiding)
    safe = known.visit(ast.parse(ast.unparse(tree), mode="eval").body)
    if known.refused:
        raise ValueError("it calls or reads what is not tried")
    namespace = {f"{name}_known": function for name, function in CALLABLE.items()}
    text = ast.fix_missing_locations(ast.Expression(safe))
    return eval(compile(text, "<law>", "eval"), {"__builtins__": {}, **namespace})


def function_of(binary: Binary | None, names: Names) -> Function | None:
    """Return a function of two arguments to try; None where it calls or reads what is not tried."""
    if binary is None:
        return None
    arguments = ast.arguments([], [ast.arg(binary.first), ast.arg(binary.second)], None, [], [], None, [])
    try:
        made: Function = evaluated(ast.Lambda(arguments, binary.body), names, binary.own)
    except ValueError:
        return None
    return made


def values_of(fact: Fact) -> list[Any]:
    """Return small values that ``fact`` allows; none for records."""
    if fact.parts:
        each = [values_of(part)[:MOST_PARTS] for part in fact.parts]
        return list(islice(product(*each), MOST_VALUES * MOST_PARTS))
    if fact.type.name in ("int", "bool", "float"):
        ends = [bound for bound in (fact.low, fact.high) if isinstance(bound, int) and fact.type.name == "int"]
        allowed = [value for value in (*VALUES[fact.type.name], *ends) if fact.low <= value <= fact.high]
        undecided = [value for value in VALUES["float"] if value != value and fact.type.name == "float"]
        if fact.total:
            return [value for value in allowed if repr(value) != "-0.0"]
        return [*allowed[:1], *undecided, *allowed[1:]]
    return list(_of_type(fact.type))


def _of_type(held: Type) -> Iterable[Any]:
    """Return small values of a type, containers with up to two items."""
    match held:
        case Type("list" | "set" | "frozenset" as name, (item,)):
            inner = values_of(fact_of_type(item))[:MOST_PARTS]
            make = {"list": list, "set": set, "frozenset": frozenset}[name]
            return [make(items) for length in (1, 2, 0) for items in combinations(inner, length)]
        case Type("tuple", (item, Type("..."))):
            inner = values_of(fact_of_type(item))[:MOST_PARTS]
            return [items for length in (1, 2, 0) for items in combinations(inner, length)]
        case Type("dict", (key, value)):
            keys, values = (values_of(fact_of_type(part))[:2] for part in (key, value))
            single = [{k: v} for k, v in product(keys, values)]
            return [*single, {}, dict(zip(keys, values, strict=False))]
        case Type("|", parts):
            return list(chain.from_iterable(values_of(fact_of_type(part))[:MOST_PARTS] for part in parts))
    return VALUES.get(held.name, ())


def same(first: object, second: object) -> bool:
    """Whether two values are the same: types, and the bits of floats, included."""
    return _form(first) == _form(second)


def _form(value: object) -> object:
    match value:
        case float():
            return ("float", "nan" if value != value else value.hex())
        case tuple() | list():
            return (type(value).__name__, tuple(map(_form, value)))
        case set() | frozenset():
            return (type(value).__name__, frozenset(map(_form, value)))
        case dict():
            return (type(value).__name__, frozenset((_form(key), _form(held)) for key, held in value.items()))
    return (type(value).__name__, value)


def tried(function: Function, *arguments: Any) -> tuple[bool, Any]:
    """Return whether a call works, and what it gives or raises."""
    try:
        return True, function(*arguments)
    except Exception as error:  # a user's function, on values it may not take
        return False, error


def refute_merge(fold: Function, merge: Function, items: Fact, apart: Function | None = None) -> str:
    """Return the smallest way to share items of which ``merge`` shows, in words; empty when none was found.

    ``apart`` gives the key of an item, where items with one key are at one member. Shares of nothing are tried only
    where their fold gives something.
    """
    found = ""
    for whole in _lists(values_of(items)[:MOST_VALUES]):
        works, expected = tried(fold, whole)
        for first, second in _shares(whole, apart) if works else ():
            (held, a), (other, b) = tried(fold, first), tried(fold, second)
            if not held or not other:
                continue
            works, made = tried(merge, a, b)
            if (works and same(made, expected)) or not (works or items.type != UNKNOWN):
                continue  # of a type that is not known it says nothing that a function raises
            gives = f"= {made!r}" if works else f"raises {type(made).__name__}"
            shown = f"merge(fold({first!r}), fold({second!r})) {gives}, but fold({whole!r}) = {expected!r}"
            if not works or made != expected:
                return shown
            found = found or shown  # equal, but of another type
    return found


def _lists(values: Sequence[Any]) -> Iterator[list[Any]]:
    for length in range(MOST_ITEMS + 1):
        yield from map(list, product(values, repeat=length))


def _shares(items: list[Any], apart: Function | None) -> Iterator[tuple[list[Any], list[Any]]]:
    """Give all ways to share items between two members, each in order; those that cut the list in two come first."""
    ways = sorted(product((0, 1), repeat=len(items)), key=lambda way: (list(way) != sorted(way), sum(way)))
    for way in ways:
        first, second = ([item for item, at in zip(items, way, strict=True) if at == side] for side in (0, 1))
        if apart is None or not {*map(apart, first)} & {*map(apart, second)}:
            yield first, second


def refute_copies(merge: Function, values: Iterable[Any]) -> str:
    """Return a value of which two copies do not merge to one, in words; empty when none was found."""
    for value in values:
        works, found = tried(merge, value, value)
        if not works or not same(found, value):
            gives = f"= {found!r}" if works else f"raises {type(found).__name__}"
            return f"merge({value!r}, {value!r}) {gives}, but every member holds {value!r}"
    return ""


def refute_order(function: Function, items: Fact, initial: tuple[Any, ...]) -> str:
    """Return the smallest case in which a reduction shows the order of two items, in words; empty when none was found.

    ``initial`` holds what it starts with, if anything.
    """
    values = values_of(items)[:MOST_VALUES]
    if not initial:
        for a, b in product(values, repeat=2):
            (works, left), (mirrored, right) = tried(function, a, b), tried(function, b, a)
            if works and mirrored and not same(left, right):
                return f"f({a!r}, {b!r}) = {left!r}, but f({b!r}, {a!r}) = {right!r}"
    return _first(_exchanged(function), COMMUTATIVE, product(initial or values, values, values))


COMMUTATIVE = "f(f({s!r}, {a!r}), {b!r}) = {left!r}, but f(f({s!r}, {b!r}), {a!r}) = {right!r}"
ASSOCIATIVE = "f(f({s!r}, {a!r}), {b!r}) = {left!r}, but f({s!r}, f({a!r}, {b!r})) = {right!r}"
IDEMPOTENT = "f(f({s!r}, {a!r}), {a!r}) = {left!r}, but f({s!r}, {a!r}) = {right!r}"
Sides = Callable[[Any, Any, Any], tuple[Any, Any]]


def _exchanged(function: Function) -> Sides:
    return lambda s, a, b: (function(function(s, a), b), function(function(s, b), a))


def refute_claim(law: str, function: Function, items: Type = UNKNOWN) -> str:
    """Return the smallest case in which a claimed law fails, in words; empty when none was found.

    Floats are tried without nan and -0.0, of which hardly any law holds, and without those that round.
    """
    values = [value for value in values_of(fact_of_type(items)) if value == value and repr(value) != "-0.0"]
    sides: Mapping[str, tuple[Sides, str]] = {
        "commutative": (_exchanged(function), COMMUTATIVE),
        "associative": (lambda s, a, b: (function(function(s, a), b), function(s, function(a, b))), ASSOCIATIVE),
        "idempotent": (lambda s, a, b: (function(function(s, a), a), function(s, a)), IDEMPOTENT),
    }
    return _first(*sides[law], product(values[:MOST_VALUES], repeat=3)) if law in sides else ""


def _first(sides: Sides, text: str, cases: Iterable[tuple[Any, Any, Any]]) -> str:
    """Return the first case whose sides differ; a case in which the function raises says nothing about a law."""
    for s, a, b in cases:
        works, found = tried(sides, s, a, b)
        if works and not same(*found):
            return text.format(s=s, a=a, b=b, left=found[0], right=found[1])
    return ""
