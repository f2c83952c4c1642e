"""F110: no result."""

from flowcc import Batch, flow


@flow
def wrong(xs: Batch[int]) -> None:
    ys = [x for x in xs]
