"""Two loops become one."""

from flowcc import Bag, Batch, Cluster, Process, fixpoint, flow, gather, group, route, scatter, size, unordered


class Front(Process):
    """One."""


class Workers(Cluster):
    """Many."""


@flow
def before(xs: Batch[int], ys: Batch[tuple[int, str]]):
    more = [x + 1 for x in xs if x]
    met = [(x, name) for x in more for number, name in ys if number == x]
    return [name * 2 for x, name in met if x > 1]
