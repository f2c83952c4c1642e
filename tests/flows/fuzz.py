"""Compare many more programs than the suite has time for: ``python -m tests.flows.fuzz 100000 [first seed]``."""

from __future__ import annotations

import sys
import time

from tests.flows.agreement import check_program
from tests.flows.grammar import program_of


def main(count: int, first: int) -> int:
    """Check the programs of ``count`` seeds; print those that differ, and return how many."""
    differing = accepted = 0
    began = time.monotonic()
    for seed in range(first, first + count):
        try:
            accepted += check_program(program_of(seed))
        except Exception as error:
            differing += 1
            print(f"seed {seed}: {type(error).__name__}: {error}\n")
        if (seed - first + 1) % 1000 == 0:
            rate = (seed - first + 1) / (time.monotonic() - began)
            print(
                f"{seed - first + 1} programs, {accepted} accepted, {differing} differ, {rate:.0f} a second", flush=True
            )
    return differing


if __name__ == "__main__":
    sys.exit(bool(main(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000)))
