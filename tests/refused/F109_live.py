"""F109: what needs a live run is refused by name."""

from flowcc import Batch, flow, tick


def keep(held: int, xs: list[int]) -> tuple[int, list[int]]:
    """Count."""
    return held + len(xs), xs


@flow
def counted(xs: Batch[int]) -> list[int]:
    """Refused: ``scan`` does this on an input that ends."""
    return tick(keep, xs, init=0, because="only counts")
