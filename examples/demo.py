"""Count the words of Python's own standard library on three counter processes: what `make demo` runs."""

import sysconfig
import time
from pathlib import Path

from word_count import Counters, top_words, word_count

from flowcc import processes, text

MEMBERS = 3
WORDS = 10


def main() -> None:
    """Count, and print the most frequent words, the rate and what ran where."""
    pattern = str(Path(sysconfig.get_path("stdlib")) / "*.py")
    size = sum(path.stat().st_size for path in Path(pattern).parent.glob("*.py"))
    print(f"Counting the words of {pattern}: {size / 1e6:.1f} MB, one reader, {MEMBERS} counters\n")

    started = time.perf_counter()
    counts = word_count.run(text(pattern), on=processes(), members={Counters: MEMBERS})
    seconds = time.perf_counter() - started

    top = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:WORDS]
    widest = max(len(word) for word, _ in top)
    for word, times in top:
        print(f"  {word:<{widest}}  {times:>8,}")
    total = sum(counts.values())
    print(f"\n{total:,} words, {len(counts):,} different, in {seconds:.2f} s with the start of four processes")
    print(f"{total / seconds:,.0f} words a second, {size / seconds / 1e6:.1f} MB a second\n")

    again = top_words(text(pattern), n=WORDS)
    print(f"The same in this process, without sockets: {'the same words' if again == top else 'DIFFERENT words'}\n")
    print(f"Seen by the stages: {word_count.last_run}\n")
    print(word_count.explain())


if __name__ == "__main__":
    main()
