"""From timings to verdicts: ratios within rounds, their median and spread, and whether answers agree."""

import math
from dataclasses import dataclass
from statistics import median
from typing import Any

from benchmarks.harness import Outcome, Standing, median_seconds
from benchmarks.question import FLOWCC, Goal, Question
from benchmarks.summaries import ORDER_FREE

CLOSE = 1e-9
"""How far a peer's floats may be from the plain function's, relatively: it may add in another order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A goal beside what was measured; `reached` is None where there was nothing to compare with."""

    goal: str
    against: str
    measured: str
    value: float | None
    low: float | None
    high: float | None
    wanted: float
    reached: bool | None


def agrees(question: Question, name: str, standing: Standing, reference: list[Any]) -> bool:
    """Whether an answer is the plain function's: exactly for flowcc, up to rounding for the others."""
    if len(standing.summary) != len(reference):
        return False
    pairs = list(zip(standing.summary, reference, strict=True))
    if not question.contender(name).ordered:
        pairs = pairs[:ORDER_FREE]
    if name in (FLOWCC, question.reference):
        return all(same(mine, other) for mine, other in pairs)
    return all(close(mine, other) for mine, other in pairs)


def same(mine: object, other: object) -> bool:
    """Whether two values are equal and of one type; nan is like nan."""
    return type(mine) is type(other) and (mine == other or (mine != mine and other != other))


def close(mine: object, other: object) -> bool:
    """Whether two numbers are equal up to rounding, or two other values equal."""
    if isinstance(mine, int | float) and isinstance(other, int | float):
        return math.isclose(mine, other, rel_tol=CLOSE, abs_tol=CLOSE)
    return mine == other


def judge(outcome: Outcome, goal: Goal) -> Verdict:
    """Return the verdict on one goal, against the fastest of its contenders that ran."""
    flow = outcome.standings[FLOWCC]
    peers = {name: outcome.standings[name] for name in goal.against if outcome.standings[name].ran}
    wanted = next(each for each in (goal.at_least, goal.within, goal.most) if each is not None)
    if not flow.ran or not peers:
        missing = "flowcc gave no answer" if not flow.ran else f"none of {', '.join(goal.against)} ran"
        return Verdict(
            goal=goal.text(),
            against=" / ".join(goal.against),
            measured=missing,
            value=None,
            low=None,
            high=None,
            wanted=wanted,
            reached=None if flow.ran else False,
        )
    fastest = min(peers, key=lambda name: median_seconds(peers[name]))
    values = sorted(
        compare(goal, mine / flow.share, theirs / peers[fastest].share)
        for mine, theirs in zip(flow.seconds, peers[fastest].seconds, strict=True)
    )
    middle = median(values)
    reached = middle >= wanted if goal.at_least is not None else middle <= wanted
    return Verdict(
        goal=goal.text(),
        against=fastest,
        measured=shown(goal, middle, values[0], values[-1]),
        value=middle,
        low=values[0],
        high=values[-1],
        wanted=wanted,
        reached=reached,
    )


def compare(goal: Goal, mine: float, theirs: float) -> float:
    """Return what the goal is about, for the seconds of one round."""
    if goal.within is not None:
        return mine - theirs
    if goal.most is not None:
        return mine / theirs
    if not goal.allowance or mine <= theirs:
        return theirs / mine
    return min(1.0, theirs / max(mine - goal.allowance, 1e-9))


def shown(goal: Goal, middle: float, low: float, high: float) -> str:
    """Return a measured figure with its spread, as the table shows it."""
    if goal.within is None:
        return f"{figure(middle)}× ({figure(low)} to {figure(high)})"
    scale, unit = (1e6, "µs") if goal.within < 0.01 else (1.0, "s")
    return f"{middle * scale:+.3g} {unit} ({low * scale:+.3g} to {high * scale:+.3g})"


def figure(value: float) -> str:
    """Return a number with two or three digits that matter and no exponent."""
    if value < 0.1:
        return f"{value:.2g}" if value >= 1e-4 else f"{value:.6f}"
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"
