"""How long one small item takes there and back between two processes.

Measured on flowcc's channels as stages use them, without a flow around: the median of many single swaps.
"""

from dataclasses import dataclass
from pathlib import Path

from benchmarks.peers.wire import far_side_kept, middle_of_swaps
from benchmarks.question import FLOWCC, Answer, Contender, Goal, Question, Row, Timed
from benchmarks.summaries import of_value

BARE = "bare pyzmq"


@dataclass(frozen=True, slots=True)
class Swaps:
    """How many items, and a folder for sockets."""

    count: int
    folder: Path


def prepare(size: int, folder: Path) -> Swaps:
    """Return how many items go there and back."""
    return Swaps(size, folder)


def start(engine: str, swaps: Swaps) -> Answer:
    """Keep the far side for as long as the contender lives."""
    wire = far_side_kept(engine, swaps.folder)

    def answer() -> Timed:
        middle, same = middle_of_swaps(wire, swaps.count)
        return Timed(middle, same)

    return answer


ROW = Row(
    name="latency",
    title="One small item there and back between two processes, p50",
    questions=(
        Question(
            name="latency",
            title="one small item there and back",
            sizes={"full": 5_000, "quick": 1_000, "tiny": 20},
            unit="swaps",
            prepare=prepare,
            contenders=(
                Contender(name=FLOWCC, start=lambda swaps: start("channels", swaps)),
                Contender(name=BARE, start=lambda swaps: start("bare", swaps)),
            ),
            goals=(Goal(against=(BARE,), most=2.0),),
            summary=of_value,
            reference=BARE,
            settle=0.0,
        ),
    ),
)
