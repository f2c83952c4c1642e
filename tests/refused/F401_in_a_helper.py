"""F401: in a helper."""

import time

from flowcc import Batch, flow


def stamp(x: int) -> tuple[float, int]:
    """Ask the clock."""
    return now(), x


def now() -> float:
    """Ask the clock."""
    return time.time()


@flow
def wrong(xs: Batch[int]) -> list[tuple[float, int]]:
    return [stamp(x) for x in xs]
