from statistics import fmean

from flowcc import Batch, flow, group


@flow
def before(xs: Batch[int]):
    large = {
        key: (fmean(held), max(x % 3 for x in held) if sum(held) > 9 else None)
        for key, held in group(xs, by=lambda x: x % 10).items()
        if len(held) > 1 and sum(held) != 4
    }
    last = [
        max(held, key=lambda x: -x) + sum([x for x in held if x > 4], 1)
        for held in group(xs, by=lambda x: x % 4).values()
    ]
    return large, last
