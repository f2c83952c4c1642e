"""Every value comes back equal, of the same type, in the same order; anything else is refused by name."""

import contextlib
import datetime as dt
import enum
import math
import struct
import uuid
import zoneinfo
from collections import Counter, OrderedDict, defaultdict, deque
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flowcc.diagnostics import FlowError
from flowcc.event_time import Session, Window
from flowcc.operators import Closings
from flowcc.runtime.channels.codec import Codec
from flowcc.runtime.narrow import narrow


class Point(NamedTuple):
    x: object
    y: object = None


@dataclass(frozen=True)
class Trade:
    symbol: str
    price: object

    def __post_init__(self):
        assert self.symbol != "never run twice" or not hasattr(self, "price_checked")


@dataclass(slots=True)
class Slotted:
    a: object
    b: object


@dataclass(frozen=True)
class Nothing:
    pass


class Colour(enum.Enum):
    RED = 1
    GREEN = "g"


class Level(enum.IntEnum):
    LOW = 1


class Right(enum.Flag):
    READ = 1
    WRITE = 2


RECORDS = {kind.__name__: kind for kind in (Point, Trade, Slotted, Nothing, Colour, Level, Right)}
codec = Codec(RECORDS)


def shown(value):
    """A text that tells apart what `==` does not: types, order of dicts, -0.0, nan and its bits."""
    match value:
        case float():
            return f"{type(value).__name__}:{struct.pack('<d', value).hex()}"
        case complex():
            return f"complex:{shown(value.real)},{shown(value.imag)}"
        case enum.Enum():
            return f"{type(value).__name__}.{value.name}"
        case list() | tuple() | deque():
            return f"{type(value).__name__}({','.join(map(shown, value))};{getattr(value, 'maxlen', None)})"
        case set() | frozenset():
            return f"{type(value).__name__}({','.join(sorted(map(shown, value)))})"
        case Closings():
            return repr(value)
        case dict():
            inner = ",".join(f"{shown(k)}={shown(v)}" for k, v in value.items())
            return f"{type(value).__name__}({inner};{getattr(value, 'default_factory', None)})"
        case Trade() | Slotted():
            return f"{type(value).__name__}({','.join(shown(getattr(value, f)) for f in value.__match_args__)})"
        case np.ndarray():
            return f"array({value.dtype},{value.shape},{value.tobytes()})"
        case dt.datetime() | dt.time():
            return f"{value!r}{value.fold}{value.tzinfo!r}"
    return f"{type(value).__name__}:{value!r}"


def there_and_back(items):
    return codec.decode(codec.encode(items))


scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(min_value=-(2**70), max_value=2**70),
    st.sampled_from([2**63 - 1, 2**63, 2**64 - 1, 2**64, -(2**63), -(2**63) - 1, 10**400, -(10**400)]),
    st.floats(),
    st.sampled_from([0.0, -0.0, math.inf, -math.inf, math.nan, -math.nan]),
    st.text(st.characters()),
    st.sampled_from(["", "\ud800", "a\udfffb", "\0", "😀"]),
    st.binary(),
)
hashable = st.one_of(
    scalars,
    st.complex_numbers(),
    st.dates(),
    st.times(),
    st.datetimes(timezones=st.one_of(st.none(), st.just(dt.UTC), st.just(zoneinfo.ZoneInfo("UTC")))),
    st.timedeltas(),
    st.decimals(allow_nan=False),
    st.fractions(),
    st.uuids(),
    st.sampled_from([*Colour, *Level, Right.READ | Right.WRITE, Right(0), ..., range(3), range(5, 0, -2)]),
    st.sampled_from([dt.timezone(dt.timedelta(hours=2)), dt.timezone(dt.timedelta(hours=2), "CEST"), Path("a/b")]),
)


def nest(inner):
    keys = st.one_of(hashable, st.tuples(hashable, hashable))
    return st.one_of(
        st.lists(inner, max_size=4),
        st.lists(inner, max_size=3).map(tuple),
        st.sets(keys, max_size=3),
        st.frozensets(keys, max_size=3),
        st.dictionaries(keys, inner, max_size=3),
        st.dictionaries(keys, inner, max_size=3).map(OrderedDict),
        st.dictionaries(keys, st.integers(), max_size=3).map(Counter),
        st.dictionaries(keys, inner, max_size=3).map(lambda d: defaultdict(list, d)),
        st.lists(inner, max_size=3).map(lambda items: deque(items, 3)),
        st.builds(Point, inner, inner),
        st.builds(Trade, st.text(), inner),
        st.builds(Slotted, inner, inner),
    )


