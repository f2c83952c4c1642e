"""F306: copies."""

from flowcc import Bag, Batch, Cluster, Process, broadcast, flow, gather


class Reader(Process):
    """One."""


class Counters(Cluster):
    """Many."""


@flow
def wrong(xs: Batch[int, Reader]) -> Bag[int]:
    return gather(broadcast(xs, Counters), Reader)
