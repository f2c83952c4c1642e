"""F103: append."""

from flowcc import Batch, flow


@flow
def wrong(xs: Batch[int]) -> list[int]:
    xs.append(3)
    return xs
