"""Random comprehensions folded in their kernels, against Python's folds of the lists: value, type, or an exception."""

from __future__ import annotations

import builtins
import linecache
import math
import random
from collections.abc import Callable
from math import inf
from pathlib import Path
from typing import Any
from unittest.mock import patch

from flowcc.backend.kernels.cache import Cache
from flowcc.backend.kernels.folding import FOLDS
from flowcc.backend.kernels.hot import Hot
from flowcc.backend.kernels.making import kinds_of, make
from flowcc.runtime.batches import Folded
from flowcc.runtime.sides import Side
from tests.kernels.collections_beside import collections
from tests.kernels.expressions import expression
from tests.kernels.fuzz import FLOATS, HEAD, INTEGERS, NAMES, TEXTS, Difference, columns, inputs, same


def program(rng: random.Random, fold: str) -> tuple[str, Callable[..., list[Any]]]:
    """Return the text of a comprehension that may be folded, and the comprehension."""
    given = expression(rng, rng.choice("ib" if fold == "sum" else "ifb"), rng.randint(0, 3))
    loop = f" for n in range({rng.choice(['2', 'a & 3'])})" if rng.random() < 0.2 else ""
    test = f" if {expression(rng, 'b', rng.randint(0, 2))}" if rng.random() < 0.5 else ""
    body = f"[{given} for a, b, c, s, d, e in items{loop}{test}]"
    source = f"{HEAD}\ndef kernel(items, {', '.join(NAMES)}):\n    return {body}\n"
    name = f"<fuzz {rng.getrandbits(64):x}>"
    linecache.cache[name] = (len(source), None, source.splitlines(True), name)
    names: dict[str, Any] = {}
    exec(compile(source, name, "exec"), names)
    return source, names["kernel"]


def check(source: str, fold: str, expected: Any, given: Any) -> None:
    """Raise a `Difference` between the items that Python gives, or None where it raises, and what a kernel gave."""
    if (expected is None) != (given is None):
        raise Difference(source, fold, expected, given)
    if isinstance(given, Folded):
        if len(given) != len(expected):
            raise Difference(source, fold, len(expected), len(given))
        whole = getattr(builtins, fold)(expected) if expected and fold != "len" else None
        if fold != "len" and len(given) and not same(given.value, whole):
            raise Difference(source, fold, whole, given.value)


def run(kernels: int, seed: int, folder: Path) -> int:
    """Compare so many kernels, each on batches of several lengths; return how many batches they folded themselves."""
    rng, cache, folded, jit = random.Random(seed), Cache(folder), 0, Hot("always")
    while kernels:
        fold = rng.choice(sorted(FOLDS))
        source, kernel = program(rng, fold)
        sides = [Side(held, jit) for held in collections(rng, INTEGERS, FLOATS, TEXTS).values()]
        kinds = kinds_of(columns(inputs(rng, 50)), sides)
        assert not isinstance(kinds, str), kinds
        made = make(kernel, fold, kinds, True, cache)
        if made is None or made.native is None:
            continue
        kernels -= 1
        items = inputs(rng, 3000)
        calm = [(a % 1000, b if b == b else 0.5, c, s, d, e % 1000) for a, b, c, s, d, e in items if math.isfinite(b)]
        with patch("flowcc.runtime.sides.ITEMS_PER_KEY", inf):
            for batch in (items, calm, calm[:2100] + items[-300:] + calm, items[:1], calm[:7], items[5:9], []):
                try:
                    expected = kernel(batch, *(side.value for side in sides))
                except Exception:  # element code may raise anything
                    expected = None
                given = made.native(columns(batch or items[:1])[: len(batch)], *sides)
                check(source, fold, expected, given)
                folded += isinstance(given, Folded)
    return folded
