"""One value a group, as arrays: sums of integers that never wrap, sums of floats in order, the least, the greatest."""

from __future__ import annotations

from typing import Any

import numpy as np

from flowcc.runtime.columnar import routines
from flowcc.runtime.columnar.keys import Library, address, with_room
from flowcc.runtime.columns import Buffer

NUMBERS = {np.dtype(np.int64): "ints", np.dtype(np.float64): "floats"}


class IntSums:
    """The sum of each group's integers, of any size."""

    needs = (routines.add_ints,)

    def __init__(self, library: Library) -> None:
        self._add = library[routines.add_ints]
        self._sums: Buffer = np.zeros(0, np.int64)
        self._carries: Buffer = np.zeros(0, np.int64)

    def add(self, ids: Buffer, values: Buffer, known: int) -> None:
        """Add the values of items of groups, of which there are ``known``."""
        self._sums, self._carries = with_room(self._sums, known), with_room(self._carries, known)
        self._add(len(ids), *map(address, (ids, values, self._sums, self._carries)))

    def values(self, known: int) -> list[Any]:
        """Return the sum of each group."""
        sums, carries = self._sums[:known], self._carries[:known]
        given: list[Any] = sums.tolist()
        for group in np.flatnonzero(carries).tolist():
            given[group] += int(carries[group]) << 64
        return given

    def buffer(self, known: int) -> Buffer | None:
        """Return the sums as an array, where all fit."""
        return None if self._carries[:known].any() else self._sums[:known]
