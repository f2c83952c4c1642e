"""Cut a flow at its moves: one stage a place, one channel a move between two of them.

A move stays an operator of both its stages: the sender's sends, the receiver's receives; where members of one
cluster deal out items among themselves, both are one stage. What lives anywhere (literals, and what is computed from
nothing else) is copied into each stage that reads it, and made where it is sent to; it is dealt out from `Here`.
The caller is the stage `Here`: what it is to get and lives elsewhere is sent to it.
"""

from __future__ import annotations

from dataclasses import replace

from flowcc.facts import ANYWHERE, HERE, PlaceRef
from flowcc.ir import Channel, Flow, Move, Op, Program, Result, StageProgram, Wire


def split(flow: Flow) -> Program:
    """Return the stages of a flow, in the order in which it first names their places, and their channels."""
    ops = _bring_results_here(_settle(flow.ops))
    channels = tuple(Channel(op.out.name, op.inputs[0].facts.place, op.to, op) for op in ops if isinstance(op, Move))
    places = dict.fromkeys(place for op in ops for place in _places_of(op) if place != ANYWHERE)
    stages = tuple(StageProgram(place, _ops_at(place, ops)) for place in places)
    return Program(name=flow.name, stages=stages, channels=channels, on_error=flow.on_error)


def _bring_results_here(ops: tuple[Op, ...]) -> tuple[Op, ...]:
    """Send to the caller what the result reads and lives elsewhere."""
    *others, result = ops
    assert isinstance(result, Result), "a flow ends with its result"
    taken = {op.out.name for op in ops}
    moves: dict[Wire, Move] = {}
    for wire in result.inputs:
        if wire.facts.place not in (HERE, ANYWHERE) and wire not in moves:
            out = Wire(_fresh(f"{wire.name}_here", taken), replace(wire.facts, place=HERE, share=""))
            verb = "gather" if wire.facts.place.is_cluster else "send"
            moves[wire] = Move(out=out, inputs=(wire,), span=result.span, verb=verb, to=HERE)
    inputs = tuple(moves[wire].out if wire in moves else wire for wire in result.inputs)
    return (*others, *moves.values(), replace(result, inputs=inputs))


def _settle(ops: tuple[Op, ...]) -> tuple[Op, ...]:
    """Give what lives anywhere a place where a move reads it: there if it is copied, with the caller if dealt out."""
    settled: list[Op] = []
    writers = {op.out: op for op in ops}
    taken = {op.out.name for op in ops}
    for op in ops:
        if not isinstance(op, Move) or op.inputs[0].facts.place != ANYWHERE:
            settled.append(op)
            continue
        wire = op.inputs[0]
        if op.verb in ("scatter", "route"):
            here = Wire(_fresh(f"{wire.name}_here", taken), replace(wire.facts, place=HERE))
            settled += [replace(writers[wire], out=here), replace(op, inputs=(here, *op.inputs[1:]))]
        else:
            settled.append(replace(writers[wire], out=op.out))
    return tuple(settled)


def _places_of(op: Op) -> tuple[PlaceRef, ...]:
    """Return the places whose stages an operator is part of; a move's sender first."""
    match op:
        case Move():
            return (op.inputs[0].facts.place, op.to)
        case Result():
            return (HERE,)
        case _:
            return (op.out.facts.place,)


def _ops_at(place: PlaceRef, ops: tuple[Op, ...]) -> tuple[Op, ...]:
    """Return the operators of one stage, with what lives anywhere where it is read."""
    kept: list[Op] = []
    read: set[Wire] = set()
    for op in reversed(ops):
        places = _places_of(op)
        if place not in places and not (ANYWHERE in places and op.out in read):
            continue
        kept.append(op)
        if not isinstance(op, Move) or places[0] == place:
            read |= set(op.inputs)
    return tuple(reversed(kept))


def _fresh(name: str, taken: set[str]) -> str:
    while name in taken:
        name += "_"
    taken.add(name)
    return name
