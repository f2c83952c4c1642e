"""The step is taken on what is new."""

from flowcc import Bag, Batch, Cluster, Process, fixpoint, flow, gather, group, route, scatter, size, unordered


class Front(Process):
    """One."""


class Workers(Cluster):
    """Many."""


@flow
def before(edges: Batch[tuple[int, int]], roots: Batch[int]):
    return fixpoint(lambda seen: seen | {b for n in seen for a, b in edges if a == n}, set(roots))
