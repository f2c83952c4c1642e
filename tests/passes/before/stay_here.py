"""In one process a move is nothing, and route gives the second of each pair."""

from flowcc import Bag, Batch, Cluster, Process, fixpoint, flow, gather, group, route, scatter, size, unordered


class Front(Process):
    """One."""


class Workers(Cluster):
    """Many."""


@flow
def before(xs: Batch[int, Front]):
    sent = route([(x % size(Workers), x) for x in xs], Workers)
    return gather([x + 1 for x in sent], Front)
