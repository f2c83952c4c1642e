"""Answers as a few numbers each, so that processes can compare them without sending them."""

from collections.abc import Iterable, Mapping
from typing import Any
from zlib import crc32

import numpy as np

from benchmarks.question import Summary


def of_numbers(answer: object) -> Summary:
    """Return the length, sum, extremes and a mixed sum, and then what depends on the order too."""
    numbers = np.asarray(answer)
    if not len(numbers):
        return (0,)
    weights = np.arange(len(numbers), dtype=np.int64) % 1009
    free = (len(numbers), numbers.sum().item(), numbers.min().item(), numbers.max().item())
    mixed = ((numbers % 1009) ** 2 % 1013).sum().item()
    return (*free, mixed, numbers[0].item(), numbers[-1].item(), (numbers * weights).sum().item())


ORDER_FREE = 5
"""How many numbers of a summary do not depend on the order."""


def of_mapping(answer: object) -> Summary:
    """Return the length, the sum of the values and a sum in which each key weighs its value; the order is free."""
    total, weighed, length = 0, 0, 0
    for key, value in pairs(answer):
        length += 1
        total += value
        weighed += value * (crc32(repr(key).encode()) % 1009)
    return (length, total, weighed)


def pairs(answer: object) -> Iterable[tuple[Any, Any]]:
    """Return the entries of a mapping, or the rows of an Arrow table of two columns."""
    if isinstance(answer, Mapping):
        return answer.items()
    keys, values = (column.to_pylist() for column in answer.columns)  # type: ignore[attr-defined]
    return zip(keys, values, strict=True)


def of_value(answer: object) -> Summary:
    """Return the one value, or the values of a tuple."""
    return answer if isinstance(answer, tuple) else (answer,)


def of_set(answer: object) -> Summary:
    """Return the size and the sum of a set of integers."""
    members = np.fromiter(answer, np.int64)  # type: ignore[call-overload]
    return (len(members), members.sum().item())


def of_list(answer: object) -> Summary:
    """Return the items of a short list of tuples, one after another."""
    return tuple(value for item in answer for value in item)  # type: ignore[attr-defined]
