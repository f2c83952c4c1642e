"""What is known of the values of element code: their type, and the least and the greatest of them.

Types come from annotations, which are taken at their word; everything else is derived here. What does not follow is
unknown, so that a law that rests on it is not recognised.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from flowcc.algebra.names import Names
from flowcc.facts import UNKNOWN, Type

INT, BOOL, FLOAT, STR = Type("int"), Type("bool"), Type("float"), Type("str")
INFINITY = math.inf
NON_NEGATIVE = frozenset("len ord gcd lcm".split())
BOOLS = frozenset("any all bool isinstance".split())
STRINGS = frozenset("str repr chr".split())
STR_COUNTS = {"count": 0, "index": 0, "rindex": 0, "find": -1, "rfind": -1}
STR_STRINGS = frozenset("lower upper strip lstrip rstrip replace title capitalize casefold join format zfill".split())
STR_LISTS = frozenset("split rsplit splitlines".split())
STR_BOOLS = frozenset("startswith endswith isalpha isdigit isspace isupper islower isalnum".split())


@dataclass(frozen=True, slots=True)
class Fact:
    """The type of some values, and bounds that all of them keep.

    ``total`` says of floats that none is nan or -0.0, so that they are as totally ordered as ints. ``parts`` are the
    facts of a tuple's components.
    """

    type: Type = UNKNOWN
    low: float = -INFINITY
    high: float = INFINITY
    total: bool = False
    parts: tuple[Fact, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Whether these are ints, bools among them."""
        return self.type in (INT, BOOL)


NOTHING = Fact()
Facts = Mapping[str, Fact]


def fact_of_type(held: Type) -> Fact:
    """Return what a type says of its values."""
    if held == BOOL:
        return Fact(BOOL, 0, 1)
    if held.name == "tuple" and held.arguments and held.arguments[-1].name != "...":
        return Fact(held, parts=tuple(map(fact_of_type, held.arguments)))
    return Fact(held)


def fact_of_value(value: object) -> Fact:
    """Return what is known of one value."""
    match value:
        case bool() | int():
            return Fact(Type(type(value).__name__), value, value)
        case float():
            minus_zero = value == 0 and math.copysign(1, value) < 0
            return Fact(FLOAT) if value != value else Fact(FLOAT, value, value, total=not minus_zero)
        case str() | bytes() | None:
            return Fact(Type("None" if value is None else type(value).__name__))
        case tuple():
            return tuple_of(tuple(map(fact_of_value, value)))
    return NOTHING


def tuple_of(parts: tuple[Fact, ...]) -> Fact:
    """Return the fact of tuples with these components."""
    return Fact(Type("tuple", tuple(part.type for part in parts)), parts=parts)


def joined(first: Fact, second: Fact) -> Fact:
    """Return what is known of values of which each is one of these."""
    if first.type != second.type:
        return NOTHING
    same = len(first.parts) == len(second.parts)
    parts = tuple(joined(*pair) for pair in zip(first.parts, second.parts, strict=True)) if same else ()
    low, high = min(first.low, second.low), max(first.high, second.high)
    return Fact(first.type, low, high, first.total and second.total, parts)


def element_of(held: Fact) -> Fact:
    """Return what is known of the items that going over a value gives."""
    match held.type:
        case Type("list" | "set" | "frozenset" | "dict" | "tuple" as name, arguments) if arguments:
            if name == "tuple" and arguments[-1].name != "...":
                return NOTHING
            return fact_of_type(arguments[0])
        case Type("str"):
            return Fact(STR)
        case Type("range"):
            return Fact(INT, held.low, held.high)
    return NOTHING


