"""Random items of one kind, with or without None, and the same items as a sequence over columns."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any, NamedTuple

from hypothesis import strategies as st

from flowcc.runtime.columns import columns_of
from flowcc.runtime.sequence import ColumnSequence


class Sale(NamedTuple):
    name: str
    amount: float | None


@dataclass(frozen=True)
class Point:
    x: int
    y: float


WHOLE = st.integers(-(2**63), 2**63 - 1) | st.integers(-3, 3)
FLOATS = st.floats() | st.sampled_from([0.0, -0.0, float("nan"), float("inf"), 1.5])
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=5)
SCALARS = (WHOLE, FLOATS, st.booleans(), TEXTS)
ITEMS = st.one_of(
    *map(st.lists, SCALARS),
    *(st.lists(scalar | st.none()) for scalar in SCALARS),
    st.lists(st.tuples(WHOLE, TEXTS)),
    st.lists(st.tuples(WHOLE, WHOLE)),
    st.lists(st.tuples(st.tuples(FLOATS, st.booleans()), WHOLE)),
    st.lists(st.builds(Sale, TEXTS, st.none() | FLOATS)),
    st.lists(st.builds(Point, WHOLE, FLOATS)),
    st.lists(WHOLE | TEXTS | FLOATS),  # these have no columns
    st.lists(st.lists(WHOLE, max_size=3)),
    st.lists(st.integers()),
)
BOUNDS = st.none() | st.integers(-12, 12)
SLICES = st.builds(slice, BOUNDS, BOUNDS, st.none() | st.integers(-3, 3).filter(bool))


def sequence_of(items: list[Any], copies: int = 1) -> ColumnSequence:
    """Return a sequence of items, each ``copies`` times in a row after the others, as a call would give it."""
    columns = columns_of(items * copies, any_nan=True)
    return ColumnSequence(items * copies if columns is None else columns)


def form(value: Any) -> Any:
    """Return a value so that its types, its bits and which items are None can be compared."""
    if isinstance(value, list | tuple):
        return (type(value), [form(item) for item in value])
    if isinstance(value, Point):
        return (Point, form([value.x, value.y]))
    return (type(value), struct.pack("<d", value) if type(value) is float and value == value else repr(value))
