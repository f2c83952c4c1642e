"""The product becomes a look-up."""

from flowcc import Bag, Batch, Cluster, Process, fixpoint, flow, gather, group, route, scatter, size, unordered


class Front(Process):
    """One."""


class Workers(Cluster):
    """Many."""


@flow
def before(xs: Batch[tuple[int, int]], ys: Batch[tuple[int, str]]):
    return [(a, b) for k, a in xs for j, b in ys if k == j]
