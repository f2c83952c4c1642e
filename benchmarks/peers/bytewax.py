"""The programs as bytewax has them: one worker, batches of a thousand items, its own operators throughout."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from benchmarks.data import Ints, Keyed
from benchmarks.question import Answer

BATCH = 1000


def run(items: Iterable[Any], build: Callable[[Any, Any], Any]) -> list[Any]:
    """Run one dataflow over items that are in memory and return what reaches its sink."""
    from bytewax.dataflow import Dataflow
    from bytewax.operators import input as from_source
    from bytewax.operators import output
    from bytewax.testing import TestingSink, TestingSource, run_main

    out: list[Any] = []
    flow = Dataflow("flow")
    stream = from_source("in", flow, TestingSource(items, BATCH))
    output("out", flow_end(build, stream), TestingSink(out))
    run_main(flow)
    return out


def flow_end(build: Callable[[Any, Any], Any], stream: Any) -> Any:
    """Apply the operators of a program to its input."""
    import bytewax.operators as op

    return build(op, stream)


def map_filter_map(xs: Ints) -> Answer:
    """Three steps, as the flow has them."""
    import bytewax  # noqa: F401  (not installed is said at the start)

    items = xs.tolist()

    def build(op: Any, stream: Any) -> Any:
        tripled = op.map("triple", stream, lambda x: 3 * x + 1)
        even = op.filter("even", tripled, lambda x: x % 2 == 0)
        return op.map("half", even, lambda x: x // 2)

    return lambda: run(items, build)


def word_count(path: Path) -> Answer:
    """Its own example: lines of a file, words, a final count a key."""
    import bytewax.operators as op
    from bytewax.connectors.files import FileSource
    from bytewax.dataflow import Dataflow
    from bytewax.testing import TestingSink, run_main

    def answer() -> object:
        out: list[tuple[str, int]] = []
        flow = Dataflow("words")
        lines = op.input("in", flow, FileSource(path, batch_size=BATCH))
        words = op.flat_map("split", lines, lambda line: line.lower().split())
        op.output("out", op.count_final("count", words, lambda word: word), TestingSink(out))
        run_main(flow)
        return dict(out)

    return answer


def running_state(payments: Keyed) -> Answer:
    """`stateful_map`; keys must be strings, which they are before the clock starts."""
    import bytewax  # noqa: F401  (not installed is said at the start)

    items = list(zip(map(str, payments.key.tolist()), payments.value.tolist(), strict=True))

    def book(balance: int | None, value: int) -> tuple[int, int]:
        before = balance or 0
        after = before + value
        return (before, before) if after < 0 else (after, after)

    def build(op: Any, stream: Any) -> Any:
        return op.map("value", op.stateful_map("book", stream, book), lambda pair: pair[1])

    return lambda: run(items, build)
