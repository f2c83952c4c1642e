"""Check that members' values can be made one, and that no result depends on the number of members."""

from __future__ import annotations

from collections.abc import Iterator

from flowcc.algebra.names import Names
from flowcc.diagnostics import Diagnostic, FlowError
from flowcc.facts import Delivery, Shape
from flowcc.ir import Claim, Each, Entries, Flow, Fold, Group, Literal, Move, Op, Result, Window, codes_of
from flowcc.passes import faults
from flowcc.passes.laws import Laws, laws_of

IDEMPOTENT = frozenset("set frozenset min max any all dict".split())
SUGGESTED = {"sum": "operator.add", "len": "operator.add", "Counter": "operator.add", "min": "min", "max": "max",
             "any": "operator.or_", "all": "operator.and_", "set": "operator.or_", "prod": "operator.mul"}  # fmt: skip


def check_shares(flow: Flow, names: Names) -> Flow:
    """Raise F303 and F306; return the flow as it is."""
    laws = laws_of(flow, names)
    found: list[Diagnostic] = []
    for op in flow.ops:
        if isinstance(op, Move) and op.verb == "gather":
            found += _gathered(op, laws)
        found += _partial(op)
        found += _copies(op)
        found += _counts_members(op, flow)
    if found:
        raise FlowError(found)
    return flow


def _gathered(op: Move, laws: Laws) -> Iterator[Diagnostic]:
    held = op.inputs[0]
    if held.facts.shape is Shape.ITEMS:
        if op.merge is not None:
            yield faults.verb_does_not_fit(
                op.span, "gather", "merges values, and this is a collection", "leave merge out"
            )
        return
    fold = laws.made[held.name]
    function = fold.function if isinstance(fold, Fold) else type(fold).__name__.lower()
    if held.facts.share == "by keys" and op.merge is None:
        return
    if held.facts.share == "partial":
        return
    if op.merge is None:
        yield faults.merge_needed(op.span, function, _suggest(function), _why(held.facts.share, function))
    elif not (finding := laws.merge(op)).holds:
        yield faults.merge_disagrees(op.span, op.merge.text, function, finding.why)


def _suggest(function: str) -> str:
    if function in ("Counter", "dict"):
        return "scatter(…, by=…) by the same key, so that members hold different keys, or merge=operator.add"
    return f"merge={SUGGESTED.get(function, '…')} in gather"


def _why(share: str, function: str) -> str:
    if share == "copies":
        return "every member holds all of it"
    return (
        "members may hold the same keys" if function in ("Counter", "dict", "group") else "one value from each member"
    )


def _partial(op: Op) -> Iterator[Diagnostic]:
    """What each member computes from its own share alone must not be handed on as if it were of the whole."""
    if isinstance(op, Move) and op.inputs[0].facts.share == "partial":
        yield faults.depends_on_members(
            op.span, "what is moved here", "each member made it from its own share alone",
            "scatter(…, by=…) by the key that the operator uses, or gather first",
        )  # fmt: skip
    if isinstance(op, Window) and op.inputs[0].facts.place.is_cluster:
        yield faults.depends_on_members(
            op.span, f"`{op.function}` on a cluster", "time passes with the items that a member sees",
            "take the windows at a process, then scatter them",
        )  # fmt: skip


def _copies(op: Op) -> Iterator[Diagnostic]:
    """Items that come once from every member must be made one again before their number can show."""
    repeated = [wire for wire in op.inputs if wire.facts.delivery is Delivery.AT_LEAST_ONCE]
    if not repeated:
        return
    healed = isinstance(op, Group) and op.until is not None and op.until.asks
    passing = isinstance(op, Each | Entries | Move | Claim) or healed
    idempotent = isinstance(op, Fold) and op.function in IDEMPOTENT and not dict(op.arguments)
    if passing or idempotent:
        return
    name = "the result" if isinstance(op, Result) else f"`{getattr(op, 'function', type(op).__name__.lower())}`"
    yield faults.depends_on_members(
        op.span, name, "each item comes once from every member",
        "set(…) of them, group(…, until=…) that counts size(…), or trust(…, once=True, because=…)",
    )  # fmt: skip


def _counts_members(op: Op, flow: Flow) -> Iterator[Diagnostic]:
    """``size`` and ``member`` may decide where items go and when a group is complete, nothing else."""
    allowed = op.until if isinstance(op, Group) else op.by if isinstance(op, Move) else None
    if any(code.asks for code in codes_of(op) if code is not allowed) and not _is_hidden(op, flow):
        yield faults.depends_on_members(
            op.span, "this", "`size` and `member` differ with the number of members",
            'trust(…, because="…") around it when the result does not',
        )  # fmt: skip


def _is_hidden(op: Op, flow: Flow) -> bool:
    """Whether all that read an operator keep its value from showing in the result."""
    readers = [reader for reader in flow.ops if op.out in reader.inputs]
    return bool(readers) and all(
        (isinstance(reader, Move) and reader.verb == "route")
        or (isinstance(reader, Claim) and reader.because != "")
        or (isinstance(reader, Group) and reader.until is not None)
        or (isinstance(op, Literal) and isinstance(reader, Fold) and _is_hidden(reader, flow))
        for reader in readers
    )
