"""Running a wired stage over items cut in any way, as columns where they have any, compiled or not."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import cycle
from typing import Any, NamedTuple

from hypothesis import strategies as st

from flowcc.backend.kernels.hot import Hot
from flowcc.runtime.batches import Batch
from flowcc.runtime.columns import columns_of
from flowcc.runtime.local import run_here
from flowcc.runtime.stage import Stage
from tests.runtime.drive import outcome

cuts = st.lists(st.integers(1, 7), min_size=1, max_size=5)
EDGE_INTS = (0, 1, -1, 2**31, 2**53 + 1, 2**63 - 1, -(2**63), 2**62)
EDGE_FLOATS = (0.0, -0.0, 1.0, 0.1, 1e308, -1e308, 5e-324, float("inf"), float("-inf"))
EDGE_TEXTS = ("", "a", "ab", "ä", "\0", "abcdefgh", "abcdefghi", "abcdefgh" * 3, "\U0001f600", "a\0", "A")
ints = st.one_of(st.sampled_from(EDGE_INTS), st.integers(-3, 3), st.integers(-(2**63), 2**63 - 1))
floats = st.one_of(st.sampled_from(EDGE_FLOATS), st.floats(allow_nan=False))
texts = st.one_of(st.sampled_from(EDGE_TEXTS), st.text(max_size=3))
odd = st.sampled_from([2**63, None, True, 1.0, float("nan"), "x", 7, ("a", 1)])  # what a column of numbers cannot hold


class Spot(NamedTuple):
    at: int
    name: str


class Odd(NamedTuple):
    """Equal by its name alone."""

    at: int
    name: str

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Odd) and self.name == other.name

    def __hash__(self) -> int:
        return hash(self.name)


@dataclass(frozen=True)
class Place:
    at: float
    known: bool


@dataclass(frozen=True, eq=False)
class Alone:
    """Equal to nothing else."""

    at: int


@dataclass(frozen=True)
class Partly:
    at: int
    note: str = field(compare=False)


few = st.integers(0, 2)
some = st.sampled_from([0.0, -0.0, 1.0, 5e-324])
names = st.sampled_from(["", "a", "b\0"])
keys_of_kinds = {
    "bools": st.booleans(),
    "floats": some,
    "numbers or None": st.one_of(st.none(), few),
    "floats or None": st.one_of(st.none(), some),
    "texts or None": st.one_of(st.none(), names),
    "bools or None": st.one_of(st.none(), st.booleans()),
    "tuples": st.tuples(few, names, some),
    "tuples in tuples": st.tuples(st.tuples(few, st.booleans()), names),
    "of one": st.tuples(names),
    "records": st.builds(Spot, few, names),
    "records of their own": st.builds(Odd, few, names),
    "dataclasses": st.builds(Place, some, st.booleans()),
    "dataclasses that are partly compared": st.builds(Partly, few, names),
    "wide": st.one_of(ints, floats, texts),
}


class InColumns:
    """A source that gives items cut as sizes say; batches are columns where they can be, every ``lists``-th a list."""

    def __init__(self, items: Sequence[Any], sizes: Sequence[int], lists: int = 0) -> None:
        self.items, self.sizes, self.lists = items, sizes, lists

    def batches(self, share: int, shares: int) -> Iterator[Batch]:
        start = 0
        for number, size in enumerate(cycle(self.sizes), 1):
            if start >= len(self.items):
                return
            batch = list(self.items[start : start + size])
            columns = None if self.lists and number % self.lists == 0 else columns_of(batch)
            yield batch if columns is None else columns
            start += size


def run(wire: Callable[[Stage], None], arguments: Mapping[str, object], jit: Hot | None) -> Any:
    return run_here(wire, arguments, flow="f", filename="f.py", jit=jit)


def agree(wire: Callable[[Stage], None], arguments: Mapping[str, object]) -> str:
    """Check that compiled routines change nothing about the outcome; return what ran."""
    jit = Hot("always")
    compiled, plain = outcome(run, wire, arguments, jit), outcome(run, wire, arguments, None)
    assert compiled == plain
    return str([note["runs"] for note in jit.notes.values()])
