"""For a call in this process: everything lives here, so that moves vanish and comprehensions fuse across them.

Plain Python is the run with one member, and so is this: ``send``, ``broadcast``, ``scatter`` and ``gather`` hand on
what they are given, ``route`` the second of each pair.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from flowcc.facts import HERE, Facts
from flowcc.ir import Apply, Code, Each, Flow, Join, Move, Op, Wire
from flowcc.passes.renaming import read_instead, with_codes


def stay_here(flow: Flow) -> Flow:
    """Return the flow without moves, all of it here."""
    instead: dict[str, Wire] = {}
    ops: list[Op] = []
    for op in flow.ops:
        inputs = tuple(instead.get(wire.name, _here(wire)) for wire in op.inputs)
        out = _here(op.out)
        if isinstance(op, Move) and op.verb != "route":
            instead[out.name] = inputs[0]
        elif isinstance(op, Move):
            ops.append(Each(out=out, inputs=inputs[:1], span=op.span, code=_second(inputs[0])))
        else:
            if isinstance(op, Each | Join):
                inputs = _apart(op, inputs, ops)
            names = {w.name: i.name for w, i in zip(op.inputs, inputs, strict=True) if w.name != i.name}
            by_name = isinstance(op, Each | Join | Apply)  # their code knows its inputs by name alone
            moved = replace(op, out=out, inputs=tuple(dict.fromkeys(inputs)) if by_name else inputs)
            ops.append(with_codes(moved, partial(read_instead, names=names)) if names else moved)
    return replace(flow, ops=tuple(ops))


def _apart(op: Each | Join, inputs: tuple[Wire, ...], ops: list[Op]) -> tuple[Wire, ...]:
    """Return inputs of which the first is no other one: what moves kept apart is gone over and read whole."""
    kept = [inputs[0]]
    for wire, here in zip(op.inputs[1:], inputs[1:], strict=True):
        if here == inputs[0]:
            here = Wire(wire.name, here.facts)
            if all(made.out != here for made in ops):
                again = Code(f"[item for item in {inputs[0].name}]")
                ops.append(Each(out=here, inputs=inputs[:1], span=op.span, code=again))
        kept.append(here)
    return tuple(kept)


def _here(wire: Wire) -> Wire:
    facts: Facts = replace(wire.facts, place=HERE, share="")
    return Wire(wire.name, facts)


def _second(pairs: Wire) -> Code:
    text = f"[item for _, item in {pairs.name}]"
    return Code(text)
