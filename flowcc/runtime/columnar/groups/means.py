"""`mean`, `fmean` and `fsum` of each group, as exact as Python's: sums that lose nothing, rounded once at the end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import fsum, inf, nan
from typing import Any

import numpy as np

from flowcc.runtime.columnar.groups.bests import BESTS, LeastTexts, MostTexts
from flowcc.runtime.columnar.groups.keys import Library, address, with_room
from flowcc.runtime.columnar.groups.sums import (
    Alls,
    Decisions,
    FloatProducts,
    FloatSums,
    IntSums,
    LeastFloats,
    LeastInts,
    MostFloats,
    MostInts,
    Sizes,
    Sums,
)
from flowcc.runtime.columnar.routines import numbering
from flowcc.runtime.columnar.routines.exact import STATE, add_exactly
from flowcc.runtime.columns import Buffer
from flowcc.runtime.operators.fold import COMPENSATED
from flowcc.runtime.schema import BOOL, FLOAT64, INT64, UTF8, Schema, Struct

HUGE = 2.0**970  # sums of fewer than 2 ** 53 values below this are finite
EXACT = 1 << 53  # whole numbers up to here are floats


class ExactSums(Sums):
    """The exact sum of each group's numbers as floats, with what is not finite apart as `math.fsum` has it."""

    needs = (add_exactly,)
    gives = FLOAT64
    keeps_items = True

    def __init__(self, library: Library) -> None:
        self._add = library[add_exactly]
        self._held: Buffer = np.zeros(0)
        self._left: dict[int, list[float]] = {}

    def takes(self, values: Buffer) -> bool:
        """Whether no sum on the way can become infinite."""
        if values.dtype != np.float64 or not len(values):
            return True
        sizes = np.abs(values)
        return bool(sizes.max() < HUGE) or not bool((np.isfinite(sizes) & (sizes >= HUGE)).any())

    def add(self, ids: Buffer, values: Buffer, known: int) -> None:
        """Add floats, integers or bools."""
        floats = values if values.dtype == np.float64 else values.astype(np.float64)
        self._held = with_room(self._held, known * STATE)
        left_of, left = np.empty(len(ids), np.int64), np.empty(len(ids))
        lost = self._add(len(ids), *map(address, (ids, floats, self._held, left_of, left)))
        for group, value in zip(left_of[:lost].tolist(), left[:lost].tolist(), strict=True):
            self._left.setdefault(group, []).append(value)

    def state(self, known: int) -> Buffer:
        """Return the state of each group, a row each."""
        held: Buffer = self._held[: known * STATE].reshape(known, STATE)
        return held

    def summands(self, group: int) -> list[float]:
        """Return few floats whose exact sum is that of the group's."""
        first, second, third, _, other, infinite = self._held[group * STATE : group * STATE + STATE].tolist()
        if infinite != infinite:
            return [inf, -inf]
        if other != 0.0:
            return [*([infinite] if infinite else []), *([nan] if other != other else [])]
        return [part for part in (first, second, third, *self._left.get(group, ())) if part]

    def rounded(self, known: int) -> tuple[Buffer, Buffer]:
        """Return each group's sum rounded once, and the groups for which that takes more than an addition."""
        state = self.state(known)
        hard = (state[:, 2] != 0.0) | (state[:, 4] != 0.0)
        hard[list(self._left)] = True
        return state[:, 0] + state[:, 1] + 0.0, np.flatnonzero(hard)  # no sum is -0.0

    def fails(self, known: int) -> Buffer:
        """Return which groups `fsum` raises for: those of both infinities."""
        return np.isnan(self.state(known)[:, 5])

    def items(self, group: int) -> list[Any]:
        """Return as many items as the group has, whose exact sum is the same."""
        summands = self.summands(group)
        return [*summands, *[0.0] * (int(self._held[group * STATE + 3]) - len(summands))]

    def parts(self, known: int) -> list[Sequence[Any]]:
        """Return for each group items that come to the same."""
        return [self.items(group) for group in range(known)]

    def buffer(self, known: int) -> Buffer | None:
        """Return the sums; anything for groups that it fails for."""
        sums, hard = self.rounded(known)
        failing = self.fails(known)
        for group in hard.tolist():
            sums[group] = 0.0 if failing[group] else fsum(self.summands(group))
        return sums