@dataclass(frozen=True)
class Reading:
    """Element code where its variables are known by ``facts``; all other names are the file's.

    Functions that return one expression are looked into, ``depth`` of them within each other.
    """

    names: Names
    facts: Facts
    depth: int = 4

    def of(self, tree: ast.expr) -> Fact:
        """Return what is known of the values of an expression."""
        match tree:
            case ast.Constant(value=value):
                return fact_of_value(value)
            case ast.Name(id=name):
                return self.facts.get(name, NOTHING)
            case ast.JoinedStr():
                return Fact(STR)
            case ast.Tuple(elts=parts) if not any(isinstance(part, ast.Starred) for part in parts):
                return tuple_of(tuple(map(self.of, parts)))
            case ast.Compare():
                return self._compared(tree)
            case ast.UnaryOp(op=operator, operand=operand):
                return _signed(operator, self.of(operand))
            case ast.BinOp(left=left, op=operator, right=right):
                same = ast.unparse(left) == ast.unparse(right)
                return arithmetic(self.of(left), operator, self.of(right), same)
            case ast.IfExp(body=body, orelse=orelse):
                return joined(self.of(body), self.of(orelse))
            case ast.BoolOp(values=[first, *rest]):
                found = self.of(first)
                for value in rest:
                    found = joined(found, self.of(value))
                return found
            case ast.Subscript(value=value, slice=index):
                return _item(self.of(value), index)
            case ast.Attribute(value=value, attr=field):
                return fact_of_type(self.names.field(self.of(value).type.name, field))
            case ast.Call():
                return self._called(tree)
        return NOTHING

    def comprehension(self, tree: ast.ListComp | ast.GeneratorExp | ast.SetComp, first: Fact | None = None) -> Fact:
        """Return what is known of the items that a comprehension gives; ``first`` of what it goes over."""
        inner = self
        for position, generator in enumerate(tree.generators):
            items = element_of(inner.of(generator.iter)) if position or first is None else first
            inner = replace(inner, facts={**inner.facts, **_bound(generator.target, items)})
            for condition in generator.ifs:
                inner = replace(inner, facts=_narrowed(inner.facts, condition))
        return inner.of(tree.elt)

    def _compared(self, tree: ast.Compare) -> Fact:
        sides = [self.of(side) for side in (tree.left, *tree.comparators)]
        decided = all(isinstance(op, ast.In | ast.NotIn | ast.Is | ast.IsNot) for op in tree.ops)
        plain = all(side.type.name in ("int", "bool", "float", "str", "bytes") for side in sides)
        return Fact(BOOL, 0, 1) if decided or plain else NOTHING

    def _called(self, call: ast.Call) -> Fact:
        if call.keywords or any(isinstance(argument, ast.Starred) for argument in call.args):
            return NOTHING
        known = self.names.known(call.func, frozenset(self.facts))
        match call.func:
            case ast.Attribute(value=value, attr=method) if not known and self.of(value) != NOTHING:
                return _method(self.of(value), method, [self.of(argument) for argument in call.args])
            case ast.Attribute() | ast.Name() if not known and _root(call.func) not in self.facts:
                annotated = self.names.returns(call.func)
                return fact_of_type(annotated) if annotated != UNKNOWN else self._inlined(call)
        return self._known_call(known, call.args)

    def _inlined(self, call: ast.Call) -> Fact:
        """Return what is known of a call of a function of the flow's file that returns one expression."""
        function = self.names.expression_of(call.func.id) if isinstance(call.func, ast.Name) and self.depth else None
        if function is None or len(function.parameters) != len(call.args):
            return NOTHING
        facts = dict(zip(function.parameters, map(self.of, call.args), strict=True))
        return Reading(self.names, facts, self.depth - 1).of(function.body)

    def _known_call(self, name: str, arguments: Sequence[ast.expr]) -> Fact:
        if name in NON_NEGATIVE:
            return Fact(INT, 0)
        if name in BOOLS:
            return Fact(BOOL, 0, 1)
        if name in STRINGS:
            return Fact(STR)
        match name, [self.of(argument) for argument in arguments]:
            case "abs" | "int" | "round" | "float", [only]:
                return _of_number(name, only)
            case "min" | "max", [first, second] if joined(first, second) != NOTHING:
                pick = min if name == "min" else max
                both = joined(first, second)
                return replace(both, low=pick(first.low, second.low), high=pick(first.high, second.high))
            case "range", [only]:
                return Fact(Type("range"), 0, max(only.high - 1, 0))
            case "range", [first, last]:
                return Fact(Type("range"), first.low, max(last.high - 1, first.low))
            case "sum" | "min" | "max" | "sorted", [_]:
                return _folded(name, self._items(arguments[0]))
        return NOTHING

    def _items(self, tree: ast.expr) -> Fact:
        if isinstance(tree, ast.ListComp | ast.GeneratorExp | ast.SetComp):
            return self.comprehension(tree)
        return element_of(self.of(tree))


