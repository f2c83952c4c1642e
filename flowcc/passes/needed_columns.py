"""Say which fields are read of records that come from outside or cross a `Move`: the others need not be there.

Going backwards, each reader says what it reads of its items: ``f.delay`` is one field; an item that is handed on as it
is, by a filter or a sort, is read as those behind read it; an item that is compared, printed, put into a tuple or
given to a function is read whole. So is one whose name might mean anything else. Of pairs of a number and a record it
is the record that is looked at, for so travels what is to keep its order. Whether items are records with such fields
only a run knows (`runtime/narrow.py`), which leaves all others as they are.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TypeAlias

from flowcc.facts import Shape
from flowcc.ir import (
    Claim,
    Code,
    Concat,
    Each,
    Flow,
    Fold,
    GroupFold,
    Join,
    Merge,
    Move,
    Op,
    Scan,
    Sort,
    Source,
    Take,
    Wire,
)
from flowcc.passes.renaming import names_in

Fields: TypeAlias = frozenset[str] | None  # None: the whole item
NOTHING: frozenset[str] = frozenset()
SECOND = "[1]"  # stands before the fields of the records in pairs
NO_RECORDS = frozenset("int float str bool bytes complex None tuple list dict set frozenset range".split())


def needed_columns(flow: Flow) -> Flow:
    """Note at every source and move of records the fields that are read; not where items that fail are kept."""
    if flow.on_error != "raise":
        return flow
    needed: dict[Wire, Fields] = {}
    ops: list[Op] = []
    for op in reversed(flow.ops):
        behind = needed.get(op.out, NOTHING)
        for wire, fields in _reads(op, behind):
            needed[wire] = _both(needed.get(wire, NOTHING), fields)
        if isinstance(op, Source | Move) and behind is not None and _may_be_records(op.out, behind):
            op = replace(op, only=(*([SECOND] if _is_pairs(op.out) else []), *sorted(behind)))
        ops.append(op)
    return replace(flow, ops=tuple(reversed(ops)))


def _both(*parts: Fields) -> Fields:
    found = NOTHING
    for part in parts:
        if part is None:
            return None
        found |= part
    return found


def _may_be_records(wire: Wire, fields: frozenset[str]) -> bool:
    """Whether items are of a class of the user's, or of an unknown one of which attributes are read."""
    element = wire.facts.element.arguments[1] if _is_pairs(wire) else wire.facts.element
    if wire.facts.shape is not Shape.ITEMS or element.name in NO_RECORDS or element.arguments:
        return False
    return bool(fields) or element.name != "object"


def _is_pairs(wire: Wire) -> bool:
    """Whether items are a number and something else, as `number_order` makes them."""
    element = wire.facts.element
    return element.name == "tuple" and len(element.arguments) == 2 and element.arguments[0].name == "int"


def _reads(op: Op, behind: Fields) -> Iterator[tuple[Wire, Fields]]:
    """Give what an operator reads of the items of each input; ``behind`` is what is read of those it gives."""
    match op:
        case Each() | Join():
            yield from ((wire, _of_comprehension(op, wire, behind)) for wire in op.inputs)
            return
        case Claim() | Merge() | Concat(function="chain"):
            yield from ((wire, behind) for wire in op.inputs)
            return
        case Take() | Sort(function="reversed"):
            first = behind
        case Scan(function="enumerate", arguments=()) if not _is_pairs(op.inputs[0]):
            first = behind
        case Sort():
            first = _both(behind, _of_key(dict(op.arguments).get("key"), op.inputs[0]))
        case Move(verb="route"):
            first = None
        case Move(by=by):
            first = behind if by is None else _both(behind, _of_key(by, op.inputs[0]))
        case Fold(function="len"):
            first = NOTHING
        case GroupFold(by=by):
            first = _both(
                _of_key(by, op.inputs[0]), *(_of_fold(function, dict(given)) for _, function, given in op.folds)
            )
        case _:
            first = None
    yield from zip(op.inputs, (first, *[None] * len(op.inputs)), strict=False)


