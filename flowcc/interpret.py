"""The reference meaning of every operator, on plain lists and any number of members: what the tests compare with.

Nothing here is fast and nothing is clever. A wire holds one `Share` a member of its place; element code is evaluated
by `eval`; whole-collection functions are Python's own. Orders that a program must not depend on (which member a key
lives at, how members' items interleave) are drawn from ``seed``, so that a test can try many.
"""

from __future__ import annotations

import ast
import functools
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any, assert_never

from flowcc import ir
from flowcc.environment import Environment
from flowcc.facts import ANYWHERE, PlaceRef, Shape
from flowcc.operators import Closings
from flowcc.reference import (
    FOLDS,
    SCANS,
    SORTS,
    WINDOWS,
    accumulate_what_works,
    concat,
    forgiving,
    group,
    merge_shares,
    run_until_still,
)  # fmt: skip
from flowcc.verbs import running_as

Tag = tuple[int, ...]
ONE = "_one_item_"  # no name of a user


@dataclass(frozen=True, slots=True)
class Share:
    """What one member holds of a wire: its items (or its value, alone in the list), and where each stood.

    ``tags`` are the positions of the items in the collection that a scatter split, kept as long as they are known.
    """

    items: list[Any]
    tags: list[Tag] | None = None


@dataclass(slots=True)
class _Run:
    """One interpretation: what is held on each wire, and the choices made so far."""

    namespace: dict[str, object]
    members: Mapping[str, int]
    choices: Random | None
    skip: bool
    held: dict[str, list[Share]] = field(default_factory=dict)
    owners: dict[str, dict[object, int]] = field(default_factory=dict)

    def count(self, place: PlaceRef) -> int:
        """Return how many members run at ``place``."""
        return self.members.get(place.name, place.size) if place.is_cluster else 1

    def owner(self, place: PlaceRef, key: object) -> int:
        """Return the member of ``place`` that owns ``key``; equal keys have one owner throughout a run."""
        owners = self.owners.setdefault(place.name, {})
        count = self.count(place)
        chosen = len(owners) % count if self.choices is None else self.choices.randrange(count)
        return owners.setdefault(key, chosen)

    def share(self, wire: ir.Wire, member: int) -> Share:
        """Return what ``member`` sees of ``wire``; what is known everywhere is the same for all."""
        shares = self.held[wire.name]
        return shares[0] if wire.facts.place == ANYWHERE else shares[member]

    def whole(self, wire: ir.Wire, member: int) -> Any:
        """Return what element code sees under the name of ``wire``: the value, the dict or the list."""
        return _whole(wire, self.share(wire, member).items)


def interpret(
    flow: ir.Flow,
    arguments: Mapping[str, Iterable[object]],
    environment: Environment,
    members: Mapping[str, int] | None = None,
    seed: int | None = None,
) -> object:
    """Return what ``flow`` means for these arguments and numbers of members; element code raises what it raises."""
    choices = None if seed is None else Random(seed)
    run = _Run(environment.namespace(), _sizes(flow, members or {}), choices, skip=flow.on_error != "raise")
    for op in flow.ops:
        match op:
            case ir.Source():
                run.held[op.out.name] = _deal(run, op.out.facts.place, list(arguments[op.out.name]))
            case ir.Move():
                run.held[op.out.name] = _move(run, op)
            case ir.Result():
                values = tuple(run.whole(wire, 0) for wire in op.inputs)
                return values if op.many else values[0]
            case _:
                members_here = range(run.count(op.out.facts.place))
                run.held[op.out.name] = [_at_member(run, op, member) for member in members_here]
    raise AssertionError(f"`{flow.name}` has no result")


def _sizes(flow: ir.Flow, members: Mapping[str, int]) -> dict[str, int]:
    """Return how many members each cluster of ``flow`` has: as given, else as its class says."""
    places = [op.out.facts.place for op in flow.ops]
    return {place.name: place.size for place in places if place.is_cluster} | dict(members)


