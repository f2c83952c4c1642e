"""F306: an answer that depends on how many members there are."""

from flowcc import Batch, Cluster, Process, flow, gather, scatter, size


class Desk(Process):
    """Asks."""


class Clerks(Cluster):
    """Answer."""


@flow
def spread(xs: Batch[int, Desk]) -> list[int]:
    """Refused: with two members every number is doubled."""
    return gather([x * size(Clerks) for x in scatter(xs, Clerks)], Desk, ordered=True)
