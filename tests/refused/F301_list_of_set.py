"""F301: list of set."""

from flowcc import Batch, flow


@flow
def wrong(xs: Batch[int]) -> tuple[int, ...]:
    return tuple({x for x in xs})
