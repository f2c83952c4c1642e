"""Which passes run, in which order, and why."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Protocol, TypeAlias

from flowcc.algebra.names import Names
from flowcc.diagnostics import Diagnostic, FlowError
from flowcc.ir import Flow
from flowcc.passes.check_ends import check_ends
from flowcc.passes.check_order import check_order
from flowcc.passes.check_places import check_places
from flowcc.passes.check_shares import check_shares
from flowcc.passes.drop_unread import drop_unread
from flowcc.passes.filter_early import filter_early
from flowcc.passes.fold_early import fold_early
from flowcc.passes.fold_groups import fold_groups
from flowcc.passes.fold_shares import fold_shares
from flowcc.passes.fuse_each import fuse_each
from flowcc.passes.join_on_equality import join_on_equality
from flowcc.passes.map_before_group import map_before_group
from flowcc.passes.needed_columns import needed_columns
from flowcc.passes.number_order import number_order
from flowcc.passes.semi_naive import semi_naive
from flowcc.passes.share_equal import share_equal
from flowcc.passes.stay_here import stay_here

Pass: TypeAlias = Callable[[Flow], Flow]


class Check(Protocol):
    """A check that asks what names in element code stand for."""

    def __call__(self, flow: Flow, names: Names) -> Flow:
        """Return the flow as it is, or raise `FlowError`."""


CHECKS: tuple[Pass, ...] = (
    check_places,  # all of these on the user's own operators, before anything is rewritten
    check_ends,
)
CHECKS_OF_LAWS: tuple[Check, ...] = (check_order, check_shares)
EITHER_WAY: tuple[Pass, ...] = (
    share_equal,  # before anything is put together and no longer looks alike
    map_before_group,  # first: the folds it leaves are those that a group can begin with
    fold_groups,  # before fusion: it looks for the comprehension right behind a group
    join_on_equality,  # before fusion: the equality must be the comprehension's own
    semi_naive,
)
PIPELINE: tuple[Pass, ...] = (
    drop_unread,  # first: a dead reader would prevent the rewrites behind it
    filter_early,  # before order is numbered, which would make every item a pair
    number_order,  # before fusion: it counts on one comprehension an operator
    *EITHER_WAY,
    fold_early,  # after groups are folded: it begins their folds
    fold_shares,  # after what looks at folds and moves as they were written
    fuse_each,  # after what counts on one comprehension an operator: one loop a chain
    needed_columns,  # last: it looks at what is read in the end
)
IN_PROCESS: tuple[Pass, ...] = (
    drop_unread,
    stay_here,  # early: what a move kept apart can be put together
    *EITHER_WAY,
    fuse_each,
    needed_columns,
)


def run_checks(flow: Flow, names: Names) -> list[Diagnostic]:
    """Return the faults of all checks, in the order of the text; ``names`` say what names in element code stand for."""
    found: list[Diagnostic] = []
    of_laws: list[Pass] = [partial(check, names=names) for check in CHECKS_OF_LAWS]
    for check in (*CHECKS, *of_laws):
        try:
            check(flow)
        except FlowError as error:
            found += error.diagnostics
    return sorted(
        found, key=lambda fault: (fault.primary.span.line, fault.primary.span.column) if fault.primary else ()
    )


def rewrite(flow: Flow, passes: tuple[Pass, ...] = PIPELINE) -> Flow:
    """Return the flow after all rewrites: ``PIPELINE`` for stages, ``IN_PROCESS`` for a call."""
    for step in passes:
        flow = step(flow)
    return flow
