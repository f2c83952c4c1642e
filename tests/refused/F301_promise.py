"""F301: promise."""

from flowcc import Batch, Cluster, Process, flow, gather, scatter


class Reader(Process):
    """One."""


class Counters(Cluster):
    """Many."""


@flow
def wrong(xs: Batch[int, Reader]) -> list[int]:
    return gather(scatter(xs, Counters), Reader)
