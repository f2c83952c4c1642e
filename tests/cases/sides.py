"""Element code that reads other collections whole, functions inside the flow, and every way to move."""

from functools import reduce

from flowcc import Bag, Batch, Cluster, Process, broadcast, flow, gather, merge, route, scatter, size


class Teller(Process):
    """Asks."""


class Clerks(Cluster):
    """Answer."""


@flow
def relative(xs: Batch[int, Teller], least: int = 2) -> tuple[list[float], list[int], int]:
    """Return each number as a part of the largest, the largest three by rest, and a sum that depends on order."""

    def part(x: int) -> float:
        # of the largest
        return x / top

    top = max(xs)
    parts = [part(x) for x in xs if x >= least]
    best = sorted(xs, key=lambda x: (-(x % top), x))[:3]
    checked = [x for x in scatter(xs, Clerks) if x > 0]
    weighed = reduce(lambda held, x: (2 * held + x) % 10_007, gather(checked, Teller, ordered=True), 0)
    return parts, best, weighed


@flow
def everywhere(xs: Batch[int, Teller]) -> Bag[int]:
    """Return the numbers that are above the mean, and all of them once more by another way."""
    limit = broadcast(sum(xs) // len(xs), Clerks)
    mine = route([(x % size(Clerks), x) for x in xs], Clerks)
    owned = scatter(mine, Clerks, by=lambda x: x // 7)
    return merge(gather([x for x in owned if x > limit], Teller), gather(mine, Teller))
