"""F101: statements that wait or catch are outside the language; all faults come at once."""

from flowcc import Batch, flow


@flow
def lengths(lines: Batch[str]) -> list[int]:
    """Refused twice: `while` and `try`."""
    while lines:
        lines = lines[1:]
    try:
        found = [len(line) for line in lines]
    finally:
        pass
    return found
