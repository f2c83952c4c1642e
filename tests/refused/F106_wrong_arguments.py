"""F106: wrong arguments."""

from flowcc import Batch, Cluster, Process, flow, gather, scatter


class Reader(Process):
    """One."""


class Counters(Cluster):
    """Many."""


@flow
def wrong(xs: Batch[int, Reader]) -> list[int]:
    return gather(scatter(xs, Counters, 1, 2, 3), Reader, order=True)
