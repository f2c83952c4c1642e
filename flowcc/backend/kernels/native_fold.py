"""A compiled kernel that folds what it makes: columns in, one value out, and Python for the items it hands back."""

from __future__ import annotations

import builtins
import ctypes
from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np

from flowcc.backend.kernels.folding import SUMMARIES
from flowcc.backend.kernels.native import FOR_PYTHON, PYTHON_AT_MOST, SCRATCH_AT_MOST, Native, address
from flowcc.runtime.batches import Folded
from flowcc.runtime.columns import Buffer, Columns, columns_of
from flowcc.runtime.sides import plain

STATE = ctypes.c_int64 * 4


class FoldingNative(Native):
    """A kernel whose result on a batch is a `Folded`, or what Python makes of the batch."""

    @cached_property
    def _held(self) -> type[ctypes.Array[Any]]:
        """The type of what is held while a batch is folded."""
        start = self.text.start
        return (ctypes.c_double if type(start[0]) is float else ctypes.c_int64) * len(start)

    def whole(self, columns: Columns, sides: list[Buffer], given: Sequence[Any]) -> Folded | None:
        """Return the fold of all results; None when Python gave items of another type than the kernel's."""
        values: list[Any] = []  # of one stretch after the other
        place, count, made = 0, 1, 0
        while True:
            stopped, rows, value = self._fold(columns, sides, place)
            made += rows
            values += [value] if rows else []
            if stopped == len(columns):
                break
            count = min(count * 2, PYTHON_AT_MOST) if stopped - place < 4 * count else 1
            place = min(stopped + count, len(columns))
            items = self.python(columns[stopped:place], given)
            if columns_of(items, self.text.result) is None:
                return None
            made += len(items)
            values += items if self.kind != "len" else []
            if place == len(columns):
                break
        value = getattr(builtins, self.kind)(values) if values else None  # of no results, there is none
        return Folded(value, made, lambda: self.function(columns.rows(), *plain(given)))

    def _fold(self, columns: Columns, sides: list[Buffer], place: int) -> tuple[int, int, Any]:
        """Run the kernel from an item on; return where it stopped, how many results it folded, and into what."""
        inputs = self.inputs(columns, sides)
        read = [self.constants_at, *map(address, inputs)]
        text, end = self.text, len(columns)
        held = self._held(*text.start)
        state, at = STATE(), ctypes.addressof(held)
        size = self.scratch_size if text.scratch else 0
        while True:
            scratch = np.empty(size, np.uint8) if size else None
            state[2], state[3] = 0, size
            place = self.run(place, end, ctypes.addressof(state), 0 if scratch is None else address(scratch), *read, at)
            if place == end or state[2] == FOR_PYTHON or size >= SCRATCH_AT_MOST:
                return place, state[0], SUMMARIES[self.kind](list(held), text.result)
            self.scratch_size = size = size * 4