def _of_number(name: str, held: Fact) -> Fact:
    match name:
        case "abs" if held.is_whole:
            ends = abs(held.low), abs(held.high)
            return Fact(INT, 0 if held.low <= 0 <= held.high else min(ends), max(ends))
        case "abs" if held.type == FLOAT:
            return Fact(FLOAT, 0, total=held.total)
        case "int" | "round" if held.is_whole:
            return replace(held, type=INT)
        case "float" if held.is_whole:
            return Fact(FLOAT, held.low, held.high, total=True)
        case "float":
            return Fact(FLOAT)
    return Fact(INT) if name == "int" or (name == "round" and held.type == FLOAT) else NOTHING


def _root(function: ast.expr) -> str:
    return ast.unparse(function).partition(".")[0]


def _folded(name: str, items: Fact) -> Fact:
    if name == "sorted":
        return Fact(Type("list", (items.type,)))
    if name != "sum":
        return items
    if items.is_whole:
        return Fact(INT, 0 if items.low >= 0 else -INFINITY, 0 if items.high <= 0 else INFINITY)
    return Fact(FLOAT) if items.type == FLOAT else NOTHING


def _method(held: Fact, method: str, arguments: Sequence[Fact]) -> Fact:
    if held.type == STR:
        if method in STR_COUNTS:
            return Fact(INT, STR_COUNTS[method])
        if method in STR_LISTS:
            return Fact(Type("list", (STR,)))
        return Fact(STR) if method in STR_STRINGS else Fact(BOOL, 0, 1) if method in STR_BOOLS else NOTHING
    if held.type.name in ("list", "tuple") and method in ("count", "index"):
        return Fact(INT, 0)
    if held.type == INT and method in ("bit_length", "bit_count"):
        return Fact(INT, 0)
    if held.type.name == "dict" and len(held.type.arguments) == 2 and method == "get" and len(arguments) == 2:
        return joined(fact_of_type(held.type.arguments[1]), arguments[1])
    return NOTHING


def _item(held: Fact, index: ast.expr) -> Fact:
    match held.type, index:
        case Type("tuple"), ast.Constant(value=int() as position) if 0 <= position < len(held.parts):
            return held.parts[position]
        case Type("dict", (_, value)), _:
            return fact_of_type(value)
        case Type("list", (item,)), _:
            return held if isinstance(index, ast.Slice) else fact_of_type(item)
        case Type("str"), _:
            return Fact(STR)
    return NOTHING


def _signed(operator: ast.unaryop, held: Fact) -> Fact:
    match operator:
        case ast.Not():
            return Fact(BOOL, 0, 1)
        case ast.USub() if held.is_whole:
            return Fact(INT, -held.high, -held.low)
        case ast.UAdd() if held.is_whole:
            return replace(held, type=INT)
        case ast.USub() if held.type == FLOAT:
            return Fact(FLOAT, -held.high, -held.low, total=held.total and (held.low > 0 or held.high < 0))
    return NOTHING


def arithmetic(left: Fact, operator: ast.operator, right: Fact, same: bool = False) -> Fact:
    """Return what is known of ``left operator right``; ``same`` says that both sides are one expression."""
    if left.type == right.type == BOOL and isinstance(operator, ast.BitAnd | ast.BitOr | ast.BitXor):
        return Fact(BOOL, 0, 1)
    if left.is_whole and right.is_whole:
        return _of_ints(left, operator, right, same)
    if {left.type, right.type} <= {INT, BOOL, FLOAT}:
        nowhere_below = left.low >= 0 and right.low >= 0 and left.type == right.type and left.total and right.total
        adds = isinstance(operator, ast.Add) and nowhere_below
        return Fact(FLOAT, 0, total=True) if adds else Fact(FLOAT)
    if left.type == right.type == STR and isinstance(operator, ast.Add):
        return Fact(STR)
    repeated = left.type == STR and right.is_whole and isinstance(operator, ast.Mult)
    if repeated or (left.type == STR and isinstance(operator, ast.Mod)):
        return Fact(STR)
    return NOTHING


