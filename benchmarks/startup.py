"""How long it is from the shell's prompt to the first result.

Whole processes are timed, interpreter and imports included; the cache is a folder of its own, emptied or filled.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks import data
from benchmarks.harness import CHECKOUT
from benchmarks.question import FLOWCC, PLAIN, Answer, Contender, Goal, Question, Row
from benchmarks.summaries import of_value

PROGRAMS = Path(__file__).parent / "startup_programs"


@dataclass(frozen=True, slots=True)
class Place:
    """A text to count, and a folder for the cache."""

    text: Path
    cache: Path


def prepare(size: int, folder: Path) -> Place:
    """Return a text of about so many bytes."""
    return Place(data.text_file(folder / f"words_{size}.txt", size), folder / f"cache_{os.getpid()}")


def run(program: str, place: Place) -> tuple[str, ...]:
    """Run a program on the text and return what it prints."""
    environment = os.environ | {"PYTHONPATH": str(CHECKOUT), "XDG_CACHE_HOME": str(place.cache)}
    command = [sys.executable, str(PROGRAMS / program), str(place.text)]
    return tuple(subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout.split())


def start_plain(place: Place) -> Answer:
    """The script without flowcc."""
    return lambda: run("plain_words.py", place)


def start_warm(place: Place) -> Answer:
    """The script with flowcc, its cache as earlier runs left it."""
    run("flow_words.py", place)
    return lambda: run("flow_words.py", place)


def start_empty(place: Place) -> Answer:
    """The script with flowcc and no cache; removing the cache is part of the time, and costs little."""

    def answer() -> object:
        shutil.rmtree(place.cache, ignore_errors=True)
        return run("flow_words.py", place)

    return answer


def question(name: str, start: Callable[[Place], Answer], within: float) -> Question:
    """Return the question for one state of the cache."""
    return Question(
        name=name,
        title=name.replace("_", " "),
        sizes={"full": 1_000_000, "quick": 100_000, "tiny": 10_000},
        unit="bytes",
        prepare=prepare,
        contenders=(
            Contender(name=FLOWCC, start=start),
            Contender(name=PLAIN, start=start_plain),
        ),
        goals=(Goal(against=(PLAIN,), within=within),),
        summary=of_value,
        settle=0.0,
    )


ROW = Row(
    name="startup",
    title="First result, whole process",
    remedy=(
        "Most of it is the import of libcst and of flowcc's own front half, which a program kept from an "
        "earlier run would not need."
    ),
    questions=(question("empty_cache", start_empty, 1.5), question("warm_cache", start_warm, 0.4)),
)
