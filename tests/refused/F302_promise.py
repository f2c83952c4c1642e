"""F302: promise."""

from flowcc import Stream, flow


@flow
def wrong(xs: Stream[int]) -> list[int]:
    return [x + 1 for x in xs]
