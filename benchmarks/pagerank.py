"""Ten rounds of PageRank, beside a sparse matrix product."""

from collections import Counter
from pathlib import Path
from typing import NamedTuple

import pyarrow

from benchmarks import data
from benchmarks.peers import scipy
from benchmarks.question import FLOWCC, PLAIN, Answer, Contender, Goal, Question, Row
from benchmarks.summaries import of_mapping
from flowcc import Batch, flow, group


class Edge(NamedTuple):
    """A link from one page to another."""

    source: int
    target: int


@flow
def pagerank(edges: Batch[Edge], rounds: int = 10, damping: float = 0.85) -> dict[int, float]:
    """Return the rank of every page after ``rounds`` rounds."""
    links = Counter(source for source, _ in edges)
    pages = {page for edge in edges for page in edge}
    rank = {page: 1.0 for page in pages}  # noqa: C420 (a comprehension is an operator)
    for _ in range(rounds):
        shares = [(target, rank[source] / links[source]) for source, target in edges]
        received = {page: sum(parts) for page, parts in group(shares).items()}
        rank = {page: 1 - damping + damping * received.get(page, 0.0) for page in pages}
    return rank


def prepare(size: int, folder: Path) -> data.Ints:
    """Return an array of edges."""
    return data.graph(size)


def edge_table(edges: data.Ints) -> pyarrow.Table:
    """Return the edges as an Arrow table."""
    return pyarrow.table({"source": edges[:, 0].copy(), "target": edges[:, 1].copy()})


def edge_list(edges: data.Ints) -> list[Edge]:
    """Return the edges as the plain function takes them."""
    return [Edge(source, target) for source, target in edges.tolist()]


def start_flow(edges: data.Ints) -> Answer:
    """An Arrow table in, a dict out."""
    table = edge_table(edges)
    return lambda: pagerank(table)


def start_plain(edges: data.Ints) -> Answer:
    """The undecorated function, on a list of named tuples."""
    items = edge_list(edges)
    return lambda: pagerank.plain(items)


ROW = Row(
    name="pagerank",
    title="PageRank, 1 M edges, 10 rounds",
    remedy=(
        "Ranks, links and what is received stay columns in all rounds. The time goes into two look-ups an edge, into "
        "numbering the targets again in each round, and into the set of pages and the dict that is returned, which are "
        "Python's own. A matrix product does neither, because somebody numbered the pages for it."
    ),
    questions=(
        Question(
            name="pagerank",
            title="ten rounds of PageRank",
            sizes={"full": 1_000_000, "quick": 50_000, "tiny": 500},
            unit="edges",
            prepare=prepare,
            contenders=(
                Contender(name=FLOWCC, start=start_flow),
                Contender(name=PLAIN, start=start_plain),
                Contender(name="scipy.sparse", start=scipy.pagerank, note="pages are numbered from 0"),
            ),
            goals=(Goal(against=("scipy.sparse",), at_least=0.3), Goal(against=(PLAIN,), at_least=20)),
            summary=of_mapping,
            flow=pagerank,
        ),
    ),
)
