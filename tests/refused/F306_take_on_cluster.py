"""F306: take on cluster."""

from flowcc import Bag, Batch, Cluster, Process, flow, gather, scatter


class Reader(Process):
    """One."""


class Counters(Cluster):
    """Many."""


@flow
def wrong(xs: Batch[int, Reader]) -> Bag[int]:
    return gather(scatter(xs, Counters)[:3], Reader)
