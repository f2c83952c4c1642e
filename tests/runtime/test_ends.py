"""What arrives from other stages and what leaves for them."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowcc.operators import Closings
from flowcc.runtime.batches import Batch, rows
from flowcc.runtime.local import feed
from flowcc.runtime.stage import Stage
from flowcc.verbs import member, running_as, size
from tests.runtime.drive import Pieces, cuts, stage_of


class Sent:
    """An outlet that keeps what it is given."""

    def __init__(self) -> None:
        self.items: list[tuple[str, list[Any], Sequence[object] | None]] = []
        self.ended: list[str] = []

    def send(self, channel: str, batch: Batch, keys: Sequence[object] | None) -> None:
        assert channel not in self.ended
        self.items.append((channel, rows(batch), keys))

    def end(self, channel: str) -> None:
        self.ended.append(channel)


@given(st.lists(st.integers(-3, 3), max_size=9), cuts)
def test_everything_leaves_in_order_with_its_keys_and_then_the_end(items: list[int], sizes: list[int]) -> None:
    def wire(stage: Stage) -> None:
        xs = stage.source("xs", at=1)
        stage.send("plain", xs, at=2)
        stage.send("keyed", xs, by=lambda x: 6 // x, at=3)
        stage.send("total", stage.fold("sum", xs, at=4), at=4)

    outlet = Sent()
    stage = stage_of(wire, outlet=outlet, on_error="skip")
    assert not stage.finished
    feed(stage, {"xs": Pieces(items, sizes)})
    assert stage.finished
    assert sorted(outlet.ended) == ["keyed", "plain", "total"]
    sent = {name: [x for to, batch, _ in outlet.items if to == name for x in batch] for name in outlet.ended}
    assert sent == {"plain": items, "keyed": [x for x in items if x], "total": [sum(items)]}
    for name, batch, keys in outlet.items:
        assert keys == ([6 // x for x in batch] if name == "keyed" else None)


def test_a_stage_ends_with_its_last_sender() -> None:
    def wire(stage: Stage) -> None:
        stage.result(stage.receive("xs", at=1), at=2)

    stage = stage_of(wire)
    receiver = stage.receivers["xs"]
    receiver.senders = 3
    receiver.push_from(2, [1])
    receiver.end_from(2)
    receiver.push_from(0, [2, 3])
    receiver.end_from(0)
    assert not stage.finished
    receiver.end_from(1)
    assert stage.finished
    assert stage.outcome() == [1, 2, 3]


def test_values_are_merged_in_the_order_of_their_senders() -> None:
    def wire(stage: Stage) -> None:
        stage.result(stage.receive("x", merge=operator.add, at=1), at=2)

    stage = stage_of(wire)
    receiver = stage.receivers["x"]
    receiver.senders = 3
    for sender in (1, 2, 0):
        receiver.push_from(sender, ["abc"[sender]])
        receiver.end_from(sender)
    assert stage.outcome() == "abc"


@given(st.data(), st.integers(1, 3), st.integers(0, 12))
def test_tagged_items_come_in_the_order_of_their_tags(data: Any, senders: int, count: int) -> None:
    owners = data.draw(st.lists(st.integers(0, senders - 1), min_size=count, max_size=count))
    copies = data.draw(st.lists(st.integers(0, 2), min_size=count, max_size=count))
    queues: list[list[tuple[int, str]]] = [[] for _ in range(senders)]
    for tag, (owner, many) in enumerate(zip(owners, copies, strict=True)):
        queues[owner] += [(tag, f"{tag}.{copy}") for copy in range(many)]

    def wire(stage: Stage) -> None:
        stage.result(stage.receive("xs", ordered=True, at=1), at=2)

    stage = stage_of(wire)
    receiver = stage.receivers["xs"]
    receiver.senders = senders
    unsent = list(range(senders))
    while unsent:
        sender = data.draw(st.sampled_from(unsent))
        cut = data.draw(st.integers(0, 3))
        if queues[sender]:
            receiver.push_from(sender, queues[sender][:cut])
            del queues[sender][:cut]
        else:
            receiver.end_from(sender)
            unsent.remove(sender)
    assert stage.outcome() == [(tag, f"{tag}.{copy}") for tag in range(count) for copy in range(copies[tag])]


def test_tagged_items_do_not_wait_longer_than_they_must() -> None:
    def wire(stage: Stage) -> None:
        stage.send("out", stage.receive("xs", ordered=True, at=1), at=2)

    outlet = Sent()
    receiver = stage_of(wire, outlet=outlet).receivers["xs"]
    receiver.senders = 2
    receiver.push_from(0, [(0, "a"), (2, "c"), (4, "e")])
    assert outlet.items == []
    receiver.push_from(1, [(1, "b"), (3, "d")])
    assert outlet.items == [("out", [(0, "a"), (1, "b"), (2, "c"), (3, "d")], None)]
    receiver.end_from(1)
    assert [[item for _, item in batch] for _, batch, _ in outlet.items] == [["a", "b", "c", "d"], ["e"]]


def test_the_shape_of_what_arrives_is_the_channels() -> None:
    def wire(stage: Stage) -> None:
        words, count, table = (stage.receive(name, at=1) for name in ("words", "count", "table"))
        stage.result(stage.apply(lambda *given: given, words, count, table, at=2), at=3)

    stage = stage_of(wire, shapes={"words": "items", "count": "value", "table": "entries"})
    for name, batch in (("words", ["a"]), ("count", [7]), ("table", [("k", 1)])):
        stage.receivers[name].push_from(0, list(batch))
        stage.receivers[name].end_from(0)
    assert stage.outcome() == (["a"], 7, {"k": 1})


def test_a_key_that_closed_twice_is_told_twice() -> None:
    def wire(stage: Stage) -> None:
        stage.result(stage.receive("table", at=1), at=2)

    stage = stage_of(wire, shapes={"table": "entries"})
    stage.receivers["table"].push_from(0, [("k", [1]), ("l", [2]), ("k", [3])])
    stage.receivers["table"].end_from(0)
    held = stage.outcome()
    assert held == Closings([("k", [1]), ("l", [2]), ("k", [3])])
    assert (held["k"], len(held), list(held), dict(held)) == ([3], 3, ["k", "l", "k"], {"k": [3], "l": [2]})
    assert held != {"k": [3], "l": [2]}
    assert Closings([("k", [1])]) == {"k": [1]}


def test_element_code_learns_its_member_from_the_context() -> None:
    class Workers:
        """Stands for a place."""

    workers: Any = Workers
    assert (member(), size(workers)) == (0, 1)
    with running_as(2, {"Workers": 3}):
        assert (member(), size(workers)) == (2, 3)
        with pytest.raises(KeyError), running_as(0, {}):
            raise KeyError
        assert member() == 2
    assert member() == 0
