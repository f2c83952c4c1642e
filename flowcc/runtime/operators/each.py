"""Comprehensions over batches."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flowcc.runtime.batches import Batch
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


def keys_of(pairs: list[tuple[Any, Any]]) -> list[Any]:
    """Return the keys of entries."""
    return [key for key, _ in pairs]


def values_of(pairs: list[tuple[Any, Any]]) -> list[Any]:
    """Return the values of entries."""
    return [value for _, value in pairs]
