"""F202: annotation."""

from flowcc import Batch, flow


@flow
def wrong(xs: Batch[int]) -> list[int]:
    return {x for x in xs}
