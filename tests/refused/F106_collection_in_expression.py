"""F106: collection in expression."""

from flowcc import Batch, flow


@flow
def wrong(xs: Batch[int]) -> int:
    return xs * 2
