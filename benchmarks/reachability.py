"""What a path leads to: a fixed point should cost only what is new in each round."""

from benchmarks.data import Ints
from benchmarks.pagerank import Edge, edge_list, edge_table, prepare
from benchmarks.peers import by_hand, pathway
from benchmarks.question import FLOWCC, PLAIN, Answer, Contender, Goal, Question, Row
from benchmarks.summaries import of_set
from flowcc import Batch, fixpoint, flow, group


@flow
def reachable(edges: Batch[Edge], roots: Batch[int]) -> set[int]:
    """Return the roots and every node that a path of edges leads to."""
    targets = group(edges, by=lambda edge: edge.source)
    return fixpoint(
        lambda seen: seen | {edge.target for node in seen for edge in targets.get(node, [])},
        set(roots),
    )


def start_flow(edges: Ints) -> Answer:
    """An Arrow table in, a set out."""
    table = edge_table(edges)
    return lambda: reachable(table, [0])


def start_plain(edges: Ints) -> Answer:
    """The undecorated function: it follows all edges anew in every round."""
    items = edge_list(edges)
    return lambda: reachable.plain(items, [0])


ROW = Row(
    name="reachability",
    title="Reachability, 1 M edges",
    questions=(
        Question(
            name="reachability",
            title="every node that a path leads to",
            sizes={"full": 1_000_000, "quick": 50_000, "tiny": 500},
            unit="edges",
            prepare=prepare,
            contenders=(
                Contender(name=FLOWCC, start=start_flow),
                Contender(name=PLAIN, start=start_plain),
                Contender(name="Python, by hand", start=by_hand.reachable, note="breadth first, each edge once"),
                Contender(name="pathway", start=pathway.reachable, share=0.1),
            ),
            goals=(Goal(against=(PLAIN,), at_least=20), Goal(against=("pathway",), at_least=5)),
            summary=of_set,
            flow=reachable,
        ),
    ),
)
