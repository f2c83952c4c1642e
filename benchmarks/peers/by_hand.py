"""What one would write by hand in plain Python, where that is another algorithm than the plain function's."""

from benchmarks.data import Ints
from benchmarks.question import Answer


def reachable(edges: Ints) -> Answer:
    """Breadth first: each edge is followed once."""
    rows = edges.tolist()

    def answer() -> object:
        targets: dict[int, list[int]] = {}
        for source, target in rows:
            targets.setdefault(source, []).append(target)
        seen, front = {0}, [0]
        while front:
            found = {target for node in front for target in targets.get(node, ())} - seen
            seen |= found
            front = list(found)
        return seen

    return answer
