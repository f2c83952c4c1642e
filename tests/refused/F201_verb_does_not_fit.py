"""F201: verb does not fit."""

from flowcc import Batch, Cluster, Process, flow, send


class Reader(Process):
    """One."""


class Counters(Cluster):
    """Many."""


@flow
def wrong(xs: Batch[int, Reader]) -> list[int]:
    return send(xs, Counters)