def _of_key(key: Code | None, wire: Wire) -> Fields:
    """Return what a function of one item reads of it: of any but a lambda, and without one, the whole item."""
    tree = None if key is None else ast.parse(key.text, mode="eval").body
    if _is_pairs(wire):
        tree = _key_of_second(tree)
    match tree:
        case ast.Lambda(args=ast.arguments(posonlyargs=[], args=[ast.arg(arg=name)], defaults=[])):
            return _Uses(tree).of(name)
    return None


def _key_of_second(tree: ast.expr | None) -> ast.expr | None:
    """Return the key of an item, of that of its pair with a number: ``lambda pair: key(pair[1])``."""
    match tree:
        case ast.Lambda(args=ast.arguments(args=[ast.arg(arg=pair)]), body=ast.Call(func=key, args=[second])):
            return key if ast.unparse(second) == f"{pair}[1]" else None
    return None


def _of_fold(function: str, given: Mapping[str, Code]) -> Fields:
    """Return what a fold reads of the items of a group."""
    of = given.get("of")
    if of is None:
        return NOTHING if function == "len" else None
    match ast.parse(of.text, mode="eval").body:
        case ast.Lambda(body=(ast.ListComp() | ast.GeneratorExp()) as tree, args=ast.arguments(args=[held])):
            uses, target = _Uses(tree), tree.generators[0].target
            return uses.of(target.id) if isinstance(target, ast.Name) and uses.read[held.arg] == 1 else None
    return None


def _of_comprehension(op: Each | Join, wire: Wire, behind: Fields) -> Fields:
    """Return what a comprehension reads of the items of ``wire``, which it may go over in several places."""
    tree = ast.parse(op.code.text, mode="eval").body
    assert isinstance(tree, ast.ListComp)
    uses = _Uses(tree, _given(tree, op.out))
    targets = [part.target for part in ast.walk(tree)
               if isinstance(part, ast.comprehension) and isinstance(part.iter, ast.Name) and part.iter.id == wire.name
               ]  # fmt: skip
    elsewhere = uses.read[wire.name] > len(targets) or uses.bound[wire.name]
    if elsewhere or any(wire.name in names_in(ast.parse(text)) for text in op.code.definitions):
        return None
    records = [_record_of(target, wire) for target in targets]
    found = [None if name is None else uses.of(name, behind) for name in records]
    if isinstance(op, Join) and wire == op.inputs[1]:
        found.append(_of_key(op.key, wire))
    return _both(*found)


def _record_of(target: ast.expr, wire: Wire) -> str | None:
    """Return the variable that a generator over ``wire`` gives each record."""
    match target:
        case ast.Name(id=name) if not _is_pairs(wire):
            return name
        case ast.Tuple(elts=[ast.Name(), ast.Name(id=name)]) if _is_pairs(wire):
            return name
    return None


def _given(tree: ast.ListComp, out: Wire) -> str | None:
    """Return the variable whose value a comprehension gives, as it is or beside a number."""
    match tree.elt:
        case ast.Name(id=name) if not _is_pairs(out):
            return name
        case ast.Tuple(elts=[_, ast.Name(id=name)]) if _is_pairs(out):
            return name
    return None


class _Uses:
    """How names are used in an expression: how often each is read and bound, and as what it is read."""

    def __init__(self, tree: ast.Lambda | ast.ListComp | ast.GeneratorExp, given: str | None = None) -> None:
        self.read: Counter[str] = Counter()
        self.bound: Counter[str] = Counter()
        self._fields: dict[str, set[str]] = {}
        self._as_records: Counter[str] = Counter()
        self._given = given
        for part in ast.walk(tree):
            self._see(part)

    def _see(self, part: ast.AST) -> None:
        match part:
            case ast.Name(id=name, ctx=ast.Load()):
                self.read[name] += 1
            case ast.Name(id=name) | ast.arg(arg=name):
                self.bound[name] += 1
            case ast.Attribute(value=ast.Name(id=name), attr=field):
                self._as_records[name] += 1
                self._fields.setdefault(name, set()).add(field)
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name))):
                self._as_records[name] -= 1  # a method, which reads what it likes

    def of(self, name: str, behind: Fields = None) -> Fields:
        """Return the fields read of a variable; ``behind`` is what is read of it where the comprehension gives it."""
        given = self._given == name
        if self.bound[name] != 1 or self.read[name] > self._as_records[name] + given:
            return None
        return _both(frozenset(self._fields.get(name, ())), behind if given else NOTHING)