class FloatMeans(ExactSums):
    """`statistics.fmean` of each group."""

    def buffer(self, known: int) -> Buffer | None:
        """Return the means; anything for groups that it fails for."""
        sums = super().buffer(known)
        assert sums is not None
        with np.errstate(invalid="ignore"):  # a group may have no items at all
            means: Buffer = sums / self.state(known)[:, 3]
        return means


class Means(ExactSums):
    """`statistics.mean` of each group's floats: the exact sum divided exactly, and rounded then."""

    def fails(self, known: int) -> Buffer:
        """Return that it fails for no group."""
        return np.zeros(known, np.bool_)

    def buffer(self, known: int) -> Buffer | None:
        """Return the means."""
        state = self.state(known)
        with np.errstate(invalid="ignore"):  # a group may have no items at all
            means: Buffer = np.where(state[:, 0] == 0.0, 0.0, state[:, 0] / state[:, 3])
        hard = (state[:, 1] != 0.0) | (state[:, 2] != 0.0) | (state[:, 4] != 0.0)
        hard[list(self._left)] = True
        for group in np.flatnonzero(hard).tolist():
            other = state[group, 4]
            exact = sum(map(Fraction, self.summands(group))) / int(state[group, 3]) if other == 0.0 else other
            means[group] = float(exact)
        return means


class IntMeans(Sums):
    """`statistics.mean` of each group's integers: an integer where it is whole, else a float."""

    needs = (numbering.add_ints, numbering.count_items)
    gives = FLOAT64
    keeps_items = True

    def __init__(self, library: Library) -> None:
        self._sums, self._sizes = IntSums(library), Sizes(library)

    def add(self, ids: Buffer, values: Buffer, known: int) -> None:
        """Add integers or bools."""
        self._sums.add(ids, values, known)
        self._sizes.add(ids, values, known)

    def parts(self, known: int) -> list[Sequence[Any]]:
        """Return for each group as many integers as it has, of the same sum."""
        return [[total, *[0] * (size - 1)] if size else [] for total, size in self._totals(known)]

    def values(self, known: int) -> list[Any]:
        """Return the mean of each group; of none anything."""
        pairs = self._totals(known)
        return [0 if not size else total // size if total % size == 0 else total / size for total, size in pairs]

    def _totals(self, known: int) -> list[tuple[int, int]]:
        return list(zip(self._sums.values(known), self._sizes.values(known), strict=True))

    def buffer(self, known: int) -> Buffer | None:
        """Return the means where none is whole, and no sum too large for a float."""
        sums, sizes = self._sums.buffer(known), self._sizes.buffer(known)
        if sums is None or sizes is None or not sizes.all():
            return None
        if bool((sums % sizes == 0).any() | (sums > EXACT).any() | (sums < -EXACT).any()):
            return None
        means: Buffer = sums / sizes
        return means


_NUMBERS = (INT64, FLOAT64, BOOL)
SUMS: Mapping[tuple[str, Schema], type[Any]] = {
    ("sum", INT64): IntSums,
    ("sum", BOOL): IntSums,
    ("min", INT64): LeastInts,
    ("max", INT64): MostInts,
    ("min", FLOAT64): LeastFloats,
    ("max", FLOAT64): MostFloats,
    ("min", UTF8): LeastTexts,
    ("max", UTF8): MostTexts,
    ("prod", FLOAT64): FloatProducts,
    ("mean", INT64): IntMeans,
    ("mean", BOOL): IntMeans,
    ("mean", FLOAT64): Means,
    **{("fsum", kind): ExactSums for kind in _NUMBERS},
    **{("fmean", kind): FloatMeans for kind in _NUMBERS},
    **{("any", kind): Decisions for kind in _NUMBERS},
    **{("all", kind): Alls for kind in _NUMBERS},
    **({} if COMPENSATED else {("sum", FLOAT64): FloatSums}),
}


def sums_of(function: str, schema: Schema, by_key: bool = False) -> type[Any] | None:
    """Return what folds items of a schema as Python's ``function`` does, or None; ``by_key`` pairs (key, item)."""
    if by_key:
        return BESTS.get((function, schema.items[0])) if isinstance(schema, Struct) else None
    return Sizes if function == "len" else SUMS.get((function, schema))
