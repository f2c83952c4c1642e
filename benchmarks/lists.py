"""The plain function's own ground: lists go in and lists come out."""

from pathlib import Path

from benchmarks import data
from benchmarks.arrays import halved, start_plain
from benchmarks.question import FLOWCC, PLAIN, Answer, Contender, Goal, Question, Row
from benchmarks.summaries import of_numbers


def prepare(size: int, folder: Path) -> data.Ints:
    """Return integers up to a million."""
    return data.integers(size)


def start_flow(xs: data.Ints) -> Answer:
    """A list in, a list out."""
    items = xs.tolist()
    return lambda: halved(items)


ROW = Row(
    name="lists",
    title="The same from a list of 1 M to a list",
    questions=(
        Question(
            name="lists",
            title="map, filter, map from list to list",
            sizes={"full": 1_000_000, "quick": 100_000, "tiny": 1_000},
            prepare=prepare,
            contenders=(Contender(name=FLOWCC, start=start_flow), Contender(name=PLAIN, start=start_plain)),
            goals=(Goal(against=(PLAIN,), at_least=1.5),),
            summary=of_numbers,
            flow=halved,
        ),
    ),
)
