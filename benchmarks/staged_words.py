"""What is gained when the words of a file are counted by two processes instead of one.

The time is that of the whole call, processes started and ended.
"""

from collections import Counter
from pathlib import Path

from benchmarks.question import FLOWCC, PLAIN, Answer, Contender, Goal, Question, Row
from benchmarks.summaries import of_mapping
from benchmarks.words import prepare
from flowcc import Cluster, Process, Stream, flow, gather, processes, scatter, text

IN_PROCESS = "the in-process call"


class Reader(Process):
    """Reads the text and takes the counts."""


class Counters(Cluster):
    """Count words, each member its own."""


@flow
def word_count(lines: Stream[str, Reader]) -> dict[str, int]:
    """Count words without regard to case."""
    words = [word.lower() for line in lines for word in line.split()]
    mine = scatter(words, Counters, by=lambda word: word)
    return gather(Counter(mine), Reader)


def start_staged(path: Path) -> Answer:
    """A reader and two counters, each a process."""
    return lambda: word_count.run(text(str(path)), on=processes(), members={Counters: 2})


def start_in_process(path: Path) -> Answer:
    """The same flow in the caller's process."""
    return lambda: word_count(text(str(path)))


def start_plain(path: Path) -> Answer:
    """The undecorated function over the lines of the open file."""

    def answer() -> object:
        with path.open(encoding="utf-8") as lines:
            return word_count.plain(lines)

    return answer


ROW = Row(
    name="staged_words",
    title="Word count on `processes()`, 2 counters, 60 MB",
    remedy=(
        "The in-process call works on several batches at once too, so that on two processors three processes have "
        "nothing to gain: reading, splitting and counting are the same work in one place, and starting stages, "
        "loading kernels and sharing out the counts come on top. More processors than one stage uses would change it."
    ),
    questions=(
        Question(
            name="staged_words",
            title="count the words of a file on three processes",
            sizes={"full": 60_000_000, "quick": 2_000_000, "tiny": 20_000},
            unit="bytes",
            prepare=prepare,
            contenders=(
                Contender(name=FLOWCC, start=start_staged),
                Contender(name=IN_PROCESS, start=start_in_process),
                Contender(name=PLAIN, start=start_plain),
            ),
            goals=(Goal(against=(IN_PROCESS,), at_least=1.2),),
            summary=of_mapping,
            flow=word_count,
        ),
    ),
)
