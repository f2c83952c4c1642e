"""What the filter leaves out does not travel."""

from flowcc import Bag, Batch, Cluster, Process, fixpoint, flow, gather, group, route, scatter, size, unordered


class Front(Process):
    """One."""


class Workers(Cluster):
    """Many."""


@flow
def before(xs: Batch[int, Front], ys: Batch[tuple[int, str], Front]):
    names = [name for number, name in scatter(ys, Workers) if number < 2]
    return gather([x + 1 for x in scatter(xs, Workers) if x > 3], Front), gather(names, Front)
