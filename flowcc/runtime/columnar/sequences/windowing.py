"""Windows and sessions of columns, where NumPy tells their times apart as Python does.

The items of a batch are put into their windows all at once. What is open stays with Python's step, so that columns and
lists may take turns. Whether an item is late depends on the largest time up to it; a window that closes within a batch
stays closed, so it may be given when the batch has been gone through: entries are in order of their ends all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from flowcc.event_time import Entry, OpenSessions, OpenWindows, Session, window_of
from flowcc.runtime.batches import Batch
from flowcc.runtime.columnar.fields import column_of
from flowcc.runtime.columnar.groups.keys import Library
from flowcc.runtime.columnar.order.ordering import Codes, codes_if_ordered, routines_for
from flowcc.runtime.columnar.sequences.placing import Groups, are_exact, places_of
from flowcc.runtime.columnar.step import OverColumns
from flowcc.runtime.columns import Buffer, Columns
from flowcc.runtime.garbage import no_search
from flowcc.runtime.operators.window import Windows
from flowcc.runtime.schema import Schema


class WindowsOverColumns(OverColumns[Windows]):
    """Puts whole batches into windows or sessions."""

    library: Library

    def needed(self, schema: Schema) -> Sequence[Callable[..., int]] | None:
        """Return the routines for keys that are texts."""
        return () if self.plain.by is None else routines_for(schema, self.plain.by)

    def begin(self, columns: Columns, library: Library) -> bool:
        """All that is open stays where it is."""
        self.library = library
        return True

    def add(self, columns: Columns) -> Batch | None:
        """Return what closes with these items, or which of them are late; by Python where times or keys ask for it."""
        with no_search():
            given = self._given(columns) if len(columns) else []
        if given is None:
            self.leave("times or keys that only Python compares")
            return self.plain.take(columns)
        return given

    def _given(self, columns: Columns) -> Batch | None:
        plain = self.plain
        times = column_of(self.node, plain.time, columns)
        if times is None or not are_exact(times, plain.open):
            return None
        keys = None if plain.by is None else column_of(self.node, plain.by, columns)
        codes = [] if plain.by is None else codes_if_ordered(keys, self.library)
        if codes is None:
            return None
        if isinstance(plain.open, OpenWindows):
            return self._in_windows(columns, times.buffers[0], keys, codes, plain.open)
        return self._in_sessions(columns, times.buffers[0], keys, codes, plain.open)

    def _in_windows(
        self, columns: Columns, times: Buffer, keys: Columns | None, codes: list[Codes], opened: OpenWindows
    ) -> Batch | None:
        placed = places_of(times, opened)
        if placed is None:
            return None
        at, numbers, late = placed
        watermark = _later(times.max().item() - opened.late, opened.watermark)
        if self.plain.late:
            opened.watermark = watermark
            return columns.keep(late)
        if not len(at):
            return opened.add_all([], watermark)
        groups = Groups([numbers, *(code[at] for code in codes)])
        names = groups.firsts(at, keys)
        items = columns.take(at[groups.order]).rows()
        windows = [window_of(number, opened.length, opened.every) for number in groups.first_of(numbers)]
        entries = zip(windows, names, groups.slices(), strict=True)
        return opened.add_all([((window, name), items[cut]) for window, name, cut in entries], watermark)

    def _in_sessions(
        self, columns: Columns, times: Buffer, keys: Columns | None, codes: list[Codes], opened: OpenSessions
    ) -> Batch | None:
        ends = times + opened.gap
        latest = None if opened.watermark is None else opened.watermark + opened.late
        if (times[1:] < times[:-1]).any() or (ends <= times).any() or (latest is not None and times[0] < latest):
            return None
        watermark = _later(times[-1].item() - opened.late, opened.watermark)
        if self.plain.late:
            opened.watermark = watermark
            return []
        groups = Groups(codes or [np.zeros(len(times), np.int64)], lambda order: times[order][1:] >= ends[order][:-1])
        items = columns.take(groups.order).rows()
        numbered = list(zip(groups.order.tolist(), items, strict=True))
        stretches = zip(groups.first_of(times), groups.last_of(ends), strict=True)
        names = groups.firsts(np.arange(len(times)), keys)
        entries: list[Entry] = [
            ((Session(*stretch), name), numbered[cut])
            for stretch, name, cut in zip(stretches, names, groups.slices(), strict=True)
        ]
        return opened.add_all(entries, len(times), watermark)

    def hand_over(self) -> None:
        """Python has it all."""


def _later(reached: Any, watermark: Any) -> Any:
    return reached if watermark is None or reached > watermark else watermark
