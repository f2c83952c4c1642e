"""Check that data meets only at one place, that verbs fit their places, and that results are not left on a cluster."""

from __future__ import annotations

from flowcc.diagnostics import Diagnostic, FlowError
from flowcc.facts import ANYWHERE, PlaceRef, Shape
from flowcc.ir import Flow, Move, Op, Result
from flowcc.passes import faults
from flowcc.passes.trace import writers

FROM_PROCESS = ("send", "broadcast")
TO_CLUSTER = ("broadcast", "scatter", "route")


def check_places(flow: Flow) -> Flow:
    """Raise F201 where places do not fit; return the flow as it is."""
    made = writers(flow)
    found: list[Diagnostic] = []
    for op in flow.ops:
        found += _meeting(op, made)
        if isinstance(op, Move):
            found += _misfit(op, op.inputs[0].facts.place)
        if isinstance(op, Result):
            found += [
                faults.left_on_cluster(op.span, wire.name, wire.facts.place.name)
                for wire in op.inputs
                if wire.facts.place.is_cluster
            ]
    if found:
        raise FlowError(found)
    return flow


def _meeting(op: Op, made: dict[str, Op]) -> list[Diagnostic]:
    if isinstance(op, Result):
        return []
    placed = [wire for wire in op.inputs if wire.facts.place != ANYWHERE]
    for wire in placed[1:]:
        if wire.facts.place.name != placed[0].facts.place.name:
            first, second = (
                (w.name, w.facts.place.name, made[w.name].span if w.name in made else op.span)
                for w in (placed[0], wire)
            )
            return [faults.places_meet(op.span, first, second)]
    return []


def _misfit(op: Move, origin: PlaceRef) -> list[Diagnostic]:
    verb, to = op.verb, op.to
    if verb in TO_CLUSTER and not to.is_cluster:
        return [faults.verb_does_not_fit(op.span, verb, f"goes to a cluster, and {to.name} is a process",
                                         f"send(…, {to.name})")]  # fmt: skip
    if verb in ("send", "gather") and to.is_cluster:
        return [faults.verb_does_not_fit(op.span, verb, f"goes to a process, and {to.name} is a cluster",
                                         f"scatter(…, {to.name}) or broadcast(…, {to.name})")]  # fmt: skip
    if verb in FROM_PROCESS and origin.is_cluster:
        return [faults.verb_does_not_fit(op.span, verb, f"starts at a process, {origin.name} is a cluster",
                                         f"gather(…, {to.name})" if verb == "send" else "gather(…) first")]  # fmt: skip
    if verb == "gather" and not origin.is_cluster and origin != ANYWHERE:
        return [faults.verb_does_not_fit(op.span, verb, f"starts at a cluster, and {origin.name} is a process",
                                         f"send(…, {to.name})")]  # fmt: skip
    if verb == "scatter" and op.by is None and origin.is_cluster:
        return [faults.verb_does_not_fit(op.span, verb, f"deals from a process, and {origin.name} is a cluster",
                                         f"scatter(…, {to.name}, by=…)")]  # fmt: skip
    if verb in ("scatter", "route") and op.inputs[0].facts.shape is Shape.VALUE:
        return [faults.verb_does_not_fit(op.span, verb, "divides a collection, and this is one value",
                                         f"broadcast(…, {to.name})")]  # fmt: skip
    return []
