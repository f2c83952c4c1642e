"""F101: several."""

from flowcc import Batch, flow


@flow
def wrong(xs: Batch[int]) -> list[int]:
    import math

    del xs
    global total
    return [math.floor(x) for x in xs]
