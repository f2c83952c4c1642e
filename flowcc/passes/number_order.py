"""Keep the order that a scatter splits, where a gather asks for it: number the items before, merge by number after.

Between the two every comprehension carries the number of the item along; a member's numbers only rise, so the gather
merges what the members send without waiting for all of it.
"""

from __future__ import annotations

import ast
from dataclasses import replace

from flowcc.facts import Facts, Type
from flowcc.ir import Code, Each, Flow, Move, Op, Scan, Wire
from flowcc.passes.renaming import code_of, fresh, names_in, tree_of

PAIR = "numbered"


def number_order(flow: Flow) -> Flow:
    """Rewrite every chain scatter → comprehensions → ``gather(ordered=True)``."""
    for gather in [op for op in flow.ops if isinstance(op, Move) and op.ordered]:
        flow = _numbered(flow, gather)
    return flow


def _numbered(flow: Flow, gather: Move) -> Flow:
    made = {op.out.name: op for op in flow.ops}
    chain: list[Each] = []
    source = made[gather.inputs[0].name]
    while isinstance(source, Each):
        chain.insert(0, source)
        source = made[source.inputs[0].name]
    assert isinstance(source, Move)
    taken = {op.out.name for op in flow.ops}
    added, moved = _split(source, taken)
    added, last = _carry(chain, moved, added, taken)
    arrived = Wire(fresh(f"{gather.out.name}_{PAIR}", taken), _pairs(gather.out.facts))
    added += [replace(gather, inputs=(last, *gather.inputs[1:]), out=arrived), _strip(arrived, gather)]
    ops: list[Op] = []
    for op in flow.ops:
        ops += added if op is gather else [op]
    unread = {source.out, *(each.out for each in chain)}
    return _without_unread(replace(flow, ops=tuple(ops)), unread)


def _without_unread(flow: Flow, candidates: set[Wire]) -> Flow:
    """Drop what only the rewritten gather read."""
    kept: list[Op] = []
    read: set[Wire] = set()
    for op in reversed(flow.ops):
        if op.out in read or op.out not in candidates:
            kept.append(op)
            read |= set(op.inputs)
    return replace(flow, ops=tuple(reversed(kept)))


def _pairs(facts: Facts) -> Facts:
    return replace(facts, element=Type("tuple", (Type("int"), facts.element)))


def _split(source: Move, taken: set[str]) -> tuple[list[Op], Wire]:
    items = source.inputs[0]
    numbered = Wire(fresh(f"{items.name}_{PAIR}", taken), _pairs(items.facts))
    moved = Wire(fresh(f"{source.out.name}_{PAIR}", taken), _pairs(source.out.facts))
    by = None if source.by is None else _of_second(source.by)
    return [
        Scan(out=numbered, inputs=(items,), span=source.span, function="enumerate"),
        replace(source, inputs=(numbered, *source.inputs[1:]), out=moved, by=by),
    ], moved


def _of_second(by: Code) -> Code:
    """Return the key of a numbered item: that of the item."""
    tree = tree_of(by)
    match tree:
        case ast.Lambda(args=ast.arguments(args=[ast.arg()])):
            called: ast.expr = tree
        case _:
            called = tree
    pair = ast.Subscript(ast.Name("_pair", ast.Load()), ast.Constant(1), ast.Load())
    arguments = ast.arguments([], [ast.arg("_pair")], None, [], [], None, [])
    return code_of(ast.copy_location(ast.Lambda(arguments, ast.Call(called, [pair], [])), tree), by)


def _carry(chain: list[Each], wire: Wire, added: list[Op], taken: set[str]) -> tuple[list[Op], Wire]:
    for each in chain:
        tree = tree_of(each.code)
        assert isinstance(tree, ast.ListComp)
        number = fresh("_number", names_in(tree) | {w.name for w in each.inputs})
        head, *rest = tree.generators
        target = ast.Tuple([ast.Name(number, ast.Store()), head.target], ast.Store())
        first = ast.comprehension(target, ast.Name(wire.name, ast.Load()), head.ifs, 0)
        element = ast.Tuple([ast.Name(number, ast.Load()), tree.elt], ast.Load())
        out = Wire(fresh(f"{each.out.name}_{PAIR}", taken), _pairs(each.out.facts))
        numbered = ast.copy_location(ast.ListComp(element, [first, *rest]), tree)
        added = [*added, replace(each, inputs=(wire, *each.inputs[1:]), out=out, code=code_of(numbered, each.code))]
        wire = out
    return added, wire


def _strip(arrived: Wire, gather: Move) -> Each:
    text = f"[item for _, item in {arrived.name}]"
    return Each(out=gather.out, inputs=(arrived,), span=gather.span, code=Code(text))
