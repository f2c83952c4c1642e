"""Loops with a state at work: found or compiled in the background for a step and the schema of its items."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from typing import Any

import numpy as np

from flowcc.backend.kernels.background import BACKGROUND, Task
from flowcc.backend.kernels.cache import Cache
from flowcc.backend.kernels.making import Loaded, run_of
from flowcc.backend.kernels.native import Room, address
from flowcc.backend.kernels.running_text import Loop, RunningText, translate_running
from flowcc.backend.kernels.values import Refusal
from flowcc.runtime.columns import DTYPES, Buffer, Columns, columns_of
from flowcc.runtime.schema import Schema, leaves

KEPT_AT_MOST = 64  # loops; steps that are made anew for every call do not stay


class Running:
    """A compiled loop; called with columns and the states of their groups it goes on as far as it can."""

    def __init__(self, text: RunningText, loaded: Loaded) -> None:
        self.held, self.result, self.marks = text.held, text.kernel.result, text.marks
        self.captured = text.kernel.captured
        self.describe = {"cache": loaded.cache, "compile_seconds": round(loaded.seconds, 3)}
        self._run = loaded.run
        self._constants = np.frombuffer(text.kernel.pool or b"\0", np.uint8)

    def states(self, size: int, first: object) -> list[Buffer]:
        """Return the marks of new groups, where they are told apart, and buffers for states that begin as ``first``."""
        dtypes = [d for leaf in leaves(self.held) for d in (DTYPES[leaf.kind], np.dtype(np.bool_))[: 1 + leaf.nullable]]
        if self.marks:
            return [np.ones(size, np.bool_), *(np.zeros(size, dtype) for dtype in dtypes)]
        values = list(_scalars(first, self.held))
        return [np.full(size, value, dtype) for value, dtype in zip(values, dtypes, strict=True)]

    def holds(self) -> bool:
        """Tell whether all that the step reads from outside is what it was."""
        return all(captured.holds() for captured in self.captured)

    def __call__(self, columns: Columns, groups: Sequence[Buffer], states: Sequence[Buffer]) -> tuple[int, Columns]:
        """Return how many items were done and their results; ``groups`` is empty where all are of one."""
        room = Room(self.result, len(columns), 0)
        state = (ctypes.c_int64 * 4)(0, room.capacity, 0, 0)
        inputs = [b if b.flags.c_contiguous else np.ascontiguousarray(b) for b in columns.buffers]
        buffers = (self._constants, *inputs, *groups, *states, *room.buffers)
        place = self._run(0, len(columns), ctypes.addressof(state), None, *map(address, buffers))
        room.rows = state[0]
        return place, room.columns(self.result)


class Runnings:
    """The loops of one flow by what they are made from."""

    def __init__(self) -> None:
        self._found: dict[Any, Running | Refusal | None] = {}
        self._task: Task | None = None

    def get(self, loop: Loop, look: bool, compiles: bool, at_once: bool) -> Running | str | None:
        """Return a loop, why there is none, or None as long as that is not known."""
        key = (loop.step, loop.schema, type(loop.first), repr(loop.first), loop.keyed, loop.pairs)
        if self._found.get(key) is None and self._task is not None and self._task.pending:
            return None
        found = self._found.get(key)
        if found is None and look and key not in self._found:
            if len(self._found) >= KEPT_AT_MOST:
                self._found.clear()
            found = self._found[key] = made(loop, may_compile=at_once)
        if found is None and compiles:
            self._task = BACKGROUND.put(lambda: self._compile(key, loop))
        return str(found) if isinstance(found, Refusal) else found

    def _compile(self, key: object, loop: Loop) -> None:
        self._found[key] = made(loop, may_compile=True)

    @property
    def busy(self) -> bool:
        """Whether something is being compiled."""
        return self._task is not None and self._task.busy

    def wait(self) -> None:
        """Return when nothing is being compiled."""
        if self._task is not None:
            self._task.wait()


def made(loop: Loop, may_compile: bool) -> Running | Refusal | None:
    """Return a loop, or its refusal; None when it is not in the cache and may not be compiled."""
    first = columns_of([loop.first])
    if first is None and loop.first is not None:
        return Refusal(f"the state `{loop.first!r:.60}` has no columns")
    text = translate_running(loop, None if loop.first is None or first is None else first.schema)
    if isinstance(text, Refusal):
        return text
    loaded = run_of(text.kernel, may_compile, Cache())
    return Running(text, loaded) if isinstance(loaded, Loaded) else loaded


def _scalars(value: Any, kind: Schema) -> Any:
    """Yield the scalars of a state that is of a schema."""
    columns = columns_of([value], kind)
    assert columns is not None
    for buffer in columns.buffers:
        yield buffer[0]
