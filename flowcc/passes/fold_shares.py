"""Let a member without items say nothing: ``gather(min(scatter(xs, C)), P, merge=min)`` where some shares are empty.

Python's fold of nothing raises, and the whole is not empty because one share is. So each member sends the fold of its
share as one item or none, and the receiver folds those: of nothing at all, Python's own error.
"""

from __future__ import annotations

from dataclasses import replace

from flowcc.facts import Order, Shape
from flowcc.ir import Code, Flow, Fold, Move, Op, Scan, Sort, Take, Wire
from flowcc.passes.renaming import fresh

BEST = {"min": "nsmallest", "max": "nlargest"}


def fold_shares(flow: Flow) -> Flow:
    """Rewrite every merge of folds that raise when there are no items."""
    readers = flow.readers()
    made = {op.out: op for op in flow.ops}
    taken = {op.out.name for op in flow.ops}
    replaced: dict[Wire, list[Op]] = {}
    for move in flow.ops:
        fold = made.get(move.inputs[0]) if isinstance(move, Move) and move.merge is not None else None
        if isinstance(move, Move) and isinstance(fold, Fold) and readers[fold.out] == 1 and _raises(fold):
            parts = _of_share(fold, taken)
            facts = replace(parts[-1].out.facts, place=move.out.facts.place, share="", order=Order.NONE)
            moved = replace(
                move, inputs=(parts[-1].out,), out=Wire(fresh(f"{move.out.name}_parts", taken), facts), merge=None
            )
            whole = replace(fold, inputs=(moved.out, *fold.inputs[1:]), out=move.out)
            replaced |= {fold.out: parts, move.out: [moved, whole]}
    return replace(flow, ops=tuple(part for op in flow.ops for part in replaced.get(op.out, [op])))


def _raises(fold: Fold) -> bool:
    """Whether nothing but empty shares keeps the fold from being begun at each member.

    What every member holds a copy of is no share: folded once more, each copy would count.
    """
    if len(fold.inputs) > 1 or fold.out.facts.share == "copies":
        return False
    names = {name for name, _ in fold.arguments}
    return (fold.function in BEST and not names) or (fold.function == "reduce" and names == {"function"})


def _of_share(fold: Fold, taken: set[str]) -> list[Op]:
    """Return operators that give the fold of a share as one item, or none."""
    items = fold.inputs[0]
    facts = replace(items.facts, shape=Shape.ITEMS, share="dealt")
    last = Wire(fresh(f"{fold.out.name}_of_share", taken), facts)
    if fold.function in BEST:
        only = (("n", Code("1")),)
        return [Sort(out=last, inputs=(items,), span=fold.span, function=BEST[fold.function], arguments=only)]
    running = Wire(fresh(f"{fold.out.name}_running", taken), facts)
    return [
        Scan(out=running, inputs=(items,), span=fold.span, function="accumulate", arguments=fold.arguments),
        Take(out=last, inputs=(running,), span=fold.span, start=Code("-1")),
    ]
