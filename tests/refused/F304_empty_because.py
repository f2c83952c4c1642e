"""F304: empty because."""

from flowcc import Bag, flow, trust


@flow
def wrong(xs: Bag[int]) -> list[int]:
    return trust(xs, ordered=True, because="  ")
