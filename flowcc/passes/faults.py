"""Faults of the checks: places, order, ends, shares and the number of members."""

from __future__ import annotations

from flowcc.diagnostics import Diagnostic, Label
from flowcc.source import Span


def places_meet(use: Span, first: tuple[str, str, Span], second: tuple[str, str, Span]) -> Diagnostic:
    """F201: data of two places meets without being moved; each is (name, place, where it comes from)."""
    return Diagnostic(
        code="F201",
        title=f"`{second[0]}` lives at {second[1]} and meets `{first[0]}`, which lives at {first[1]}",
        primary=Label(use, "both are used here"),
        secondary=tuple(Label(span, f"at {place}") for _, place, span in (first, second)),
        help=f"send({second[0]}, {first[1]})",
    )


def verb_does_not_fit(use: Span, verb: str, problem: str, instead: str) -> Diagnostic:
    """F201: a verb between places of the wrong kinds."""
    return Diagnostic(code="F201", title=f"`{verb}` {problem}", primary=Label(use), help=instead)


def left_on_cluster(use: Span, name: str, place: str) -> Diagnostic:
    """F201: a result that lives on a cluster."""
    return Diagnostic(
        code="F201",
        title=f"the result is left on {place}, one part with each member",
        primary=Label(use),
        help=f"gather({name}, …) it at a process first",
    )


def order_lost(use: Span, name: str, lost_at: Span | None, members: str, why: str) -> Diagnostic:
    """F301: something that needs order reads items that have none."""
    return Diagnostic(
        code="F301",
        title=f"`{name}` needs the order of its items, and these come in any order",
        primary=Label(use, why),
        secondary=() if lost_at is None else (Label(lost_at, members),),
        help="gather(…, ordered=True), sorted(…), or a function that commutes",
    )


def end_needed(use: Span, name: str, endless: Span | None) -> Diagnostic:
    """F302: something that needs the end of its items reads some that may never end."""
    return Diagnostic(
        code="F302",
        title=f"`{name}` needs the end of its items, and these may never end",
        primary=Label(use),
        secondary=() if endless is None else (Label(endless, "a Stream may never end"),),
        help="Batch[…] for the parameter if its items end, or windows(…) of them",
    )


def merge_needed(use: Span, fold: str, suggested: str, why: str) -> Diagnostic:
    """F303: members' values are gathered and nothing says how they make one."""
    return Diagnostic(
        code="F303",
        title=f"each member has its own `{fold}`, and nothing says how they make one",
        primary=Label(use, why),
        help=suggested,
    )


def merge_disagrees(use: Span, merge: str, fold: str, why: str) -> Diagnostic:
    """F303: ``merge`` does not agree with the fold it merges, or cannot be shown to: ``why``."""
    return Diagnostic(
        code="F303",
        title=f"`merge={merge}` cannot be shown to agree with `{fold}`: merge(fold(a), fold(b)) == fold(a + b)",
        primary=Label(use, why),
        help="operator.add for sums and counts, min, max, operator.or_ for sets and any, operator.and_ for all",
    )


def law_broken(use: Span, name: str, law: str, counterexample: str) -> Diagnostic:
    """F305: a claimed law does not hold."""
    return Diagnostic(
        code="F305",
        title=f"`{name}` is claimed to be {law}, and is not",
        primary=Label(use, counterexample),
        help=f"take @{law} away, or mend the function",
    )


def depends_on_members(use: Span, what: str, why: str, instead: str) -> Diagnostic:
    """F306: a result that depends on the number of members."""
    return Diagnostic(
        code="F306",
        title=f"{what} depends on the number of members",
        primary=Label(use, why),
        help=instead,
    )
