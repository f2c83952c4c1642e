"""What sequence numbers, acknowledgements and credit cost a large send between two processes.

Measured on flowcc's channels as stages use them, without a flow around; the clock stops when the far side has said
what it received.
"""

import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks import data
from benchmarks.peers.wire import far_side_kept
from benchmarks.question import FLOWCC, Answer, Contender, Goal, Question, Row, Timed
from benchmarks.summaries import of_value

BARE = "bare pyzmq"


@dataclass(frozen=True, slots=True)
class Load:
    """What is sent, and a folder for sockets."""

    numbers: data.Ints
    folder: Path


def prepare(size: int, folder: Path) -> Load:
    """Return so many integers."""
    return Load(data.integers(size), folder)


def start(engine: str, load: Load) -> Answer:
    """Keep the far side for as long as the contender lives."""
    wire = far_side_kept(engine, load.folder)
    wire.swap("ready?")

    def answer() -> Timed:
        begun = time.perf_counter()
        received = wire.stream(load.numbers)
        return Timed(time.perf_counter() - begun, received)

    return answer


ROW = Row(
    name="throughput",
    title="`send` of 1 GB of int64 between two processes",
    remedy=(
        "Either side takes between 0.3 and 1.3 seconds for the same work from one round to the next, as the "
        "system finds memory for a gigabyte that is on its way: medians of so few rounds say little here. "
        "What flowcc adds is a frame's header and an acknowledgement; memory that both processes share "
        "instead of a socket would change the rest."
    ),
    questions=(
        Question(
            name="throughput",
            title="an array of int64 to another process, in frames of 1 MiB",
            sizes={"full": 125_000_000, "quick": 2_000_000, "tiny": 200_000},
            prepare=prepare,
            contenders=(
                Contender(name=FLOWCC, start=lambda load: start("channels", load)),
                Contender(name=BARE, start=lambda load: start("bare", load), note="a pair of sockets, nothing copied"),
            ),
            goals=(Goal(against=(BARE,), at_least=0.8),),
            summary=of_value,
            reference=BARE,
            settle=0.0,
        ),
    ),
)
