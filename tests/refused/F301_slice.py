"""F301: slice."""

from flowcc import Bag, flow


@flow
def wrong(xs: Bag[int]) -> list[int]:
    return xs[:3]