def _of_ints(left: Fact, operator: ast.operator, right: Fact, same: bool) -> Fact:
    natural = left.low >= 0 and right.low >= 0
    match operator:
        case ast.Add():
            return Fact(INT, left.low + right.low, left.high + right.high)
        case ast.Sub():
            return Fact(INT, left.low - right.high, left.high - right.low)
        case ast.Mult():
            corners = [_times(a, b) for a in (left.low, left.high) for b in (right.low, right.high)]
            return Fact(INT, max(min(corners), 0) if same else min(corners), max(corners))
        case ast.Div():
            return Fact(FLOAT, 0, total=True) if natural else Fact(FLOAT)
        case ast.FloorDiv() if natural:
            return Fact(INT, 0, left.high)
        case ast.FloorDiv():
            return Fact(INT)
        case ast.Mod():
            return Fact(INT, 0 if right.low > 0 else -INFINITY, right.high - 1 if right.low > 0 else INFINITY)
        case ast.Pow() if natural or (right.low == right.high and right.low >= 0 and right.low % 2 == 0):
            return Fact(INT, 0)
        case ast.BitAnd():
            return Fact(INT, 0 if left.low >= 0 or right.low >= 0 else -INFINITY)
        case ast.BitOr() | ast.BitXor() | ast.LShift() | ast.RShift():
            return Fact(INT, 0 if natural else -INFINITY)
    return NOTHING


def _times(a: float, b: float) -> float:
    return 0 if 0 in (a, b) else a * b


def _bound(target: ast.expr, items: Fact) -> dict[str, Fact]:
    """Return what is known of the names that a comprehension's target binds."""
    match target:
        case ast.Name(id=name):
            return {name: items}
        case ast.Tuple(elts=targets):
            known = items.parts if len(items.parts) == len(targets) else (NOTHING,) * len(targets)
            return {name: fact for pair in zip(targets, known, strict=True) for name, fact in _bound(*pair).items()}
        case ast.Starred(value=value):
            return _bound(value, NOTHING)
    return {}


def _narrowed(facts: Facts, condition: ast.expr) -> Facts:
    """Return what is known where a condition holds: ``0 < x`` and ``x <= 9`` bound a variable."""
    match condition:
        case ast.BoolOp(op=ast.And(), values=values):
            for value in values:
                facts = _narrowed(facts, value)
        case ast.Compare(left=left, ops=operators, comparators=rest):
            sides = [left, *rest]
            for before, operator, after in zip(sides, operators, rest, strict=False):
                facts = _compared_with(facts, before, operator, after)
                facts = _compared_with(facts, after, MIRRORED.get(type(operator), ast.NotEq)(), before)
    return facts


MIRRORED: Mapping[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.Gt, ast.Gt: ast.Lt, ast.LtE: ast.GtE, ast.GtE: ast.LtE, ast.Eq: ast.Eq,
}  # fmt: skip


def _compared_with(facts: Facts, variable: ast.expr, operator: ast.cmpop, bound: ast.expr) -> Facts:
    """Narrow a variable that compares with a constant."""
    if not isinstance(variable, ast.Name) or variable.id not in facts:
        return facts
    held, limit = facts[variable.id], _whole_constant(bound)
    if limit is None or held.type not in (INT, FLOAT):
        return facts
    strict = 1 if held.type == INT else 0
    match operator:
        case ast.Gt():
            held = replace(held, low=max(held.low, limit + strict))
        case ast.GtE():
            held = replace(held, low=max(held.low, limit))
        case ast.Lt():
            held = replace(held, high=min(held.high, limit - strict))
        case ast.LtE():
            held = replace(held, high=min(held.high, limit))
        case _:
            return facts
    not_zero = held.low > 0 or held.high < 0 or (limit == 0 and isinstance(operator, ast.Gt | ast.Lt))
    return {**facts, variable.id: replace(held, total=held.total or (held.type == FLOAT and not_zero))}


def _whole_constant(tree: ast.expr) -> int | None:
    try:
        value = ast.literal_eval(tree)
    except (ValueError, TypeError):
        return None
    return value if type(value) is int else None
