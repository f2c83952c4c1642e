"""How fast the words of a file are counted."""

from collections import Counter
from pathlib import Path

from benchmarks import data
from benchmarks.peers import bytewax, pathway
from benchmarks.question import FLOWCC, PLAIN, Answer, Contender, Goal, Question, Row
from benchmarks.summaries import of_mapping
from flowcc import Batch, flow, text


@flow
def counted(lines: Batch[str]) -> dict[str, int]:
    """Count words without regard to case."""
    return Counter(word.lower() for line in lines for word in line.split())


def prepare(size: int, folder: Path) -> Path:
    """Return a text of about so many bytes."""
    return data.text_file(folder / f"words_{size}.txt", size)


def start_flow(path: Path) -> Answer:
    """From the file to a dict."""
    return lambda: counted(text(str(path)))


def start_plain(path: Path) -> Answer:
    """The undecorated function over the lines of the open file."""

    def answer() -> object:
        with path.open(encoding="utf-8") as lines:
            return counted.plain(lines)

    return answer


ROW = Row(
    name="words",
    title="Word count, 60 MB of text, file → dict",
    remedy=(
        "Half of the time goes into looking words up in a hash table that is larger than the caches. Counting "
        "the words of short stretches before the large table is asked, and a kernel that keeps lines with "
        "characters beyond ASCII to itself, would help most."
    ),
    questions=(
        Question(
            name="words",
            title="count the words of a file",
            sizes={"full": 60_000_000, "quick": 2_000_000, "tiny": 20_000},
            unit="bytes",
            prepare=prepare,
            contenders=(
                Contender(name=FLOWCC, start=start_flow),
                Contender(name=PLAIN, start=start_plain),
                Contender(name="bytewax", start=bytewax.word_count, share=0.1),
                Contender(name="pathway", start=pathway.word_count, share=0.2),
            ),
            goals=(
                Goal(against=(PLAIN,), at_least=3),
                Goal(against=("bytewax",), at_least=30),
                Goal(against=("pathway",), at_least=10),
            ),
            summary=of_mapping,
            flow=counted,
        ),
    ),
)
