"""The least of all shares, of which some may be empty."""

from flowcc import Batch, Cluster, Process, flow, gather, scatter


class Front(Process):
    """One."""


class Workers(Cluster):
    """Many."""


@flow
def before(xs: Batch[int, Front]) -> int:
    return gather(min(scatter(xs, Workers)), Front, merge=min)
