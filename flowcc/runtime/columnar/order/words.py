"""Places in the order of whole numbers, stable: a number and the place of its item are sorted as one word of 64 bits.

Numbers that are too long for that, or several of them, take several rounds. (LSD radix sort, with words as digits.)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

WORD = 63  # bits of a word that is not negative


@dataclass(frozen=True, slots=True)
class Digit:
    """Numbers from 0 up to so many bits."""

    values: NDArray[Any]
    bits: int


def order_by(digits: Sequence[Digit]) -> NDArray[np.int64]:
    """Return the places of items in order of their digits, the first one first."""
    length = len(digits[0].values)
    low = max(length - 1, 1).bit_length()
    order: NDArray[np.int64] | None = None
    place = np.arange(length, dtype=np.uint64)
    for word in reversed(_words(digits, WORD - low)):
        composed = (word if order is None else word[order]) << np.uint64(low) | place
        composed.sort()
        found = (composed & np.uint64((1 << low) - 1)).view(np.int64)
        order = found if order is None else order[found]
    return place.view(np.int64) if order is None else order


def _words(digits: Sequence[Digit], room: int) -> list[NDArray[np.uint64]]:
    """Put digits together into words of at most ``room`` bits, and cut those that are longer."""
    words: list[NDArray[np.uint64]] = []
    left = 0
    for digit in (part for each in digits if each.bits for part in _cut(each, room)):
        if digit.bits <= left:
            words[-1] = words[-1] << np.uint64(digit.bits) | digit.values
            left -= digit.bits
        else:
            words.append(digit.values)
            left = room - digit.bits
    return words


def _cut(digit: Digit, room: int) -> list[Digit]:
    values = digit.values.view(np.uint64)
    if digit.bits <= room:
        return [Digit(values, digit.bits)]
    low = digit.bits - room
    return [Digit(values >> np.uint64(low), room), *_cut(Digit(values & np.uint64((1 << low) - 1), low), room)]
