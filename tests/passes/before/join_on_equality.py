"""Going through a collection for equal items becomes a look-up: inner, semi, anti and outer."""

from flowcc import Bag, Batch, Cluster, Process, fixpoint, flow, gather, group, route, scatter, size, unordered


class Front(Process):
    """One."""


class Workers(Cluster):
    """Many."""


@flow
def before(xs: Batch[tuple[int, int]], ys: Batch[tuple[int, str]]):
    inner = [(a, b) for k, a in xs for j, b in ys if k == j]
    semi = [x for x in xs if any(x[0] == y[0] and y[1] != "a" for y in ys)]
    anti = [x for x in xs if all(x[0] != j for j, _ in ys)]
    outer = [(x, y) for x in xs for y in [y for y in ys if y[0] == x[0]] or [None]]
    return inner, semi, anti, outer
