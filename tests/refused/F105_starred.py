"""F105: starred."""

from flowcc import Batch, flow


@flow
def wrong(xs: Batch[int]) -> int:
    first, *rest = xs
    return first
