"""F110: star arguments."""

from flowcc import flow


@flow
def wrong(*xs: int) -> list[int]:
    return list(xs)
