"""A view that nothing reads goes; a fold that could have raised stays."""

from flowcc import Bag, Batch, Cluster, Process, fixpoint, flow, gather, group, route, scatter, size, unordered


class Front(Process):
    """One."""


class Workers(Cluster):
    """Many."""


@flow
def before(xs: Batch[int]):
    loose = unordered(xs)
    largest = max(xs)
    return [x for x in xs]
