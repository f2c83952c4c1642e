"""F101: walrus."""

from flowcc import Batch, flow


@flow
def wrong(xs: Batch[int]) -> list[int]:
    return [y for x in xs if (y := x + 1) > 2]
