"""What each member receives when a collection or a value moves: the verbs, as `interpret` means them."""

from __future__ import annotations

from flowcc import ir
from flowcc.facts import PlaceRef, Shape
from flowcc.interpreted import Evaluator, Run, Share
from flowcc.reference import merge_shares


def deal(run: Run, place: PlaceRef, items: list[object]) -> list[Share]:
    """Split items among members one in turn."""
    count = run.count(place)
    if not place.is_cluster:
        return [Share(items)]
    return [
        Share(items[member::count], [(index,) for index in range(member, len(items), count)]) for member in range(count)
    ]


def move(run: Run, op: ir.Move) -> list[Share]:
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
            return deal(run, op.to, shares[0].items)
        case "scatter" | "route":
            return _address(run, op, shares)
        case "gather" if wire.facts.shape is Shape.VALUE:
            merge = Evaluator(dict(run.namespace)).maybe(op.merge)
            return [Share([merge_shares([share.items[0] for share in shares], merge)])]
        case "gather" if op.ordered:
            tagged = [pair for share in shares for pair in zip(share.tags or [], share.items, strict=True)]
            return [Share([item for _, item in sorted(tagged, key=lambda pair: pair[0])])]
        case "gather":
            return [Share(interleave(run, shares).items)]
        case _:
            raise AssertionError(f"unknown verb {op.verb}")


def _address(run: Run, op: ir.Move, shares: list[Share]) -> list[Share]:
    """Give each item to the member that owns its key, or that it names; one sender's items stay in order."""
    boxes: list[list[Share]] = [[Share([], []) for _ in shares] for _ in range(run.count(op.to))]
    for sender, share in enumerate(shares):
        names = {wire.name: run.whole(wire, sender) for wire in op.inputs}
        by = Evaluator({**run.namespace, **names}).maybe(op.by)
        for index, item in enumerate(share.items):
            target, payload = (run.owner(op.to, by(item)), item) if by else (item[0], item[1])
            box = boxes[target][sender]
            box.items.append(payload)
            assert box.tags is not None
            box.tags.append((index,))
    if len(shares) == 1:
        return [box[0] for box in boxes]
    return [Share(interleave(run, box).items) for box in boxes]


def interleave(run: Run, shares: list[Share]) -> Share:
    """Return all items, each share's in its order; whose turn it is comes from the seed."""
    if run.choices is None:
        return Share([item for share in shares for item in share.items])
    turns = [number for number, share in enumerate(shares) for _ in share.items]
    run.choices.shuffle(turns)
    queues = [iter(share.items) for share in shares]
    return Share([next(queues[number]) for number in turns])
