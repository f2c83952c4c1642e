"""F305: claim."""

from functools import reduce

from flowcc import Bag, commutative, flow


@commutative
def blend(held: int, x: int) -> int:
    """Is not commutative."""
    return 2 * held + x


@flow
def wrong(xs: Bag[int]) -> int:
    return reduce(blend, xs, 0)
