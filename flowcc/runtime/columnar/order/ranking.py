"""Ranks of texts: whole numbers that compare as the texts do, equal ones for equal texts.

Texts compare by code points, as their bytes in UTF-8 do. Eight bytes at a time tell most texts apart; the few that
they do not are compared by the next eight, and after some rounds by Python.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from flowcc.runtime.columnar.groups.keys import address
from flowcc.runtime.columnar.order.words import Digit, order_by
from flowcc.runtime.columnar.routines import sorting as sort_routines
from flowcc.runtime.columns import Columns

NEEDED = (sort_routines.pack_texts,)
ROUNDS = 4
CHUNK = 8  # bytes a word


def ranks_of(texts: Columns, library: Mapping[Callable[..., int], Callable[..., int]]) -> NDArray[np.int64]:
    """Return how many texts are less than each one, which equal texts have in common."""
    offsets, data = texts.buffers[:2]
    lengths = np.diff(offsets)
    ranks = np.zeros(len(texts), np.int64)
    open_ = np.arange(len(texts), dtype=np.int64)
    for number in range(ROUNDS):
        if len(open_) < 2:
            return ranks
        words = np.empty(len(open_), np.int64)
        library[sort_routines.pack_texts](len(open_), CHUNK * number, *map(address, (open_, offsets, data, words)))
        rest = np.clip(lengths[open_] - CHUNK * number, 0, CHUNK + 1)
        open_ = _refine(ranks, open_, words, rest)
    if len(open_) > 1:
        among = texts.take(open_).rows()
        numbers = {text: number for number, text in enumerate(sorted(set(among)))}
        found = np.fromiter(map(numbers.__getitem__, among), np.int64, len(among))
        _refine(ranks, open_, found, np.zeros(len(among), np.int64))
    return ranks


def _refine(
    ranks: NDArray[np.int64], among: NDArray[np.int64], words: NDArray[np.int64], rest: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Tell items of one rank apart by a word and what is left of the text; return those that are still alike."""
    before = ranks[among]
    digits = [
        Digit(before, int(before.max()).bit_length()),
        Digit(words, 64),
        Digit(rest, 4),
    ]
    order = order_by(digits)
    among, before, words, rest = among[order], before[order], words[order], rest[order]
    first = np.ones(len(among) + 1, np.bool_)
    first[1:-1] = before[1:] != before[:-1]
    groups = _last_true(first[:-1])
    first[1:-1] |= (words[1:] != words[:-1]) | (rest[1:] != rest[:-1])
    ranks[among] = before + _last_true(first[:-1]) - groups
    alone = first[:-1] & first[1:]
    open_: NDArray[np.int64] = among[(rest > CHUNK) & ~alone]
    open_.sort()
    return open_


def _last_true(flags: NDArray[np.bool_]) -> Any:
    """Return for each place the last one up to it that is flagged."""
    return np.maximum.accumulate(np.where(flags, np.arange(len(flags)), 0))
