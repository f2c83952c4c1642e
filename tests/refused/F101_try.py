"""F101: try."""

from flowcc import Batch, flow


@flow
def wrong(xs: Batch[int]) -> list[int]:
    try:
        ys = [1 // x for x in xs]
    except ZeroDivisionError:
        ys = []
    return ys
