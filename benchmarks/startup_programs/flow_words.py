"""Count the words of a file, with flowcc."""

import sys
from collections import Counter

from flowcc import Batch, flow, text


@flow
def counted(lines: Batch[str]) -> dict[str, int]:
    """Count words without regard to case."""
    return Counter(word.lower() for line in lines for word in line.split())


counts = counted(text(sys.argv[1]))
print(len(counts), sum(counts.values()))
