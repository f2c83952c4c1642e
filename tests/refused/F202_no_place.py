"""F202: no place."""

from flowcc import Batch, flow


@flow
def wrong(xs: Batch[int, str]) -> list[int]:
    return [x for x in xs]
