"""F401: print."""

from flowcc import Batch, flow


@flow
def wrong(xs: Batch[int]) -> list[None]:
    return [print(x) for x in xs]
