"""Ask a question of all its contenders, in turn, so that what slows the machine slows them all.

Each contender lives in a process of its own for as long as its question is asked. Rounds alternate: every round
times each contender once, and every second round goes through them backwards. A ratio is taken within a round;
its median over the rounds is the result, its smallest and largest value the spread.
"""

import json
import math
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.question import FLOWCC, Contender, Question, Row, Size

CHECKOUT = Path(__file__).resolve().parent.parent
ONE_TIMING = 0.05
"""Seconds that one timing takes at least: shorter calls are repeated."""


class ContenderFailed(Exception):
    """A contender did not answer; the message is what it said."""


@dataclass(slots=True)
class Standing:
    """What one contender showed."""

    status: str = "ran"
    reason: str = ""
    seconds: list[float] = field(default_factory=list)
    first: float = 0.0
    memory_before: int = 0
    memory: int = 0
    summary: list[Any] = field(default_factory=list)
    count: int = 1
    share: float = 1.0

    @property
    def ran(self) -> bool:
        """Whether there are figures."""
        return self.status == "ran" and bool(self.seconds)


@dataclass(slots=True)
class Outcome:
    """The answers of all contenders to one question."""

    question: Question
    size: int
    standings: dict[str, Standing]
    profile: list[str] = field(default_factory=list)
    engines: list[str] = field(default_factory=list)


class Process:
    """A worker, spoken to line by line."""

    def __init__(self, row: Row, question: Question, contender: Contender, size: int, folder: Path) -> None:
        self.errors = tempfile.TemporaryFile()  # noqa: SIM115 (closed with the worker)
        items = max(1, int(size * contender.share))
        command = [sys.executable, "-m", "benchmarks.worker", row.name, question.name, contender.name, str(items)]
        self.process = subprocess.Popen(
            [*command, str(folder)],
            cwd=CHECKOUT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.errors,
            text=True,
        )

    def reply(self) -> dict[str, Any]:
        """Return the next reply, or raise `ContenderFailed` with the last line that the worker printed."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            self.process.wait()
            raise ContenderFailed(self.last_words())
        message: dict[str, Any] = json.loads(line)
        if "failed" in message:
            raise ContenderFailed(message["failed"])
        return message

    def ask(self, command: str) -> dict[str, Any]:
        """Send a command and return its reply."""
        assert self.process.stdin is not None
        try:
            self.process.stdin.write(command + "\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            raise ContenderFailed(self.last_words()) from None
        return self.reply()

    def last_words(self) -> str:
        """Return the last line on standard error, and the exit status if there is none."""
        self.errors.seek(0)
        lines = [line for line in self.errors.read().decode(errors="replace").splitlines() if line.strip()]
        return lines[-1].strip()[:300] if lines else f"ended with status {self.process.returncode}"

    def close(self) -> None:
        """End the worker and wait for it."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        try:
            self.process.stdin.close()
            self.process.wait(timeout=20)
        except (BrokenPipeError, subprocess.TimeoutExpired):
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
        self.errors.close()


@contextmanager
def workers(
    row: Row, question: Question, size: int, folder: Path, standings: dict[str, Standing]
) -> Iterator[dict[str, Process]]:
    """Start every contender that can take part, and end them all afterwards."""
    with ExitStack() as stack:
        started: dict[str, Process] = {}
        for contender in question.contenders:
            standing = standings[contender.name]
            standing.share = contender.share
            process = Process(row, question, contender, size, folder)
            stack.callback(process.close)
            with failures_noted(standing):
                message = process.reply()
                if "unavailable" in message:
                    standing.status, standing.reason = "not available", without_folders(message["unavailable"])
                    continue
                standing.memory_before = message["memory"]
                started[contender.name] = process
        yield started


@contextmanager
def failures_noted(standing: Standing) -> Iterator[None]:
    """Turn a contender's failure into its standing."""
    try:
        yield
    except ContenderFailed as failure:
        standing.status, standing.reason = "failed", without_folders(str(failure))


def without_folders(text: str) -> str:
    """Return a message without the folders of this machine."""
    return re.sub(r"(?<![\w.])/(?:[\w.+-]+/)+", "", text)


def measure(row: Row, question: Question, size: Size, *, rounds: int, settle: float | None = None) -> Outcome:
    """Return what every contender showed; the order of contenders turns round with every round."""
    outcome = Outcome(question, question.sizes[size], {each.name: Standing() for each in question.contenders})
    with (
        tempfile.TemporaryDirectory(prefix="flowcc-bench-") as folder,
        workers(row, question, outcome.size, Path(folder), outcome.standings) as started,
    ):
        for name, process in started.items():
            with failures_noted(outcome.standings[name]):
                warm(process, outcome.standings[name], settle_for(question, name, settle))
        for at in range(rounds):
            for name in list(started)[:: -1 if at % 2 else 1]:
                time_once(started[name], outcome.standings[name])
        if FLOWCC in started and outcome.standings[FLOWCC].ran:
            with failures_noted(outcome.standings[FLOWCC]):
                message = started[FLOWCC].ask("profile")
                outcome.profile, outcome.engines = message["profile"], message["engines"]
    return outcome


def answer_once(row: Row, question: Question, contender: Contender, size: int) -> list[Any]:
    """Return a contender's answer in short; raise `ContenderFailed` if it gives none."""
    with tempfile.TemporaryDirectory(prefix="flowcc-bench-") as folder:
        process = Process(row, question, contender, size, Path(folder))
        try:
            process.reply()
            summary: list[Any] = process.ask("time 1")["summary"]
        finally:
            process.close()
    return summary


def settle_for(question: Question, name: str, settle: float | None) -> float:
    """Return how long a contender is called before it is timed: only flowcc compiles while it runs."""
    if name != FLOWCC:
        return 0.0
    return question.settle if settle is None else min(settle, question.settle)


def warm(process: Process, standing: Standing, seconds: float) -> None:
    """Call a contender for the first time, and find out how many calls make one timing."""
    message = process.ask(f"settle {seconds}")
    standing.first = message["first"]
    standing.count = (
        max(1, min(20_000, math.ceil(ONE_TIMING / max(message["last"], 1e-7))))
        if message["last"] < ONE_TIMING / 2
        else 1
    )


def time_once(process: Process, standing: Standing) -> None:
    """Add one timing to a contender that still runs."""
    if standing.status != "ran":
        return
    with failures_noted(standing):
        message = process.ask(f"time {standing.count}")
        standing.seconds.append(message["seconds"])
        standing.memory = max(standing.memory, message["memory"])
        standing.summary = message["summary"]


def median_seconds(standing: Standing) -> float:
    """Return the median of a contender's seconds, for all of the items."""
    return median(standing.seconds) / standing.share
