"""What columns send by key, and what arrives from several members, is what Python sends and what arrives from it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Any, NamedTuple

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from flowcc.backend.kernels.hot import Hot
from flowcc.runtime.batches import Batch, rows
from flowcc.runtime.channels.deal import Dealer
from flowcc.runtime.columnar.groups.mapping import Mapping
from flowcc.runtime.columns import Columns, columns_of
from flowcc.runtime.ends import union
from flowcc.runtime.outlet import Keys
from flowcc.runtime.partition import owner
from flowcc.runtime.stage import Stage
from tests.columnar.over_columns import EDGE_INTS, EDGE_TEXTS, InColumns, cuts, floats, ints, texts


class Trade(NamedTuple):
    symbol: str
    amount: int


class Late(Hot):
    """Compiles as soon as it has been asked a few times: Python goes first."""

    def __init__(self, after: int) -> None:
        super().__init__("always")
        self._left = after

    def routines(self, functions: Sequence[Any], seconds: float) -> Sequence[Callable[..., int]] | None:
        self._left -= 1
        return None if self._left >= 0 else super().routines(functions, seconds)


class Members:
    """An outlet that deals what it is sent and keeps who got what."""

    def __init__(self, members: int) -> None:
        self._dealer = Dealer("scatter", members)
        self.got: list[list[Any]] = [[] for _ in range(members)]
        self.batches: list[Batch] = []

    def send(self, channel: str, batch: Batch, keys: Keys | None) -> None:
        for member, share in self._dealer.deal(batch, keys):
            self.got[member] += rows(share)
            self.batches.append(share)

    def end(self, channel: str) -> None:
        assert channel == "there"


def sent(source: InColumns, by: Callable[[Any], Any], members: int, jit: Hot | None) -> Members:
    outlet = Members(members)
    stage = Stage(flow="f", filename="f.py", jit=jit, outlet=outlet)
    stage.send("there", stage.source("xs", at=1), by=by, at=2)
    for batch in source.batches(0, 1):
        stage.sources["xs"].emit(batch)
    stage.sources["xs"].finish()
    return outlet


CASES: list[tuple[Any, Callable[[Any], Any]]] = [
    (texts, lambda text: text),
    (ints, lambda number: number),
    (st.tuples(texts, ints), lambda pair: pair[0]),
    (st.tuples(texts, ints), itemgetter(1)),
    (st.builds(Trade, texts, ints), lambda trade: trade.symbol),
    (st.tuples(floats, texts), lambda pair: pair[0]),
    (texts, lambda text: text.upper()),
    (st.tuples(st.integers(0, 9), st.one_of(st.none(), texts)), lambda pair: pair[0]),
]


@pytest.mark.parametrize(("items", "by"), CASES)
@given(data=st.data(), members=st.integers(1, 5), sizes=cuts, late=st.integers(0, 3))
@settings(deadline=None, max_examples=40)
def test_every_member_gets_what_it_owns(
    items: Any, by: Callable[[Any], Any], data: Any, members: int, sizes: list[int], late: int
) -> None:
    drawn = data.draw(st.lists(items, max_size=30))
    compiled = sent(InColumns(drawn, sizes, late), by, members, Late(late))
    assert compiled.got == sent(InColumns(drawn, sizes), by, members, None).got
    assert compiled.got == [[item for item in drawn if owner(by(item), members) == n] for n in range(members)]


@pytest.mark.parametrize(("keys", "by"), [(EDGE_TEXTS, lambda x: x), ((*EDGE_INTS, 2**61 - 1, -(2**61)), lambda x: x)])
@pytest.mark.parametrize("members", [2, 3, 1000])
def test_shares_of_columns_are_columns(keys: tuple[Any, ...], by: Callable[[Any], Any], members: int) -> None:
    outlet = sent(InColumns([*keys, *keys], [4]), by, members, Hot("always"))
    assert outlet.batches
    assert all(isinstance(batch, Columns) for batch in outlet.batches)
    assert outlet.got == [[key for key in (*keys, *keys) if owner(key, members) == n] for n in range(members)]


def arrived(parts: list[list[Any]], merge: Callable[[Any, Any], Any] | None, kinds: list[Any]) -> tuple[Any, Batch]:
    """Return what a receiver makes of the members' values, some of them held as columns."""
    stage = Stage(flow="f", filename="f.py", shapes={"there": "value"})
    receiver = stage.receive("there", merge=merge, at=1)
    stage.result(receiver, at=1)
    receiver.senders = len(parts)
    for sender, (pairs, kind) in enumerate(zip(parts, kinds, strict=True)):
        columns = columns_of(pairs)
        value: Batch = [Counter(dict(pairs))] if kind is None or columns is None else Mapping(kind, columns)
        receiver.push_from(sender, value)
    for sender in reversed(range(len(parts))):
        receiver.end_from(sender)
    return stage.outcome(), stage.results[0].batches[0]


@given(pairs=st.dictionaries(texts, ints, max_size=12), members=st.integers(1, 4), held=st.integers(0, 16))
@example(pairs={"a": 1, "b": 2}, members=2, held=0)
@settings(deadline=None)
@pytest.mark.parametrize("merge", [None, union, lambda a, b: a + b])
def test_mappings_of_members_become_one(
    merge: Callable[[Any, Any], Any] | None, pairs: dict[str, int], members: int, held: int
) -> None:
    parts = [[pair for pair in pairs.items() if owner(pair[0], members) == n] for n in range(members)]
    kinds = [Counter if held >> n & 1 else None for n in range(members)]
    found, batch = arrived(parts, merge, kinds)
    expected, _ = arrived(parts, merge, [None] * members)
    assert type(found) is Counter
    assert list(found.items()) == list(expected.items())
    if merge is not None and merge is not union:
        assert isinstance(batch, list)


def test_mappings_of_columns_stay_columns() -> None:
    _, batch = arrived([[("a", 1)], [("b", 2), ("c", 3)]], None, [Counter, Counter])
    assert isinstance(batch, Mapping)
    _, batch = arrived([[("a", 1)], [(5, 2)]], None, [Counter, Counter])
    assert isinstance(batch, list)


@given(items=st.lists(st.one_of(texts, st.just("a"))), sizes=cuts, late=st.integers(0, 4), odd=st.booleans())
@settings(deadline=None)
@pytest.mark.parametrize("wired", ["tally", "Counter"])
def test_counts_go_over_to_columns_in_mid_stream(
    wired: str, items: list[Any], sizes: list[int], late: int, odd: bool
) -> None:
    items = [*([7] if odd else []), *items]
    stage = Stage(flow="f", filename="f.py", jit=Late(late))
    source = stage.source("xs", at=1)
    counted = stage.scan("counted", source, at=2) if wired == "tally" else source
    stage.result(stage.fold(wired, counted, at=3), at=4)
    for batch in InColumns(items, sizes).batches(0, 1):
        source.emit(batch)
    source.finish()
    assert list(stage.outcome().items()) == list(Counter(items).items())
