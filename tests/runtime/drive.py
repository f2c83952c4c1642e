"""Running a wired stage over arguments that are cut into batches in any way, and comparing what comes out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import cycle
from typing import Any

from hypothesis import strategies as st

from flowcc.runtime.failures import OnError
from flowcc.runtime.stage import Stage

Wire = Callable[[Stage], None]
cuts = st.lists(st.integers(1, 4), min_size=1, max_size=4)
EDGES = (0, 1, -1, True, False, 0.0, -0.0, 1.0, 0.1, 1e308, float("inf"), float("nan"), 2**63, -(2**63), 10**30)
numbers = st.one_of(st.sampled_from(EDGES), st.integers(-5, 5), st.floats())
words = st.text("abc ", max_size=4)
anything = st.one_of(numbers, words, st.none(), st.tuples(st.integers(0, 2), words))


class Pieces:
    """A source that gives its items cut as the sizes say, again and again."""

    def __init__(self, items: Sequence[Any], sizes: Sequence[int]) -> None:
        self.items = items
        self.sizes = sizes

    def batches(self, share: int, shares: int) -> Iterator[list[Any]]:
        start = 0
        for size in cycle(self.sizes):
            if start >= len(self.items):
                return
            yield list(self.items[start : start + size])
            start += size


def stage_of(wire: Wire, on_error: OnError = "raise", **options: Any) -> Stage:
    stage = Stage(flow="f", filename="f.py", on_error=on_error, **options)
    wire(stage)
    stage.start()
    return stage


def outcome(function: Callable[..., Any], *arguments: Any, **named: Any) -> str:
    """Return what a call gives or raises, so that nan, -0.0, 1 and True differ as they should."""
    try:
        return repr(function(*arguments, **named))
    except Exception as error:  # whatever Python raises is what is compared
        return f"{type(error).__name__}: {error}"
