"""A flow over an integer array, beside the loop one would write by hand in Numba."""

from pathlib import Path

from benchmarks import data
from benchmarks.peers import bytewax, numba
from benchmarks.question import FLOWCC, PLAIN, Answer, Contender, Goal, Question, Row
from benchmarks.summaries import of_numbers
from flowcc import Batch, flow


@flow
def halved(xs: Batch[int]) -> Batch[int]:
    """Map, filter, map."""
    tripled = [3 * x + 1 for x in xs]
    even = [x for x in tripled if x % 2 == 0]
    return [x // 2 for x in even]


def prepare(size: int, folder: Path) -> data.Ints:
    """Return integers up to a million."""
    return data.integers(size)


def start_flow(xs: data.Ints) -> Answer:
    """An array in, an array out."""
    return lambda: halved(xs)


def start_plain(xs: data.Ints) -> Answer:
    """The undecorated function, on a list."""
    items = xs.tolist()
    return lambda: halved.plain(items)


ROW = Row(
    name="arrays",
    title="10 M int64 array: map, filter, map",
    remedy=(
        "bytewax handles three million items a second here, item by item; 200 times that is some three "
        "times what the hand-written loop does on one processor. Both processors are busy already: more of "
        "them would change it."
    ),
    questions=(
        Question(
            name="arrays",
            title="map, filter, map over an int64 array",
            sizes={"full": 10_000_000, "quick": 200_000, "tiny": 1_000},
            prepare=prepare,
            contenders=(
                Contender(name=FLOWCC, start=start_flow),
                Contender(name=PLAIN, start=start_plain),
                Contender(name="hand-written Numba", start=numba.map_filter_map),
                Contender(name="bytewax", start=bytewax.map_filter_map, share=0.1),
            ),
            goals=(Goal(against=("hand-written Numba",), at_least=0.8), Goal(against=("bytewax",), at_least=200)),
            summary=of_numbers,
            flow=halved,
        ),
    ),
)
