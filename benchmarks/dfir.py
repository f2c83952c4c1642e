"""The micro benchmarks of DFIR, the engine that Hydro compiles to: Python beside its Rust.

Both get the same numbers and words and give the same sums. Seconds of the Rust side are those of its graph alone.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow

from benchmarks import data
from benchmarks.peers import dfir_process
from benchmarks.question import FLOWCC, PLAIN, Answer, Contender, Goal, Question, Row
from benchmarks.summaries import of_value
from flowcc import Batch, Flow, fixpoint, flow, group, merge

DFIR = "dfir_rs"


class Pair(NamedTuple):
    """A value under a key; an edge, where the value is a node too."""

    key: int
    value: int


@flow
def arithmetic(xs: Batch[int]) -> int:
    """Twenty maps in a row."""
    for _ in range(20):
        xs = [x + 1 for x in xs]
    return sum(xs)


@flow
def identity(xs: Batch[int]) -> int:
    """Twenty operators that change nothing."""
    for _ in range(20):
        xs = [x for x in xs]  # noqa: C416 (an operator that changes nothing)
    return sum(xs)


@flow
def fan_in(xs: Batch[int]) -> int:
    """Twenty streams into one."""
    merged = xs
    for _ in range(19):
        merged = merge(merged, xs)
    return sum(merged)


@flow
def fan_out(xs: Batch[int]) -> int:
    """One stream into twenty, each doing something else with its items."""
    total = 0
    for i in range(20):
        total = total + sum(x ^ i for x in xs)
    return total


@flow
def fork_join(xs: Batch[int]) -> int:
    """Twenty times: split into even and odd, and join again."""
    for _ in range(20):
        even = [x for x in xs if x & 1 == 0]
        odd = [x for x in xs if x & 1 == 1]
        xs = merge(even, odd)
    return sum(xs)


@flow
def join(left: Batch[Pair], right: Batch[Pair]) -> tuple[int, int]:
    """Every two pairs with equal keys."""
    met = [a.value + b.value for a in left for b in right if a.key == b.key]
    return len(met), sum(met)


@flow
def symmetric_hash_join(left: Batch[Pair], right: Batch[Pair]) -> tuple[int, int]:
    """Every two pairs with equal keys, where keys repeat."""
    met = [a.value + b.value for a in left for b in right if a.key == b.key]
    return len(met), sum(met)


@flow
def upcase(words: Batch[str]) -> tuple[int, int]:
    """Twenty times upper case."""
    for _ in range(20):
        words = [word.upper() for word in words]
    return sum(len(word) for word in words), sum(word.startswith("A") for word in words)


@flow
def words_diamond(words: Batch[str]) -> int:
    """Each word greeted twice, and once more itself when its length is a multiple of five."""
    greeted = [greeting for word in words for greeting in ("hi " + word, "bye " + word)]
    fives = [word for word in words if len(word) % 5 == 0]
    return sum(len(word) for word in merge(greeted, fives))


@flow
def reachability(edges: Batch[Pair]) -> tuple[int, int]:
    """Everything that a path leads to from node 0."""
    targets = group(edges, by=lambda edge: edge.key)
    seen = fixpoint(lambda seen: seen | {edge.value for node in seen for edge in targets.get(node, [])}, {0})
    return len(seen), sum(seen)


@dataclass(frozen=True, slots=True)
class Inputs:
    """The same data as columns, as the plain function takes them, and as files for the Rust side."""

    columns: tuple[Any, ...]
    lists: tuple[list[Any], ...]
    files: tuple[Path, ...]


def integers(size: int, folder: Path) -> Inputs:
    """One array of integers."""
    numbers = data.integers(size)
    return Inputs((numbers,), (numbers.tolist(),), (data.integer_file(folder / f"integers_{size}", numbers),))


def pairs(folder: Path, size: int, **keys: data.Ints) -> Inputs:
    """Pairs of the given keys, the values counted up from 0."""
    tables, lists, files = [], [], []
    for name, key in keys.items():
        value = np.arange(len(key), dtype=np.int64)
        tables.append(pyarrow.table({"key": key, "value": value}))
        lists.append(list(map(Pair, key.tolist(), value.tolist())))
        files.append(data.integer_file(folder / f"{name}_{size}", np.stack([key, value], axis=1)))
    return Inputs(tuple(tables), tuple(lists), tuple(files))


def unique_pairs(size: int, folder: Path) -> Inputs:
    """Two sides with the same keys, each key once, in different orders."""
    half = max(1, size // 2)
    return pairs(folder, size, left=np.arange(half, dtype=np.int64), right=data.distinct_keys(half).key)


def repeated_pairs(size: int, folder: Path) -> Inputs:
    """Two sides whose keys repeat as words do in a text."""
    half, keys = max(1, size // 2), max(1, 2 * size)
    return pairs(folder, size, left=data.zipf_keys(half, keys, 0.5, 9), right=data.zipf_keys(half, keys, 0.5, 10))


def ascii_words(size: int, folder: Path) -> Inputs:
    """Words of ASCII letters, in which Rust's length in bytes is Python's in characters."""
    words = [word.replace("ä", "a") for word in data.words(size)]
    return Inputs((pyarrow.array(words),), (words,), (data.line_file(folder / f"words_{size}", words),))


def edges(size: int, folder: Path) -> Inputs:
    """A graph, its edges as pairs."""
    drawn = data.graph(size)
    table = pyarrow.table({"key": drawn[:, 0].copy(), "value": drawn[:, 1].copy()})
    items = [Pair(source, target) for source, target in drawn.tolist()]
    return Inputs((table,), (items,), (data.integer_file(folder / f"edges_{size}", drawn),))


def lookup_join(left: list[Pair], right: list[Pair]) -> tuple[int, int]:
    """Return what the joins return, with a dict: the undecorated functions compare every pair."""
    found: dict[int, list[int]] = {}
    for pair in right:
        found.setdefault(pair.key, []).append(pair.value)
    met = [pair.value + other for pair in left for other in found.get(pair.key, ())]
    return len(met), sum(met)


def question(
    twin: Flow[..., Any], prepare: Callable[[int, Path], Inputs], size: int, plain: Callable[..., object] | None = None
) -> Question:
    """Return the question of one micro benchmark."""
    name = twin.plain.__name__

    def start_flow(inputs: Inputs) -> Answer:
        return lambda: twin(*inputs.columns)

    def start_plain(inputs: Inputs) -> Answer:
        return lambda: (plain or twin.plain)(*inputs.lists)

    def start_rust(inputs: Inputs) -> Answer:
        return dfir_process.start(name, inputs.files)

    return Question(
        name=name,
        title=name,
        sizes={"full": size, "quick": size // 10, "tiny": 200},
        prepare=prepare,
        contenders=(
            Contender(name=FLOWCC, start=start_flow),
            Contender(name=PLAIN, start=start_plain, note="with a dict" if plain else ""),
            Contender(name=DFIR, start=start_rust),
        ),
        goals=(Goal(against=(DFIR,), at_least=1.0),),
        summary=of_value,
        flow=twin,
    )


ROW = Row(
    name="dfir",
    title="DFIR micro benchmarks, items a second",
    remedy=(
        "What is left is handing batches from operator to operator, some microseconds each; looking at numbers twice, "
        "to prove that nothing overflows and to compute; and results of joins that are written down to be added up."
    ),
    questions=(
        question(arithmetic, integers, 1_000_000),
        question(identity, integers, 1_000_000),
        question(fan_in, integers, 1_000_000),
        question(fan_out, integers, 1_000_000),
        question(fork_join, integers, 100_000),
        question(join, unique_pairs, 200_000, lookup_join),
        question(symmetric_hash_join, repeated_pairs, 200_000, lookup_join),
        question(upcase, ascii_words, 100_000),
        question(words_diamond, ascii_words, 370_000),
        question(reachability, edges, 100_000),
    ),
    enough=6,
)
