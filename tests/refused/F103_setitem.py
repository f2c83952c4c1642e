"""F103: setitem."""

from flowcc import Batch, flow


@flow
def wrong(xs: Batch[int]) -> dict[int, int]:
    counts = {x: 1 for x in xs}
    counts[3] = 4
    return counts
