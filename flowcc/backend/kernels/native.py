"""A compiled kernel at work: columns in, columns out, and Python for the items it hands back.

The kernel stops at an item that is not its own (an overflow, an error, text past ASCII). Python does that item and,
while it keeps stopping, ever more at a time; then the kernel goes on. Element code is pure, so the values and the
first exception are those of Python alone.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from flowcc.backend.kernels.kernel_text import KernelText, SideKind
from flowcc.backend.kernels.values import Nothing
from flowcc.runtime.batches import Folded
from flowcc.runtime.columns import DTYPES, Buffer, Columns, columns_of, concat
from flowcc.runtime.schema import Schema, Table, leaves
from flowcc.runtime.sides import Constant, Side, plain

FOR_ROOM, FOR_PYTHON = 1, 2
PYTHON_AT_MOST = 4096
SCRATCH = 1 << 12
SCRATCH_AT_MOST = 1 << 26
STALLS_AT_MOST = 16
ROWS_AT_MOST = 32.0  # an item, for which room is made before they come


class Raised(Exception):
    """Element code raised; an exception of any other class is a mistake of the kernels and not the user's."""


class Native:
    """A kernel for items (and sides) of one schema; called with a batch and sides it gives what Python would.

    ``seen`` and ``redone`` count items in all and items that Python did. Safe to call from several threads.
    """

    def __init__(
        self, function: Callable[..., Any], kind: str, text: KernelText, run: Callable[..., int],
        schema: Schema, sides: Sequence[SideKind], constants: Sequence[Constant] = (),
    ) -> None:  # fmt: skip
        self.function, self.kind, self.text, self.schema, self.sides = function, kind, text, schema, tuple(sides)
        self.seen = self.redone = 0
        self.run = run
        self._outside = tuple(zip(constants, (table for _, table in text.tables), strict=True))
        self._reads = bool(self.sides or self._outside or text.captured)
        self._constants = np.frombuffer(text.pool or b"\0", np.uint8)
        self.constants_at = address(self._constants)
        self.scratch_size = SCRATCH
        self._rows_per_item = 1.0  # as many as a batch had at most; the next has room from the start

    def fits(self, batch: Columns | list[Any], sides: Sequence[Any]) -> bool:
        """Tell whether a batch may be of this kernel's schema, as far as a glance shows."""
        if not isinstance(batch, list) and batch.schema is not self.schema and batch.schema != self.schema:
            return False
        return all(_table_of(side) == kind for side, kind in zip(sides, self.sides, strict=True) if type(kind) is Table)

    def __call__(self, batch: Columns | list[Any], *sides: Any) -> Columns | Folded | list[Any] | None:
        """Return the results in order, as columns where that is possible; None where Python raises."""
        self.seen += len(batch)
        try:
            columns = columns_of(batch, self.schema) if isinstance(batch, list) else batch
            buffers = self._beside(sides, len(batch)) if self._reads else []
            result = None if columns is None or buffers is None else self.whole(columns, buffers, sides)
            return result if result is not None else self.python(batch, sides)
        except Raised:  # the stage runs the batch again to tell of the item
            return None

    def _beside(self, sides: Sequence[Any], items: int) -> list[Buffer] | None:
        """Return the buffers of all that is read beside the items; None when it is not what the kernel was made for."""
        given = [self._side(side, kind) for side, kind in zip(sides, self.sides, strict=True)]
        given += [self._constant(constant, table, items) for constant, table in self._outside]
        if None in given or not all(captured.holds() for captured in self.text.captured):
            return None
        return [buffer for side in given if side is not None for buffer in side]

    def _side(self, side: Any, kind: SideKind) -> tuple[Buffer, ...] | None:
        if isinstance(kind, Table):
            return side.index.buffers if _table_of(side) == kind else None
        if isinstance(kind, Nothing):
            return () if side is None else None
        columns = columns_of([side], kind)
        return None if columns is None else columns.buffers

    def _constant(self, constant: Constant, table: Table, items: int) -> tuple[Buffer, ...] | None:
        index = constant.look_into(items, 0.0)
        return index.buffers if index is not None and index.table == table else None

    def python(self, batch: Columns | list[Any], sides: Sequence[Any]) -> list[Any]:
        """Return what Python makes of items."""
        items, sides = batch if isinstance(batch, list) else batch.rows(), plain(sides)
        self.redone += len(items)
        try:
            if self.kind == "item":
                return [self.function(item, *sides) for item in items]
            result: list[Any] = self.function(items, *sides)
            return result
        except Exception as error:  # element code may raise anything
            raise Raised from error

    def whole(self, columns: Columns, sides: list[Buffer], given: Sequence[Any]) -> Columns | Folded | None:
        """Return all results; None when Python gave items of another type than the kernel's."""
        parts = self._parts(columns, sides, given)
        return None if parts is None else concat(parts)

    def _parts(self, columns: Columns, sides: list[Buffer], given: Sequence[Any]) -> list[Columns] | None:
        parts: list[Columns] = []
        place, count = 0, 1
        while True:
            stopped, part = self._stretch(columns, sides, place)
            parts.append(part)
            if stopped == len(columns):
                return parts
            count = min(count * 2, PYTHON_AT_MOST) if stopped - place < 4 * count else 1
            end = min(stopped + count, len(columns))
            redone = columns_of(self.python(columns[stopped:end], given), self.text.result)
            if redone is None:
                return None
            parts.append(redone)
            if end == len(columns):
                return parts
            place = end

    def _stretch(self, columns: Columns, sides: list[Buffer], place: int) -> tuple[int, Columns]:
        """Run the kernel from an item on, with more room as it asks, until the end or an item that is Python's."""
        room, end = self._room(len(columns) - place, columns), len(columns)
        inputs = self.inputs(columns, sides)
        read = [self.constants_at, *map(address, inputs)]
        scratch = np.empty(self.scratch_size if self.text.scratch else 1, np.uint8)
        stalls = 0
        while True:
            state = self._state(room, len(scratch))
            written = map(address, room.buffers)
            place = self.run(place, end, ctypes.addressof(state), address(scratch), *read, *written)
            before, room.rows, room.used = room.rows, state[0], list(state[4::2])
            self._rows_per_item = min(max(self._rows_per_item, room.rows / max(end, 1)), ROWS_AT_MOST)
            if place == end or state[2] == FOR_PYTHON:
                return place, room.columns(self.text.result)
            stalls = stalls + 1 if room.rows == before else 0
            if stalls > STALLS_AT_MOST:  # one item asks for more than is sensible
                return place, room.columns(self.text.result)
            if stalls and self.text.scratch and len(scratch) < SCRATCH_AT_MOST:
                scratch = np.empty(len(scratch) * 4, np.uint8)
                self.scratch_size = len(scratch)
            room.grow()

    @staticmethod
    def inputs(columns: Columns, sides: list[Buffer]) -> list[Buffer]:
        """Return the arrays that the kernel reads, each in one piece."""
        return [b if b.flags.c_contiguous else np.ascontiguousarray(b) for b in (*columns.buffers, *sides)]

    def _room(self, items: int, columns: Columns) -> Room:
        return Room(self.text.result, int(items * self._rows_per_item) + 16, columns.nbytes + 64)

    def _state(self, room: Room, scratch: int) -> ctypes.Array[ctypes.c_int64]:
        state = (ctypes.c_int64 * (4 + 2 * len(room.used)))(room.rows, room.capacity, 0, scratch)
        for number, used in enumerate(room.used):
            state[4 + 2 * number], state[5 + 2 * number] = used, len(room.bytes_of(number))
        return state


