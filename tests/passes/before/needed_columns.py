"""Of what crosses the move only two fields are read, and how late a flight was before it."""

from typing import NamedTuple

from flowcc import Batch, Cluster, Process, flow, gather, scatter


class Front(Process):
    """One."""


class Workers(Cluster):
    """Many."""


class Flight(NamedTuple):
    """One departure."""

    tailnum: str
    delay: int
    distance: int
    note: str


@flow
def before(xs: Batch[Flight, Front]):
    late = [f for f in xs if f.delay > 10]
    mine = scatter(late, Workers, by=lambda f: f.tailnum)
    far = [f for f in mine if f.distance > 500]
    return gather([(f.tailnum, f.distance) for f in far], Front)
