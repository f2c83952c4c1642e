"""Inputs of the benchmarks, each made from a seed: the same arguments give the same data anywhere.

Nothing is downloaded. What is a file is written once under its final name, so that many processes may ask for it.
"""

import csv
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow
from numpy.typing import NDArray

Ints = NDArray[np.int64]

WORDS = 60_000
"""How many different words a text has; their frequencies follow Zipf's law, as in natural text."""


def integers(count: int, seed: int = 1, below: int = 1_000_000) -> Ints:
    """Return ``count`` integers from 0 up to, but not including, ``below``."""
    return np.random.default_rng(seed).integers(0, below, count, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Keyed:
    """Keys and a value beside each, as columns."""

    key: Ints
    value: Ints

    @property
    def table(self) -> pyarrow.Table:
        """The columns as an Arrow table; nothing is copied."""
        return pyarrow.table({"key": self.key, "value": self.value})


def keyed(count: int, keys: int, seed: int = 2) -> Keyed:
    """Return ``count`` keys out of ``keys`` in no order, and a value from -1000 to 1000 beside each."""
    random = np.random.default_rng(seed)
    return Keyed(random.integers(0, keys, count, dtype=np.int64), random.integers(-1000, 1001, count, dtype=np.int64))


def distinct_keys(count: int, seed: int = 3) -> Keyed:
    """Return the keys 0 to ``count`` - 1 shuffled, and a value from 0 to 99 beside each."""
    random = np.random.default_rng(seed)
    return Keyed(random.permutation(count).astype(np.int64), random.integers(0, 100, count, dtype=np.int64))


def zipf_keys(count: int, keys: int, exponent: float, seed: int) -> Ints:
    """Return ``count`` keys, key k as often as 1 / (k + 1) ** exponent."""
    weight = 1.0 / np.arange(1, keys + 1) ** exponent
    drawn = np.searchsorted(np.cumsum(weight) / weight.sum(), np.random.default_rng(seed).random(count))
    return np.minimum(drawn, keys - 1).astype(np.int64)


def graph(edges: int, seed: int = 4) -> Ints:
    """Return an array of shape (``edges``, 2): about ten edges a node, a few nodes the target of many."""
    nodes = max(2, edges // 10)
    random = np.random.default_rng(seed)
    sources = random.integers(0, nodes, edges, dtype=np.int64)
    targets = (nodes * random.random(edges) ** 2).astype(np.int64)
    return np.stack([sources, targets], axis=1)


def vocabulary(count: int = WORDS, seed: int = 5) -> list[str]:
    """Return ``count`` different words of 1 to 12 letters; some have capitals, some letters beyond ASCII."""
    random = np.random.default_rng(seed)
    letters = np.array(list("etaoinshrdlucmfwypvbgkjqxz"))
    weight = 1.0 / np.arange(2, 28)
    words: dict[str, None] = {}
    while len(words) < count:
        length = int(random.integers(1, 13))
        word = "".join(random.choice(letters, length, p=weight / weight.sum()))
        kind = random.random()
        words[word.capitalize() if kind < 0.1 else word.replace("a", "ä") if kind < 0.12 else word] = None
    return list(words)


def words(count: int, seed: int = 6) -> list[str]:
    """Return ``count`` words of the vocabulary, the early ones far more often."""
    known = vocabulary(min(WORDS, max(50, count)))
    return [known[at] for at in zipf_keys(count, len(known), 1.0, seed)]


def text_file(path: Path, size: int, seed: int = 6) -> Path:
    """Write about ``size`` bytes of words, a dozen a line, and return the path."""

    def write(to: Path) -> None:
        known = np.array(vocabulary(min(WORDS, max(50, size // 10))), dtype=object)
        written, block = 0, 0
        with to.open("w", encoding="utf-8") as file:
            while written < size:
                drawn = known[zipf_keys(min(120_000, size // 60 * 12 + 12), len(known), 1.0, seed + block)]
                lines = "".join(" ".join(line) + "\n" for line in drawn.reshape(-1, 12))[: size - written + 200]
                lines = lines[: lines.rfind("\n") + 1]
                file.write(lines)
                written, block = written + len(lines), block + 1

    return written_once(path, write)


def flight_files(folder: Path, flights: int, seed: int = 7) -> tuple[Path, Path]:
    """Write ``flights.csv`` and ``planes.csv``: one flight in forty was cancelled and has no delay."""
    random = np.random.default_rng(seed)
    planes = max(20, flights // 100)
    tails = [f"N{number:05d}" for number in range(planes)]
    makers = [f"MAKER {number:02d}" for number in range(35)]

    def write_flights(to: Path) -> None:
        tail = random.integers(0, planes, flights)
        delay = random.gamma(1.5, 20.0, flights).round() - 15.0
        delay_text = np.where(random.random(flights) < 0.025, "", delay.astype(str))
        distance = random.integers(80, 5000, flights)
        columns = ((tails[at] for at in tail), delay_text, distance)
        write_csv(to, ["tailnum", "dep_delay", "distance"], zip(*columns, strict=True))

    def write_planes(to: Path) -> None:
        made = np.random.default_rng(seed + 1).integers(0, len(makers), planes)
        write_csv(to, ["tailnum", "manufacturer"], zip(tails, (makers[at] for at in made), strict=True))

    return written_once(folder / "flights.csv", write_flights), written_once(folder / "planes.csv", write_planes)


def write_csv(path: Path, header: list[str], rows: "zip[tuple[object, ...]]") -> None:
    """Write a header and rows as RFC 4180 has them."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def integer_file(path: Path, numbers: Ints) -> Path:
    """Write little-endian 64-bit integers, row by row."""
    return written_once(path, lambda to: to.write_bytes(np.ascontiguousarray(numbers, "<i8").tobytes()))


def line_file(path: Path, lines: list[str]) -> Path:
    """Write one line a string."""
    return written_once(path, lambda to: to.write_text("\n".join(lines) + "\n", encoding="utf-8"))


def written_once(path: Path, write: Callable[[Path], object]) -> Path:
    """Write the file unless it is there; a process that looks meanwhile sees all of it or nothing."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_name(f".{path.name}.{os.getpid()}")
        write(unfinished)
        unfinished.replace(path)
    return path
