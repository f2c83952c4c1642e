"""F104: unknown name."""

from flowcc import Batch, flow


@flow
def wrong(xs: Batch[int]) -> list[int]:
    return [x + wibble for x in xs]
