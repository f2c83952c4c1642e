"""F303: disagrees."""

from operator import add

from flowcc import Batch, Cluster, Process, flow, gather, scatter


class Reader(Process):
    """One."""


class Counters(Cluster):
    """Many."""


@flow
def wrong(xs: Batch[int, Reader]) -> int:
    return gather(max(scatter(xs, Counters)), Reader, merge=add)
