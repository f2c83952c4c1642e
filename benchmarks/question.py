"""What a benchmark asks: a question with contenders and goals, and rows of such questions.

A contender is started once in a process of its own, with the inputs of the question, and gives a function that
answers; only calls of that function are timed. Imports, conversions and compilations of peers happen at the start.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

Size = Literal["full", "quick", "tiny"]
Answer = Callable[[], object]
Summary = tuple[int | float | str | bool | None, ...]

FLOWCC = "flowcc"
PLAIN = "plain Python"


class Unavailable(Exception):
    """A contender cannot take part on this machine; the message says why."""


@dataclass(frozen=True, slots=True)
class Timed:
    """An answer whose time the contender took itself, in seconds; memory in bytes if it is another process's."""

    seconds: float
    answer: object
    memory: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Contender:
    """One way to answer a question."""

    name: str
    start: Callable[[Any], Answer]
    share: float = 1.0
    """The part of the items it is given when all of them would take too long; rates are compared then."""
    note: str = ""
    ordered: bool = True
    """Whether it keeps the order of items; where not, only what does not depend on order is compared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """Against the fastest of the named contenders: so many times as fast, or at most so many seconds more."""

    against: tuple[str, ...]
    at_least: float | None = None
    within: float | None = None
    allowance: float = 0.0
    """Seconds that flowcc may take on top before its speed is compared."""
    most: float | None = None
    """At most so many times the other's seconds."""

    def text(self) -> str:
        """Return the goal as a column of the table says it."""
        match self:
            case Goal(at_least=float() | int() as factor):
                past = f" past {self.allowance * 1e6:g} µs" if self.allowance else ""
                return f"{factor:g}×{past}"
            case Goal(most=float() | int() as factor):
                return f"≤ {factor:g}× its time"
            case Goal(within=float() | int() as seconds):
                return f"+ {seconds * 1e6:g} µs" if seconds < 0.01 else f"+ {seconds:g} s"
        raise AssertionError("a goal has one of at_least, within and most")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One workload, everyone who answers it, and what is hoped for."""

    name: str
    title: str
    sizes: dict[Size, int]
    prepare: Callable[[int, Path], Any]
    """(size, folder for files) -> the inputs that every contender starts from; the same whenever it is called."""
    contenders: tuple[Contender, ...]
    goals: tuple[Goal, ...]
    summary: Callable[[object], Summary]
    """The answer as a few numbers: equal ones for flowcc and the plain function, close ones for the others."""
    unit: str = "items"
    settle: float = 3.0
    """Seconds for which flowcc is called before it is timed, so that what compiles in the background is done."""
    reference: str = PLAIN
    flow: Any = None
    """The flow, to be asked what runs its operators where a goal is missed."""

    def contender(self, name: str) -> Contender:
        """Return the contender of that name."""
        return next(each for each in self.contenders if each.name == name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of the table: one question or several, and how many of their goals it takes to reach it."""

    name: str
    title: str
    questions: tuple[Question, ...]
    enough: int | None = field(default=None)
    """How many questions must reach their goals; all of them when None."""
    remedy: str = ""
    """What would change the figure, where the goal was not reached."""

    def question(self, name: str) -> Question:
        """Return the question of that name."""
        return next(each for each in self.questions if each.name == name)
