"""The reference meaning of every operator, on plain lists and any number of members: what the tests compare with.

Nothing here is fast and nothing is clever. A wire holds one `Share` a member of its place; element code is evaluated
by `eval`; whole-collection functions are Python's own. Orders that a program must not depend on (which member a key
lives at, how members' items interleave) are drawn from ``seed``, so that a test can try many.
"""

from __future__ import annotations

import ast
import functools
import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from random import Random
from typing import Any, assert_never

from flowcc import ir
from flowcc.environment import Environment
from flowcc.facts import Shape
from flowcc.interpreted import Evaluator, Run, Share, Tag
from flowcc.interpreted_moves import deal, interleave, move
from flowcc.reference import (
    FOLDS,
    SCANS,
    SORTS,
    WINDOWS,
    accumulate_what_works,
    concat,
    forgiving,
    group,
    run_until_still,
)  # fmt: skip
from flowcc.verbs import running_as

ONE = "_one_item_"  # no name of a user


def interpret(
    flow: ir.Flow,
    arguments: Mapping[str, Iterable[object]],
    environment: Environment,
    members: Mapping[str, int] | None = None,
    seed: int | None = None,
) -> object:
    """Return what ``flow`` means for these arguments and numbers of members; element code raises what it raises."""
    choices = None if seed is None else Random(seed)
    run = Run(environment.namespace(), _sizes(flow, members or {}), choices, skip=flow.on_error != "raise")
    for op in flow.ops:
        match op:
            case ir.Source():
                run.held[op.out.name] = deal(run, op.out.facts.place, list(arguments[op.out.name]))
            case ir.Move():
                run.held[op.out.name] = move(run, op)
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


def _at_member(run: Run, op: Local, member: int) -> Share:
    with running_as(member, run.members):
        return _local(run, op, member)


def _local(run: Run, op: Local, member: int) -> Share:
    """Return what one member gets from an operator that stays at its place."""
    stops = _stops_early(op)
    if stops and any(run.lazily(wire, member).error is not None for wire in op.inputs):
        return _up_to_failure(run, op, member)
    share = run.share(op.inputs[0], member) if op.inputs else Share([])
    names = {wire.name: run.whole(wire, member) for wire in op.inputs}
    code = Evaluator({**run.namespace, **names})
    if run.skip:
        share = _without_failing(share, [code(asked) for asked in _asked_of_each(op)])
    items = share.items
    match op:
        case ir.Literal():
            return Share(list(code(op.items)))
        case ir.Each() | ir.Join():
            if op.lazy and not run.skip:
                return _made(code(as_generator(op.code)), lazy=True)
            return _each(run, op, member, code)
        case ir.Scan() if op.lazy and op.function in SCANS and not run.skip:
            return _made(SCANS[op.function](iter(items), **code.all(op.arguments)), lazy=True)
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
            return Share(interleave(run, [run.share(wire, member) for wire in op.inputs]).items)
        case ir.Window():
            return Share(list(WINDOWS[op.function](items, **code.all(op.arguments))))
        case ir.Fixpoint():
            return Share([run_until_still(code(op.step), items[0])])
        case ir.Claim():
            return run.share(op.inputs[0], member)
        case _:
            assert_never(op)


def _is_side(wire: ir.Wire, op: ir.Concat) -> bool:
    return wire.facts.shape is Shape.VALUE or any(wire.name in code.text for _, code in op.arguments)


def _stops_early(op: Local) -> bool:
    """Whether an operator may not ask for all items of its inputs, or passes on that one failed."""
    if isinstance(op, ir.Fold):
        return op.function in ("any", "all")
    if isinstance(op, ir.Scan):
        return op.function == "takewhile" or (op.lazy and op.function in SCANS)
    return op.lazy or isinstance(op, ir.Take | ir.Zip)


def _up_to_failure(run: Run, op: Local, member: int) -> Share:
    """Evaluate an operator on what can be made of its inputs, item by item as Python does."""
    shares = [run.lazily(wire, member) for wire in op.inputs]
    sides = {
        wire.name: run.whole(wire, member) for wire, share in zip(op.inputs, shares, strict=True) if not share.error
    }
    code = Evaluator({**run.namespace, **sides})
    made: Iterable[Any]
    match op:
        case ir.Fold():
            return Share([FOLDS[op.function](iter(shares[0]), **code.all(op.arguments))])
        case ir.Each() | ir.Join():
            code.names[op.inputs[0].name] = shares[0]
            made = code(as_generator(op.code))
        case ir.Scan():
            made = SCANS[op.function](iter(shares[0]), **code.all(op.arguments))
        case ir.Take():
            bounds = (code.maybe(op.start), code.maybe(op.stop), code.maybe(op.step))
            made = itertools.islice(shares[0], *bounds)
        case ir.Zip():
            made = zip(*shares, strict=op.strict)
        case ir.Concat():
            made = itertools.chain(*shares)
        case _:
            raise AssertionError(f"{type(op).__name__} asks for all items")
    return _made(made, lazy=op.lazy)


def _made(iterator: Iterable[Any], lazy: bool) -> Share:
    """Return what an iterator gives; where that is ``lazy``, up to the item that fails."""
    items: list[Any] = []
    try:
        for item in iterator:
            items.append(item)
    except Exception as error:  # element code may raise anything
        if not lazy:
            raise
        return Share(items, error=error)
    return Share(items)


@functools.lru_cache(1024)
def as_generator(code: ir.Code) -> ir.Code:
    """Return a comprehension as a generator."""
    tree = ast.parse(code.text, mode="eval").body
    assert isinstance(tree, ast.ListComp), "only comprehensions are lazy"
    return ir.Code(ast.unparse(ast.GeneratorExp(tree.elt, tree.generators)), code.definitions)


def _each(run: Run, op: ir.Each | ir.Join, member: int, code: Evaluator) -> Share:
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


def _group_fold(op: ir.GroupFold, items: list[Any], code: Evaluator, skip: bool) -> Iterator[tuple[Any, Any]]:
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


def _scan(op: ir.Scan, share: Share, code: Evaluator, skip: bool) -> Share:
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
