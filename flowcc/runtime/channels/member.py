"""One member at work: batches from its sources and channels through its stage, until all is done and acknowledged.

While any of its outgoing channels waits for credit a member reads nothing from its sources, and while one that a
channel's items reach waits, nothing from that channel. As operators never refuse what they are given and the flow has
no cycle, whatever waits goes on in the end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Protocol

from flowcc.runtime.batches import Batch, slices
from flowcc.runtime.channels.exchange import Exchange
from flowcc.runtime.channels.wiring import Wiring
from flowcc.runtime.node import Node, Source
from flowcc.runtime.stage import Stage


class Intake:
    """Batches that a member pulls, and what it does with them: a stage's source, or an argument sent to its owner."""

    def __init__(
        self,
        batches: Iterator[Batch],
        push: Callable[[Batch], None],
        end: Callable[[], None],
        wanted: Callable[[], bool] = lambda: True,
    ) -> None:
        self._batches, self._push, self._end, self._wanted = batches, push, end, wanted
        self.items = 0
        self.open = True

    def pull(self) -> None:
        """Pull one batch and push it on, or the end."""
        batch = next(self._batches, None) if self._wanted() else None
        if batch is None:
            self.open = False
            self._end()
            return
        self.items += len(batch)
        for part in slices(batch):
            self._push(part)


def source_intake(source: Source, batches: Iterator[Batch]) -> Intake:
    """Return an intake that pushes into a stage's source, as long as anyone reads it."""
    return Intake(batches, source.emit, source.finish, lambda: source.wanted)


def channel_intake(exchange: Exchange, channel: str, batches: Iterator[Batch]) -> Intake:
    """Return an intake that sends batches on a channel."""
    return Intake(batches, lambda batch: exchange.send(channel, batch), lambda: exchange.end(channel))


class Inlet(Protocol):
    """What takes the batches of a channel."""

    def push_from(self, sender: int, batch: Batch) -> None:
        """Take a batch from the sender of this number."""

    def end_from(self, sender: int) -> None:
        """Take note that a sender has ended."""


class ArgumentInlet:
    """Feeds a stage's source with what the caller sends."""

    def __init__(self, source: Source) -> None:
        self._source = source

    def push_from(self, sender: int, batch: Batch) -> None:
        """Push a batch on, as long as anyone reads it."""
        if self._source.wanted:
            self._source.emit(batch)

    def end_from(self, sender: int) -> None:
        """End the source."""
        self._source.finish()


def reached_from(node: Node, stage: Stage) -> frozenset[str]:
    """Return the channels that what a node gives may leave on."""
    seen: set[int] = set()
    found: set[str] = set()
    channels = {id(send): channel for channel, send in stage.sends.items()}
    stack = [node]
    while stack:
        node = stack.pop()
        if id(node) not in seen:
            seen.add(id(node))
            if id(node) in channels:
                found.add(channels[id(node)])
            stack.extend(reader for reader, _ in node.readers)
    return frozenset(found)


class Member:
    """A stage, its exchange, its intakes and the inlets of its channels.

    ``arguments`` gives the names of the channels on which the caller sends items for the stage's sources.
    """

    def __init__(
        self, stage: Stage, exchange: Exchange, wiring: Wiring, intakes: list[Intake], arguments: Mapping[str, str]
    ) -> None:
        self._stage = stage
        self._exchange = exchange
        self._intakes = intakes
        self._received = 0
        senders = {route.name: wiring.members[route.sender] for route in wiring.arriving(stage.place)}
        for name, receiver in stage.receivers.items():
            receiver.senders = senders[name]
        self._reached = {name: reached_from(receiver, stage) for name, receiver in stage.receivers.items()}
        fed = {channel: stage.sources[name] for channel, name in arguments.items() if name in stage.sources}
        self._inlets: dict[str, Inlet] = {
            **stage.receivers,
            **{channel: ArgumentInlet(source) for channel, source in fed.items()},
        }
        self._reached.update({channel: reached_from(source, stage) for channel, source in fed.items()})

    @property
    def finished(self) -> bool:
        """Whether the stage has given everything it will give."""
        return self._stage.finished and not any(intake.open for intake in self._intakes)

    @property
    def items(self) -> int:
        """How many items were read and received."""
        return self._received + sum(intake.items for intake in self._intakes)

    def step(self) -> bool:
        """Take what has arrived and pull from intakes once; return whether there was anything to do."""
        return self._take() | self._pull() or self._stage.parallel.settle()

    def _take(self) -> bool:
        busy = False
        full = self._exchange.full_channels
        for channel, inlet in self._inlets.items():
            if self._exchange.arrivals[channel] and self._reached[channel].isdisjoint(full):
                busy = True
                member, batch = self._exchange.take(channel)
                if batch is None:
                    inlet.end_from(member)
                else:
                    self._received += len(batch)
                    inlet.push_from(member, batch)
        return busy

    def _pull(self) -> bool:
        busy = False
        for intake in self._intakes:
            if intake.open and not self._exchange.is_full:
                busy = True
                intake.pull()
        return busy
