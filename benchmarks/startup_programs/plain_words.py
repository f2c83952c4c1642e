"""Count the words of a file, without flowcc."""

import sys
from collections import Counter
from collections.abc import Iterable


def counted(lines: Iterable[str]) -> dict[str, int]:
    """Count words without regard to case."""
    return Counter(word.lower() for line in lines for word in line.split())


with open(sys.argv[1], encoding="utf-8") as lines:
    counts = counted(lines)
print(len(counts), sum(counts.values()))
