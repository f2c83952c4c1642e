"""Comprehensions over batches, alone and with a look-up by equality."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from flowcc.runtime.batches import Batch, rows
from flowcc.runtime.node import Node, Step, Transform

Kernel = Callable[..., Batch]


class Each(Step):
    """A kernel over every batch: compiled where the stage's ``jit`` offers that, else its Python."""

    __slots__ = ("_kernel", "_kind", "_node", "_sides")

    def __init__(self, node: Node, kernel: Kernel, sides: tuple[Any, ...]) -> None:
        self._node = node
        self._kernel = kernel
        self._kind = ""
        self._sides = sides

    def take(self, batch: Batch) -> Batch:
        """Return what the kernel makes of the batch."""
        jit = self._node.stage.jit
        if jit is not None:
            self._kind = self._kind or _kind(self._node)
            native = jit.offer(self._kernel, self._kind, batch)
            if native is not None:
                given = native(batch, *self._sides)
                if given is not None:
                    return given
        return self._node.run(self._kernel, batch, self._sides)


def _kind(node: Node) -> str:
    """Return what `Jit.offer` is asked for: results are worth having as columns where all readers can take them so."""
    steps = [reader._step for reader, port in node.readers if isinstance(reader, Transform) and port == 0]
    takers = [step for step in steps if step is not None and (step.has_columns or isinstance(step, Each))]
    return "columns" if takers and len(takers) == len(node.readers) else "each"


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


def keys_of(pairs: list[tuple[Any, Any]]) -> list[Any]:
    """Return the keys of entries."""
    return [key for key, _ in pairs]


def values_of(pairs: list[tuple[Any, Any]]) -> list[Any]:
    """Return the values of entries."""
    return [value for _, value in pairs]


class _Table(dict[Any, list[Any]]):
    """Key → items; what is not there has none."""

    def __missing__(self, key: Any) -> list[Any]:
        return []
