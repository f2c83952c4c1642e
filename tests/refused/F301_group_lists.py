"""F301: group lists."""

from flowcc import Bag, flow, group


@flow
def wrong(xs: Bag[int]) -> dict[int, list[int]]:
    return group(xs, by=lambda x: x % 3)
