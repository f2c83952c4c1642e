"""F301: equal keys."""

from flowcc import Bag, flow


@flow
def wrong(xs: Bag[str]) -> list[str]:
    return sorted(xs, key=len)
