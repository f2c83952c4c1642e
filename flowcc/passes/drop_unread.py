"""Drop operators that nothing reads and that cannot raise; what could raise is kept, since Python would have run it."""

from __future__ import annotations

from dataclasses import replace

from flowcc.ir import Claim, Entries, Flow, Merge, Op, Wire


def drop_unread(flow: Flow) -> Flow:
    """Drop views, claims and merges without a reader; parameters stay, being how the flow is called."""
    kept: list[Op] = []
    read: set[Wire] = set()
    for op in reversed(flow.ops):
        if op.out in read or not isinstance(op, Entries | Claim | Merge):
            kept.append(op)
            read |= set(op.inputs)
    return replace(flow, ops=tuple(reversed(kept)))
