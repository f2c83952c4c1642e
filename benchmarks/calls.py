"""What a call of a flow costs when there is hardly anything to do."""

from pathlib import Path

from benchmarks import data
from benchmarks.arrays import halved, start_plain
from benchmarks.lists import start_flow
from benchmarks.question import FLOWCC, PLAIN, Contender, Goal, Question, Row
from benchmarks.summaries import of_numbers


def prepare(size: int, folder: Path) -> data.Ints:
    """Return a few integers."""
    return data.integers(size)


ROW = Row(
    name="calls",
    title="One call on 10 items",
    questions=(
        Question(
            name="calls",
            title="map, filter, map of ten items",
            sizes={"full": 10, "quick": 10, "tiny": 10},
            prepare=prepare,
            contenders=(Contender(name=FLOWCC, start=start_flow), Contender(name=PLAIN, start=start_plain)),
            goals=(Goal(against=(PLAIN,), within=60e-6),),
            summary=of_numbers,
            flow=halved,
        ),
    ),
)
