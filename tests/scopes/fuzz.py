"""Compare many more nestings than the suite has time for: ``python -m tests.scopes.fuzz 20000 [first seed]``."""

from __future__ import annotations

import sys
from collections import Counter

from tests.flows.expressions import RandomChoices
from tests.scopes.compare import Verdict, check
from tests.scopes.nestings import program_of


def main(count: int, first: int) -> int:
    """Check the programs of ``count`` seeds; print those that differ, and return how many."""
    differing, verdicts = 0, Counter[Verdict]()
    for seed in range(first, first + count):
        try:
            verdicts[check(program_of(RandomChoices(seed)), on_threads=seed % 20 == 0)] += 1
        except Exception as error:
            differing += 1
            print(f"seed {seed}: {type(error).__name__}: {error}\n", flush=True)
    print(f"{count} nestings from seed {first}: {differing} differ, {dict(verdicts)}")
    return differing


if __name__ == "__main__":
    sys.exit(bool(main(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000)))
