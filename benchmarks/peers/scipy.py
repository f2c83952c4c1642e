"""PageRank as a sparse matrix product."""

import numpy as np

from benchmarks.data import Ints
from benchmarks.question import Answer


def pagerank(edges: Ints, rounds: int = 10, damping: float = 0.85) -> Answer:
    """Build the matrix and multiply; pages are numbered from 0 on, so that an array holds the ranks."""
    from scipy.sparse import csr_array

    def answer() -> object:
        source, target = edges[:, 0], edges[:, 1]
        length = int(edges.max()) + 1
        links = np.bincount(source, minlength=length)
        known = (links + np.bincount(target, minlength=length)) > 0
        moves = csr_array((1.0 / links[source], (target, source)), shape=(length, length))
        rank = np.ones(length)
        for _ in range(rounds):
            rank = 1 - damping + damping * (moves @ rank)
        pages = np.flatnonzero(known)
        return dict(zip(pages.tolist(), rank[pages].tolist(), strict=True))

    return answer
