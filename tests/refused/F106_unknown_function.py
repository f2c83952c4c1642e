"""F106: unknown function."""

from statistics import median

from flowcc import Batch, flow


@flow
def wrong(xs: Batch[int]) -> int:
    return median(xs)
