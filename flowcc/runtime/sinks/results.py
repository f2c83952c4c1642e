"""A result as batches of what is written one a line: items, or the entries of a dict."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flowcc.runtime.batches import Batch, pulls
from flowcc.runtime.sequence import is_columns


@dataclass(frozen=True, slots=True)
class Written:
    """Batches of items; when ``entries``, each item is the (key, value) pair of a dict."""

    batches: Iterator[Batch]
    entries: bool = False


def written(result: object) -> Written:
    """Return what a sink writes of a flow's result.

    A list, an iterator, an array or a table gives its items; a dict its (key, value) pairs; a set its items, sorted
    where they can be compared (by ``repr`` else), so that equal results are equal files; anything else is one item.
    """
    if isinstance(result, Mapping):
        return Written(iter([list(result.items())]), True)
    if isinstance(result, set | frozenset):
        return Written(iter([_in_order(result)]))
    if isinstance(result, list):
        return Written(iter([result]))
    if isinstance(result, Iterator):
        return Written(pulls(result))
    if is_columns(result):
        from flowcc.runtime.arrays import batch_of  # NumPy is heavy, and lists never meet it

        batch = batch_of(result)
        if batch is not None:
            return Written(iter([batch]))
    return Written(iter([[result]]))


def _in_order(items: set[Any] | frozenset[Any]) -> list[Any]:
    try:
        return sorted(items)
    except TypeError:
        return sorted(items, key=repr)
