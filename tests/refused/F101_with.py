"""F101: with."""

from flowcc import Batch, flow


@flow
def wrong(xs: Batch[str]) -> list[str]:
    with open("x") as file:
        return [x + file.read() for x in xs]
