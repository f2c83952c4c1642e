"""Compute once what is written several times: element code is pure, so equal operators on equal inputs give the same.

Moves are left alone: two moves are two channels, and dealing twice deals differently.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from flowcc.ir import Apply, Each, Flow, Join, Move, Op, Result, Source, Wire
from flowcc.passes.renaming import read_instead, with_codes

ANY = "·"  # no wire is called so


def share_equal(flow: Flow) -> Flow:
    """Let readers of an operator that was there before read the first one."""
    instead: dict[str, Wire] = {}
    seen: dict[Op, Wire] = {}
    kept: list[Op] = []
    returned = {wire.name for wire in flow.ops[-1].inputs}  # each the caller's own: lists may be changed there
    for op in flow.ops:
        op = _reading(op, instead)
        if isinstance(op, Move | Result | Source) or op.out.name in returned:
            kept.append(op)
            continue
        unnamed = replace(op, out=Wire(ANY, op.out.facts))
        if unnamed in seen and not _meet(flow, op.out.name, seen[unnamed].name, instead):
            instead[op.out.name] = seen[unnamed]
        else:
            seen[unnamed] = op.out
            kept.append(op)
    return replace(flow, ops=tuple(kept))


def _reading(op: Op, instead: dict[str, Wire]) -> Op:
    names = {wire.name: instead[wire.name].name for wire in op.inputs if wire.name in instead}
    if not names:
        return op
    inputs = tuple(instead.get(wire.name, wire) for wire in op.inputs)
    if isinstance(op, Apply):
        inputs = tuple(dict.fromkeys(inputs))
    return with_codes(replace(op, inputs=inputs), partial(read_instead, names=names))


def _meet(flow: Flow, first: str, second: str, instead: dict[str, Wire]) -> bool:
    """Whether a comprehension reads both wires: one it goes over, the other it reads whole."""
    for op in flow.ops:
        if isinstance(op, Each | Join):
            read = {instead[wire.name].name if wire.name in instead else wire.name for wire in op.inputs}
            if {first, second} <= read:
                return True
    return False