Local = (
    ir.Literal | ir.Each | ir.Join | ir.Apply | ir.Fold | ir.Group | ir.GroupFold | ir.Entries | ir.Scan | ir.Sort
    | ir.Take | ir.Zip | ir.Concat | ir.Merge | ir.Window | ir.Fixpoint | ir.Claim
)  # fmt: skip


def _at_member(run: _Run, op: Local, member: int) -> Share:
    with running_as(member, run.members):
        return _local(run, op, member)


def _local(run: _Run, op: Local, member: int) -> Share:
    """Return what one member gets from an operator that stays at its place."""
    share = run.share(op.inputs[0], member) if op.inputs else Share([])
    names = {wire.name: run.whole(wire, member) for wire in op.inputs}
    code = _Evaluator({**run.namespace, **names})
    if run.skip:
        share = _without_failing(share, [code(asked) for asked in _asked_of_each(op)])
    items = share.items
    match op:
        case ir.Literal():
            return Share(list(code(op.items)))
        case ir.Each() | ir.Join():
            return _each(run, op, member, code)
        case ir.Apply():
            return Share([code(op.code)])
        case ir.Fold():
            arguments = code.all(op.arguments)
            if run.skip and op.function == "reduce":
                arguments["function"] = forgiving(arguments["function"])
            return Share([FOLDS[op.function](items, **arguments)])
        case ir.Group():
            return Share(list(group(items, code.maybe(op.by), code.maybe(op.until))))
        case ir.GroupFold():
            return Share(list(_group_fold(op, items, code, run.skip)))
        case ir.Entries():
            return Share(_entries(op, items))
        case ir.Scan():
            return _scan(op, share, code, run.skip)
        case ir.Sort():
            return Share(list(SORTS[op.function](items, **code.all(op.arguments))))
        case ir.Take():
            return Share(items[code.maybe(op.start) : code.maybe(op.stop) : code.maybe(op.step)])
        case ir.Zip():
            return Share(list(zip(*(run.share(wire, member).items for wire in op.inputs), strict=op.strict)))
        case ir.Concat():
            lists = [run.share(wire, member).items for wire in op.inputs if not _is_side(wire, op)]
            return Share(list(concat(op.function, lists, code.all(op.arguments))))
        case ir.Merge():
            return Share(_interleave(run, [run.share(wire, member) for wire in op.inputs]).items)
        case ir.Window():
            return Share(list(WINDOWS[op.function](items, **code.all(op.arguments))))
        case ir.Fixpoint():
            return Share([run_until_still(code(op.step), items[0])])
        case ir.Claim():
            return run.share(op.inputs[0], member)
        case _:
            assert_never(op)


class _Evaluator:
    """Evaluates element code where the flow's wires and the names of its file are known."""

    def __init__(self, names: dict[str, object]) -> None:
        self.names = names

    def __call__(self, code: ir.Code) -> Any:
        for definition in code.definitions:
            exec(_compiled(definition, "exec"), self.names)
        return eval(_compiled(code.text, "eval"), self.names)

    def maybe(self, code: ir.Code | None) -> Any:
        return None if code is None else self(code)

    def all(self, arguments: Iterable[tuple[str, ir.Code]]) -> dict[str, Any]:
        return {name: self(code) for name, code in arguments}


@functools.lru_cache(4096)
def _compiled(text: str, mode: str) -> Any:
    return compile(text, "<element code>", mode)


def _whole(wire: ir.Wire, items: list[Any]) -> Any:
    match wire.facts.shape:
        case Shape.VALUE:
            return items[0]
        case Shape.ENTRIES:
            made = dict(items)
            return made if len(made) == len(items) else Closings(items)
        case Shape.ITEMS:
            return list(items)


def _is_side(wire: ir.Wire, op: ir.Concat) -> bool:
    return wire.facts.shape is Shape.VALUE or any(wire.name in code.text for _, code in op.arguments)


