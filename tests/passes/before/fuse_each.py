"""Two loops become one."""

from flowcc import Bag, Batch, Cluster, Process, fixpoint, flow, gather, group, route, scatter, size, unordered


class Front(Process):
    """One."""


class Workers(Cluster):
    """Many."""


@flow
def before(xs: Batch[int]):
    more = [x + 1 for x in xs if x]
    return [y * 2 for y in more if y > 3]
