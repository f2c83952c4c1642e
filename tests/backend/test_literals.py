"""Values as expressions that make them again."""

from __future__ import annotations

import dataclasses
import datetime
import decimal
import enum
import fractions
import math
import pathlib
import uuid
from collections import Counter, OrderedDict, defaultdict, deque
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowcc.backend.literals import NotPlain, literal_of

scalars = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary() | st.just(...)
    | st.complex_numbers() | st.decimals() | st.fractions() | st.dates() | st.times() | st.datetimes()
    | st.timedeltas() | st.uuids()
)  # fmt: skip
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(st.integers() | st.text(), inner, max_size=4)
        | st.sets(st.integers() | st.text(), max_size=4)
        | st.frozensets(st.integers(), max_size=4)
    ),
    max_leaves=12,
)


class Colour(enum.Enum):
    RED = 1


class Point(NamedTuple):
    x: int
    y: object = 0


@dataclasses.dataclass(frozen=True)
class Line:
    start: Point
    end: Point


def named(thing: Any) -> str:
    return str(thing.__name__)


def again(value: object) -> Any:
    """Make a value again, with references by name."""
    known: dict[str, object] = {}

    def reference(thing: Any) -> str:
        if not callable(thing) and not hasattr(thing, "__spec__"):
            raise NotPlain(thing)
        known[thing.__name__] = thing
        return str(thing.__name__)

    text = literal_of(value, reference)
    return eval(text, known)


@given(values)
def test_a_value_is_made_again_with_all_its_types(value: object) -> None:
    made = again(value)
    assert type(made) is type(value)
    assert literal_of(made, named) == literal_of(value, named)  # sets in a settled order, nan by its text


@pytest.mark.parametrize(
    "value",
    [
        Colour.RED, Point(1, [Colour.RED]), Line(Point(0, 0), Point(1, 2)), Counter("abca"), OrderedDict(b=1, a=2),
        defaultdict(list, {1: [2]}), deque([1, 2], 5), range(3), range(1, 9, 2), slice(1, None, -1),
        decimal.Decimal("1.50"), fractions.Fraction(1, 3), pathlib.PurePosixPath("a/b"),
        uuid.UUID(int=5), datetime.datetime(2024, 1, 2, 3, 4, tzinfo=datetime.UTC), -0.0, 1e308, 2**70,
        datetime.timezone(datetime.timedelta(hours=2)), np.int32(4), np.float64(0.1), len, int,
    ],
    ids=repr,
)  # fmt: skip
def test_values_of_the_standard_library_and_of_numpy(value: object) -> None:
    made = again(value)
    assert type(made) is type(value)
    assert made == value
    assert math.copysign(1, made) == math.copysign(1, value) if isinstance(value, float) else True


def test_arrays_keep_type_and_shape() -> None:
    for array in (np.arange(6, dtype=np.int16).reshape(2, 3), np.array([1.5, np.nan, -np.inf]), np.array(["a", "bc"])):
        made = again(array)
        assert made.dtype == array.dtype
        np.testing.assert_array_equal(made, array)


def test_equal_sets_give_equal_text() -> None:
    texts = {literal_of(set(order), repr) for order in (["b", "a", "c"], ["c", "b", "a"], ["a", "c", "b"])}
    assert len(texts) == 1


class Text(str):
    __slots__ = ()


@dataclasses.dataclass
class Checked:
    x: int

    def __post_init__(self) -> None:
        self.x += 1


def test_what_has_no_expression_is_refused_with_the_part_that_has_none() -> None:
    inner = object()
    with pytest.raises(NotPlain) as raised:
        again([1, {"k": (inner,)}])
    assert raised.value.value is inner
    endless: list[object] = []
    endless.append(endless)
    for value in (Text("a"), Checked(1), endless, np.array([object()]), (n for n in ())):
        with pytest.raises(NotPlain):
            again(value)