def _each(run: _Run, op: ir.Each | ir.Join, member: int, code: _Evaluator) -> Share:
    """Evaluate a comprehension item by item, so that each result is known by the item it came from."""
    share = run.share(op.inputs[0], member)
    over_one = _over_one(op.code)
    results: list[Any] = []
    tags: list[Tag] = []
    for index, item in enumerate(share.items):
        code.names[ONE] = [item]
        try:
            made = code(over_one)
        except Exception:  # element code may raise anything
            if not run.skip:
                raise
            continue
        tag = share.tags[index] if share.tags is not None else ()
        results += made
        tags += [(*tag, position) for position in range(len(made))]
    return Share(results, tags if share.tags is not None else None)


@functools.lru_cache(1024)
def _over_one(code: ir.Code) -> ir.Code:
    """Return a comprehension whose first generator goes over `ONE`; what else it reads, it reads whole."""
    tree = ast.parse(code.text, mode="eval").body
    assert isinstance(tree, ast.ListComp)
    tree.generators[0].iter = ast.Name(ONE, ast.Load())
    return ir.Code(ast.unparse(tree), code.definitions)


def _group_fold(op: ir.GroupFold, items: list[Any], code: _Evaluator, skip: bool) -> Iterator[tuple[Any, Any]]:
    folds = [(name, FOLDS[function], code.all(arguments)) for name, function, arguments in op.folds]
    asked, result, where = code.all(op.asked), code(op.result), code.maybe(op.where)
    for key, held in group(items, code.maybe(op.by), None):
        try:
            folded = _folds_of(key, held, folds, asked)
            if where is None or where(key, *folded):
                yield result(key, *folded)
        except Exception:  # element code may raise anything
            if not skip:
                raise


def _folds_of(
    key: object, held: list[Any], folds: list[tuple[str, Callable[..., Any], dict[str, Any]]], asked: dict[str, Any]
) -> list[Any]:
    folded: list[Any] = []
    for name, function, arguments in folds:
        given = dict(arguments)
        of = given.pop("of", list)
        wanted = name not in asked or asked[name](key, *folded)
        folded.append(function(of(held), **given) if wanted else None)
    return folded


def _entries(op: ir.Entries, items: list[Any]) -> list[Any]:
    """Take entries apart where they arrive one by one, else iterate over the finished value."""
    if op.inputs[0].facts.shape is Shape.ENTRIES:
        parts: dict[str, Callable[[tuple[Any, Any]], Any]]
        parts = {"items": tuple, "keys": lambda pair: pair[0], "iter": lambda pair: pair[0], "values": lambda p: p[1]}
        return [parts[op.part](pair) for pair in items]
    return list(items[0]) if op.part == "iter" else list(getattr(items[0], op.part)())


ASKED_OF_EACH = ("key", "by", "time", "predicate")


def _asked_of_each(op: Local) -> list[ir.Code]:
    """Return the functions that an operator calls once for each item."""
    match op:
        case ir.Group() | ir.GroupFold():
            return [op.by] if op.by is not None else []
        case ir.Fold() | ir.Scan() | ir.Sort() | ir.Window():
            return [code for name, code in op.arguments if name in ASKED_OF_EACH]
    return []


def _without_failing(share: Share, functions: list[Callable[[Any], object]]) -> Share:
    """Leave out the items that one of ``functions`` raises for."""
    kept = [index for index, item in enumerate(share.items) if all(_works(function, item) for function in functions)]
    tags = None if share.tags is None else [share.tags[index] for index in kept]
    return Share([share.items[index] for index in kept], tags)


def _works(function: Callable[[Any], object], item: Any) -> bool:
    try:
        function(item)
    except Exception:  # element code may raise anything
        return False
    return True


