"""F106: verb on items."""

from flowcc import Batch, Cluster, Process, flow, send


class Reader(Process):
    """One."""


class Counters(Cluster):
    """Many."""


@flow
def wrong(xs: Batch[int, Reader]) -> list[int]:
    return [send(x, Reader) for x in xs]
