"""F401: global list."""

from flowcc import Batch, flow

seen: list[int] = []


@flow
def wrong(xs: Batch[int]) -> list[None]:
    return [seen.append(x) for x in xs]
