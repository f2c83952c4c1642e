"""Collections that random expressions look into: keys and values of all types that have columns, with edge values."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

HEAD = """LEVELS = {-1: "low", 0: "zero", 1: "one", 2**53: "high"}
RATES = {"": 0.5, "a": -0.0, "abc": 1e308, "é": 2.0}
"""

FORMS = {
    "i": [
        "near[{i}]", "near.get({i}, {i})", "near.get({f}, {i})", "(near.get({b}) or {i})", "counts[{s}]", "len(near)",
        "counts.get({s}, {i})", "(names.get({s}) or {i})", "near.get({i}, {b})", "len(counts)", "near[{f}]",
        "(names[{s}] if {s} in names else {i})", "listed[{i} % 9]", "listed[{i}]", "listed[{b}]", "len(listed)",
    ],
    "f": ["far[{i}]", "far.get({i}, {f})", "RATES.get({s}, {f})", "far.get({f}, {f})", "(RATES[{s}] * {f})"],
    "b": [
        "({i} in near)", "({f} in near)", "({b} in near)", "(d in near)", "({i} not in far)", "({s} in names)",
        "({i} in seen)", "({f} not in seen)", "({s} in seen)", "({f} in halves)", "({i} in halves)", "({b} in halves)",
        "({s} in counts)", "({i} in LEVELS)", "({s} not in RATES)", "flags.get({b}, {b})", "flags[{i} % 2]",
        "bool(near)",
    ],
    "s": ["words.get({i}, {s})", "words[{i} % 7]", "LEVELS.get({i}, {s})", "(words.get({f}) or {s})"],
}  # fmt: skip


def collections(rng: random.Random, integers: list[int], floats: list[float], texts: list[str]) -> dict[str, Any]:
    """Return collections by the names that `FORMS` call them; of the same kinds whatever the random numbers."""
    some = rng.sample(integers, len(integers) // 2)
    real = [x for x in rng.sample(floats, len(floats) // 2) if x == x]
    held = rng.sample(texts, len(texts) // 2)
    return {
        "near": {n: rng.choice(integers) for n in range(-20, 60, rng.randint(1, 3))},
        "far": {n: rng.choice([x for x in floats if x == x]) for n in some},
        "names": {text: rng.choice([None, 7, rng.choice(integers)]) for text in held} | {"a": None, "b": 1},
        "words": {n: rng.choice(texts) for n in range(7)} | {rng.choice(integers): "far"},
        "seen": set(some) | set(range(5)),
        "halves": {*real, 0.5, -0.0},
        "counts": Counter(rng.choices(held, k=30)),
        "listed": rng.choices(integers, k=9),
        "flags": {True: rng.random() < 0.5, False: True},
    }
