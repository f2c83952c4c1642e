"""Words are counted before they travel."""

from collections import Counter

from flowcc import Bag, Batch, Cluster, Process, fixpoint, flow, gather, group, route, scatter, size, unordered


class Front(Process):
    """One."""


class Workers(Cluster):
    """Many."""


@flow
def before(xs: Batch[str, Front]):
    return gather(Counter(scatter(xs, Workers, by=lambda x: x)), Front)
