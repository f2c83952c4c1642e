"""F302: side."""

from flowcc import Bag, Stream, flow


@flow
def wrong(xs: Stream[int], ys: Stream[int]) -> Bag[int]:
    return [x for x in xs if x in ys]
