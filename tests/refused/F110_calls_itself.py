"""F110: calls itself."""

from flowcc import Batch, flow


@flow
def wrong(xs: Batch[int]) -> list[int]:
    return wrong(xs)
