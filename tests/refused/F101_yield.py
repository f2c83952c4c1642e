"""F101: yield."""

from flowcc import Batch, flow


@flow
def wrong(xs: Batch[int]):
    yield xs
