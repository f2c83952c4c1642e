"""F109: external."""

from flowcc import Bag, External, Stream, flow


class Clients(External):
    """Outside."""


@flow
def wrong(xs: Stream[int, Clients]) -> Bag[int]:
    return [x for x in xs]
