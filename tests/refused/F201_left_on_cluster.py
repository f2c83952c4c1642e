"""F201: left on cluster."""

from flowcc import Bag, Batch, Cluster, Process, flow, scatter


class Reader(Process):
    """One."""


class Counters(Cluster):
    """Many."""


@flow
def wrong(xs: Batch[int, Reader]) -> Bag[int]:
    return scatter(xs, Counters)
