"""``sum`` as Python 3.12 and later do it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any

from flowcc.runtime.node import Node
from flowcc.runtime.operators.fold import OfAll

PENDING = 1 << 20  # items that are kept before they are made fewer, where that can be done


class CompensatedSum(OfAll):
    """``sum`` as Python 3.12 and later do it: what it carries beside a float sum cannot be handed in as a start.

    So items are kept, but for integers at the beginning: these are added up when they have become many.
    """

    __slots__ = ("_pending", "_start")

    def __init__(self, node: Node, start: Any) -> None:
        super().__init__(node, self._sum)
        self._start = start
        self._pending = 0

    def add(self, items: Sequence[Any]) -> None:
        """Keep the items, or add them up."""
        super().add(items)
        self._pending += len(items)
        if self._pending > PENDING:
            self._pending = 0
            if all(map(self._adds_exactly, self._items)):
                self._start = self._sum(chain.from_iterable(self._items))
                self._items.clear()

    def _adds_exactly(self, items: Sequence[Any]) -> bool:
        """Whether these are integers, and no partial sum leaves 64 bits, past which Python sums floats otherwise."""
        if type(self._start) is not int or not {int, bool}.issuperset(map(type, items)):
            return False
        return abs(self._start) + PENDING * 2 * max(map(abs, items), default=0) < 2**63

    def _sum(self, items: Iterable[Any]) -> Any:
        return sum(items, self._start)
