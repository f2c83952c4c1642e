"""F201: annotation."""

from flowcc import Batch, Cluster, Process, flow


class Reader(Process):
    """One."""


class Counters(Cluster):
    """Many."""


@flow
def wrong(xs: Batch[int, Reader]) -> list[int]:
    ys: Batch[int, Counters] = [x for x in xs]
    return ys
