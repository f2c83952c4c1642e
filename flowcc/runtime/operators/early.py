"""Folds begun before a move: what a sender puts together itself need not travel item by item.

What is given is pairs (key, partial result), of which a key may have several: they are given as soon as there are many
keys, so that memory is bounded, and put together where they arrive.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from flowcc.runtime.batches import Batch, rows
from flowcc.runtime.node import Node, Step
from flowcc.runtime.operators.fold import ON_LISTS
from flowcc.runtime.operators.group import keyed

MOST_KEYS = 1 << 17
MOST_ITEMS = 1 << 18


class Counted(Step):
    """(item, count) pairs, in order of first appearance."""

    __slots__ = ("_node", "counts")

    has_columns = True

    def __init__(self, node: Node) -> None:
        self._node = node
        self.counts: Counter[Any] = Counter()

    def take(self, batch: Batch) -> Batch | None:
        """Count a batch."""
        self._node.add(self.counts.update, rows(batch))
        return self.close() if len(self.counts) > MOST_KEYS else None

    def close(self) -> Batch:
        """Give what has been counted, and begin anew."""
        given = list(self.counts.items())
        self.counts = Counter()
        return given


class Folded(Step):
    """(key, fold of its items) pairs, in order of first appearance."""

    __slots__ = ("_by", "_function", "_held", "_kept", "_node")

    def __init__(self, node: Node, function: str, by: Callable[[Any], Any] | None) -> None:
        self._node = node
        self._by = by
        self._function = ON_LISTS[function]
        self._held: dict[Any, list[Any]] = {}
        self._kept = 0

    def take(self, batch: Batch) -> Batch | None:
        """Put each item under its key."""
        self._node.add(self._add, keyed(self._node, self._by, batch))
        self._kept += len(batch)
        return self.close() if self._kept > MOST_ITEMS else None

    def _add(self, pairs: Sequence[tuple[Any, Any]]) -> None:
        held = self._held
        for key, item in pairs:
            if key in held:
                held[key].append(item)
            else:
                held[key] = [item]

    def close(self) -> Batch:
        """Give the folds of what has arrived, and begin anew."""
        held, self._held, self._kept = self._held, {}, 0
        function = self._function
        return self._node.run(lambda entries: [(key, function(items)) for key, items in entries], list(held.items()))
