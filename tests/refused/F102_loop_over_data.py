"""F102: a `for` statement over data that flows."""

from flowcc import Batch, flow


@flow
def total(xs: Batch[int]) -> int:
    """Refused: ``sum(xs)``."""
    held = 0
    for x in xs:
        held = held + x
    return held