def address(buffer: Buffer) -> int:
    """Return where a contiguous array begins; what is shared with others may be read-only."""
    exported: Any = buffer
    try:
        return ctypes.addressof(ctypes.c_char.from_buffer(exported))
    except (TypeError, ValueError):  # read-only, or empty
        return int(buffer.ctypes.data)


def _table_of(side: Any) -> Table | None:
    """Return what an index of a side is, if there is one."""
    return side.index.table if isinstance(side, Side) and side.index is not None else None


class Room:
    """Buffers for results that grow while a kernel runs."""

    def __init__(self, schema: Schema, rows: int, size: int) -> None:
        self.capacity, self.rows = rows, 0
        self.used: list[int] = []
        self.buffers: list[Buffer] = []
        self._text_at: list[int] = []
        for leaf in leaves(schema):
            if leaf.kind == "utf8":
                self._text_at.append(len(self.buffers) + 1)
                self.used.append(0)
                self.buffers += [np.zeros(rows + 1, np.int64), np.empty(size, np.uint8)]
            else:
                self.buffers.append(np.empty(rows, DTYPES[leaf.kind]))
            if leaf.nullable:
                self.buffers.append(np.empty(rows, np.bool_))

    def bytes_of(self, number: int) -> Buffer:
        """Return the bytes of one string leaf."""
        return self.buffers[self._text_at[number]]

    def grow(self) -> None:
        """Double all room, keeping what is written."""
        rows = self.capacity * 2 + 16
        for at, buffer in enumerate(self.buffers):
            text = at in self._text_at
            size = len(buffer) * 2 if text else rows + (at + 1 in self._text_at)
            grown = np.empty(size, buffer.dtype)
            grown[: len(buffer)] = buffer
            self.buffers[at] = grown
        self.capacity = rows

    def columns(self, schema: Schema) -> Columns:
        """Return what is written."""
        trimmed = []
        for at, buffer in enumerate(self.buffers):
            if at in self._text_at:
                kept = buffer[: self.used[self._text_at.index(at)]]
            else:
                kept = buffer[: self.rows + (at + 1 in self._text_at)]
            trimmed.append(kept.copy() if 2 * len(kept) < len(buffer) and len(buffer) > 4096 else kept)
        return Columns(schema, tuple(trimmed), self.rows)
