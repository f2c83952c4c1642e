"""Comprehensions over batches."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from flowcc.runtime.batches import Batch, rows
from flowcc.runtime.exactly import exactly
from flowcc.runtime.jit import Native
from flowcc.runtime.node import Node, Step, Transform
from flowcc.runtime.operators.build_side import asked_for
from flowcc.runtime.parallel import InOrder, is_long
from flowcc.runtime.sides import Side, plain, read_side

Kernel = Callable[..., Batch]
Lazily = Callable[..., Iterator[Any]]
SHARED, MANY = 3, 256  # readers of a list, and items in it, that are worth making columns once and for all of them
HELD = 1 << 13  # lists that are held as columns until all have read them


class Each(Step):
    """A kernel over every batch: compiled where the stage's ``jit`` offers that, else its Python.

    Compiled ones that are long at work run over several batches at once.
    """

    __slots__ = ("_ahead", "_begun", "_kernel", "_kind", "_lazily", "_node", "_seconds", "_sides")

    def __init__(self, node: Node, kernel: Kernel, sides: tuple[Any, ...], lazily: Lazily | None = None) -> None:
        self._node = node
        self._kernel = kernel
        self._lazily = lazily
        self._kind = ""
        self._sides = sides
        self._seconds = 0.0  # that the last batch took
        self._ahead = sum([side.seconds for side in sides if isinstance(side, Side)])  # that Python takes for sides
        self._begun: InOrder | None = None

    def take(self, batch: Batch) -> Batch | None:
        """Return what the kernel makes of the batch, or of an earlier one."""
        jit = self._node.stage.jit
        if jit is None:
            return self._in_python(batch)
        self._kind = self._kind or _kind(self._node)
        native = jit.offer(self._kernel, self._kind, batch)
        if native is None:
            return self._in_python(batch)
        batch = self._in_columns(batch, native)
        if self._ahead:
            native.expect(self._ahead)
            self._ahead = 0.0
        parallel = self._node.stage.parallel
        if parallel.width and self._lazily is None and is_long(batch, self._seconds):
            work = native.work(batch, *self._sides)
            if work is not None:
                self._begun = self._begun or InOrder(self._node.emit, parallel)
                return self._begun.put(work, partial(self._in_python, batch))
        self._settle()
        start = time.perf_counter()
        given = native(batch, *self._sides)
        self._seconds = time.perf_counter() - start
        return given if given is not None else self._in_python(batch)

    def _in_columns(self, batch: Batch, native: Native) -> Batch:
        """Return a list that several comprehensions go through as columns, once one of them is compiled."""
        stage, source = self._node.stage, self._node.inputs[0]
        if not isinstance(batch, list) or len(batch) < MANY or len(source.readers) < SHARED:
            return batch
        held = stage.columns.pop(id(batch), None)
        if held is None:
            columns = native.columns_of(batch)
            if columns is None:
                return batch
            held = batch, columns, sum(reader.operator == "each" for reader, _ in source.readers)
        if held[2] > 1 and len(stage.columns) < HELD:
            stage.columns[id(batch)] = held[0], held[1], held[2] - 1
        return held[1]

    def before_failure(self, batch: Batch) -> list[Any]:
        """Return what the kernel makes before the item that fails, and of that item before it fails."""
        assert self._lazily is not None, "only a generator says what came first"
        made: list[Any] = []
        try:
            for result in self._lazily(rows(batch), *plain(self._sides)):
                made.append(result)
        except Exception:  # element code may raise anything
            return made
        return made

    def close(self) -> None:
        """Give what is still being worked on."""
        self._settle()

    def _settle(self) -> None:
        if self._begun:
            self._begun.settle()

    def _in_python(self, batch: Batch) -> Batch:
        return self._node.run(exactly(self._kernel, self._sides), batch, plain(self._sides))


def each_of(kernel: Kernel, wires: Sequence[Node], lazily: Lazily | None = None) -> Callable[..., Each]:
    """Return what makes the step of a node, from what the wires beside its stream gave."""

    def make(node: Node, *held: list[Batch]) -> Each:
        jit = node.stage.jit
        sides = [read_side(wire.shape, batches, jit) for wire, batches in zip(wires, held, strict=True)]
        left = node.arrived if isinstance(node, Transform) else None
        return Each(node, kernel, tuple(sides if left is None else asked_for(kernel, sides, left)), lazily)

    return make


def _kind(node: Node) -> str:
    """Return what `Jit.offer` is asked for: the fold that the only reader makes of the results, or just the results.

    These are worth having as columns where all readers can take them so.
    """
    match node.readers:
        case [(Transform(_step=Step(takes_folded=fold)), 0)] if fold:
            return fold
    steps = [reader._step for reader, port in node.readers if isinstance(reader, Transform) and port == 0]
    takers = [step for step in steps if step is not None and (step.has_columns or isinstance(step, Each))]
    return "columns" if takers and len(takers) == len(node.readers) else "each"


def keys_of(pairs: list[tuple[Any, Any]]) -> list[Any]:
    """Return the keys of entries."""
    return [key for key, _ in pairs]


def values_of(pairs: list[tuple[Any, Any]]) -> list[Any]:
    """Return the values of entries."""
    return [value for _, value in pairs]