values = st.recursive(hashable, nest, max_leaves=12)


@settings(max_examples=600, deadline=None)
@given(st.lists(values, max_size=6))
def test_any_values_come_back(items):
    assert list(map(shown, there_and_back(items))) == list(map(shown, items))


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_batches_of_one_shape_come_back(data):
    shape = data.draw(st.sampled_from([st.integers(), st.text(st.characters()), st.tuples(st.integers(), st.floats())]))
    items = data.draw(st.lists(st.one_of(st.builds(Point, shape, shape), st.tuples(shape, st.lists(shape)))))
    assert list(map(shown, there_and_back(items))) == list(map(shown, items))


@pytest.mark.parametrize(
    "item",
    [
        Decimal("1E+2"), Decimal("-0.00"), Decimal("sNaN"), Fraction(-1, 3), uuid.UUID(int=5), bytearray(b"x"),
        slice(1, None, 2), defaultdict(None, {1: 2}), deque([1, 2]), (), [()], frozenset(), {}, Point(1), (Point(1),),
        Nothing(), Closings([(1, [2]), (1, [3]), ("a", [])]), Closings(), Window(0, 1.5), Session(-1, 0),
        dt.datetime(2024, 10, 27, 2, 30, fold=1, tzinfo=zoneinfo.ZoneInfo("UTC")), dt.time(1, fold=1), -(2**64),
    ],
    ids=repr,
)  # fmt: skip
def test_awkward_values(item):
    assert shown(there_and_back([item])[0]) == shown(item)


@pytest.mark.parametrize(
    "item",
    [np.int64(-1), np.uint8(3), np.float32(0.1), np.float64("nan"), np.bool_(True), np.str_("é"), np.bytes_(b"x"),
     np.datetime64("2024-01-01", "D"), np.arange(6).reshape(2, 3), np.zeros((0, 2)), np.float64(-0.0)],
    ids=repr,
)  # fmt: skip
def test_numpy_values(item):
    (back,) = there_and_back([item])
    assert type(back) is type(item)
    assert (back.dtype, back.shape, back.tobytes()) == (item.dtype, item.shape, item.tobytes())


class Odd(str):
    pass


class Secret:
    pass


@pytest.mark.parametrize(
    ("item", "named"),
    [
        (Odd("x"), "Odd"), (Secret(), "Secret"), (lambda: 1, "function"), (iter([]), "list_iterator"), (int, "type"),
        (defaultdict(lambda: 0), "defaultdict"), (np.array([object()]), "ndarray"), (object(), "object"),
        (ValueError("x"), "ValueError"), (dt.datetime.now().astimezone(), None),
    ],
)  # fmt: skip
def test_what_cannot_travel_is_named(item, named):
    if named is None:
        assert there_and_back([item]) == [item]
        return
    with pytest.raises(FlowError) as caught:
        codec.encode([1, (2, [item])])
    assert caught.value.code == "F534"
    assert named in caught.value.diagnostics[0].title


def test_what_contains_itself_is_refused():
    loop = []
    loop.append(loop)
    with pytest.raises(FlowError, match="F534"):
        codec.encode([loop])


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=60))
def test_bytes_that_are_no_batch_are_refused(data):
    try:
        items = codec.decode(data)
    except FlowError as error:
        items = [error.code]
    assert isinstance(items, list)


@settings(max_examples=300, deadline=None)
@given(st.lists(values, min_size=1, max_size=3), st.data())
def test_damaged_batches_never_raise_anything_else(items, data):
    written = bytearray(codec.encode(items))
    for _ in range(3):
        written[data.draw(st.integers(0, len(written) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(FlowError):
        codec.decode(bytes(written))


def test_narrowed_records_travel_by_the_name_of_their_class_and_their_fields():
    items = narrow([Point(1, "a"), Point("b", None)], ("x",))
    data = Codec({"Point": Point}).encode(items)
    found = Codec({"Point": Point}).decode(data)
    assert repr(found) == repr(items) == "[Point(x=1, …), Point(x='b', …)]"
    assert {type(item) for item in found} == {type(items[0])}
    for records in ({}, {"Point": Nothing}):  # a class that is not there, or has no such field
        with pytest.raises(FlowError):
            Codec(records).decode(data)
    with pytest.raises(FlowError):
        Codec({}).encode(items)
