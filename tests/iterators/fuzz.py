"""Compare many more chains than the suite has time for: ``python -m tests.iterators.fuzz 5000 [first seed]``."""

from __future__ import annotations

import sys

from tests.flows.expressions import RandomChoices
from tests.iterators.compare import check
from tests.iterators.pipelines import items_of, program_of


def main(count: int, first: int) -> int:
    """Check the programs of ``count`` seeds; print those that differ, and return how many."""
    differing = accepted = 0
    for seed in range(first, first + count):
        draws = RandomChoices(seed)
        try:
            accepted += check(program_of(draws, "never" if seed % 8 else "always"), *items_of(draws))
        except Exception as error:
            differing += 1
            print(f"seed {seed}: {type(error).__name__}: {error}\n", flush=True)
    print(f"{count} chains from seed {first}: {differing} differ, {accepted} accepted")
    return differing


if __name__ == "__main__":
    sys.exit(bool(main(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000)))
