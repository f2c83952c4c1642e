"""Comprehensions over two collections: what equals by key is looked up instead of gone through."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from flowcc.runtime.batches import Batch, rows
from flowcc.runtime.node import Node, Step

Kernel = Callable[..., Batch]


class Join(Step):
    """A kernel over batches of the left, which looks items of the right up by their key."""

    __slots__ = ("_lookup", "_node", "kernel", "left_key", "right", "right_key", "sides")
    has_columns = True

    def __init__(
        self,
        node: Node,
        kernel: Kernel,
        keys: tuple[Callable[[Any], Any], Callable[[Any], Any]],
        right: list[Batch],
        sides: tuple[Any, ...],
    ) -> None:
        self._node = node
        self.kernel = kernel
        self.left_key, self.right_key = keys
        self.right = right
        self.sides = sides
        self._lookup: Callable[[Any], Iterable[Any]] | None = None

    def take(self, batch: Batch) -> Batch:
        """Return what the kernel makes of the batch; keys that cannot be hashed are compared one by one."""
        if self._lookup is None:
            self._lookup = self._table()
        items = rows(batch)
        if self._lookup != self._scan:
            try:
                return self.kernel(items, self._lookup, *self.sides)
            except Exception:  # element code may raise anything, and so does a key that cannot be hashed
                pass
        return self._node.run(self.kernel, items, (self._scan, *self.sides))

    def _table(self) -> Callable[[Any], Iterable[Any]]:
        """Hash the right side by key, or fall back to `_scan`, which raises what plain Python would, when it would."""
        key, table = self.right_key, _Table()
        try:
            for batch in self.right:
                for item in rows(batch):
                    held = key(item)
                    if held == held:  # nan is found by identity, but equals nothing
                        table.setdefault(held, []).append(item)
        except Exception:  # element code may raise anything, and so does a key that cannot be hashed
            return self._scan
        return table.__getitem__

    def _scan(self, wanted: Any) -> list[Any]:
        key = self.right_key
        return [item for batch in self.right for item in rows(batch) if wanted == key(item)]


class _Table(dict[Any, list[Any]]):
    """Key → items; what is not there has none."""

    def __missing__(self, key: Any) -> list[Any]:
        return []
