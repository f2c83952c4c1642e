"""Each group is folded as its items arrive."""

from flowcc import Bag, Batch, Cluster, Process, fixpoint, flow, gather, group, route, scatter, size, unordered


class Front(Process):
    """One."""


class Workers(Cluster):
    """Many."""


@flow
def before(xs: Batch[int]):
    return {key: sum(held) for key, held in group(xs, by=lambda x: x % 10).items() if len(held) > 1}
