"""F102: if."""

from flowcc import Batch, flow


@flow
def wrong(xs: Batch[int]) -> int:
    if len(xs) > 3:
        return 1
    return 0