def _scan(op: ir.Scan, share: Share, code: _Evaluator, skip: bool) -> Share:
    arguments = code.all(op.arguments)
    if op.function == "scan":
        return scan(share, skip, **arguments)
    if op.function == "accumulate" and skip:
        return Share(list(accumulate_what_works(share.items, **arguments)))
    results = list(SCANS[op.function](share.items, **arguments))
    one_each = op.function == "accumulate" and len(results) == len(share.items)
    return Share(results, share.tags if one_each else None)


def scan(share: Share, skip: bool, step: Callable[..., Any], init: Any, by: Callable[..., Any] | None = None) -> Share:
    """Run a state, or one a key, over the items; a step that fails and is skipped leaves the state as it was."""
    states: dict[Any, Any] = {}
    kept, results = [], []
    for index, item in enumerate(share.items):
        key = None if by is None else by(item)
        try:
            states[key], out = step(states.get(key, init), item)
        except Exception:  # element code may raise anything
            if not skip:
                raise
            continue
        kept.append(index)
        results.append(out)
    return Share(results, None if share.tags is None else [share.tags[index] for index in kept])


def _deal(run: _Run, place: PlaceRef, items: list[object]) -> list[Share]:
    """Split items among members one in turn."""
    count = run.count(place)
    if not place.is_cluster:
        return [Share(items)]
    return [
        Share(items[member::count], [(index,) for index in range(member, len(items), count)]) for member in range(count)
    ]


def _move(run: _Run, op: ir.Move) -> list[Share]:
    """Return what each member at the other end receives."""
    wire = op.inputs[0]
    senders = range(run.count(wire.facts.place))
    shares = [run.share(wire, member) for member in senders]
    match op.verb:
        case "send" | "broadcast":
            assert len(shares) == 1, f"{op.verb} comes from one process"
            return [Share(list(shares[0].items)) for _ in range(run.count(op.to))]
        case "scatter" if op.by is None:
            assert len(shares) == 1, "scatter without a key comes from one process"
            return _deal(run, op.to, shares[0].items)
        case "scatter" | "route":
            return _address(run, op, shares)
        case "gather" if wire.facts.shape is Shape.VALUE:
            merge = _Evaluator(dict(run.namespace)).maybe(op.merge)
            return [Share([merge_shares([share.items[0] for share in shares], merge)])]
        case "gather" if op.ordered:
            tagged = [pair for share in shares for pair in zip(share.tags or [], share.items, strict=True)]
            return [Share([item for _, item in sorted(tagged, key=lambda pair: pair[0])])]
        case "gather":
            return [Share(_interleave(run, shares).items)]
        case _:
            raise AssertionError(f"unknown verb {op.verb}")


def _address(run: _Run, op: ir.Move, shares: list[Share]) -> list[Share]:
    """Give each item to the member that owns its key, or that it names; one sender's items stay in order."""
    boxes: list[list[Share]] = [[Share([], []) for _ in shares] for _ in range(run.count(op.to))]
    for sender, share in enumerate(shares):
        names = {wire.name: run.whole(wire, sender) for wire in op.inputs}
        by = _Evaluator({**run.namespace, **names}).maybe(op.by)
        for index, item in enumerate(share.items):
            target, payload = (run.owner(op.to, by(item)), item) if by else (item[0], item[1])
            box = boxes[target][sender]
            box.items.append(payload)
            assert box.tags is not None
            box.tags.append((index,))
    if len(shares) == 1:
        return [box[0] for box in boxes]
    return [Share(_interleave(run, box).items) for box in boxes]


def _interleave(run: _Run, shares: list[Share]) -> Share:
    """Return all items, each share's in its order; whose turn it is comes from the seed."""
    if run.choices is None:
        return Share([item for share in shares for item in share.items])
    turns = [number for number, share in enumerate(shares) for _ in share.items]
    run.choices.shuffle(turns)
    queues = [iter(share.items) for share in shares]
    return Share([next(queues[number]) for number in turns])
