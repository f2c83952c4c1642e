"""All channel ends of one stage member: it sends what the stage hands out, and queues what arrives for it.

Batches are kept as they are until credit lets them go, and written only then, so that what waits costs no second copy.
A channel on which something waits is *full*: who produces for it should pause.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flowcc.runtime.batches import Batch, rows
from flowcc.runtime.channels.channel import Receiver, Sender
from flowcc.runtime.channels.codec import Codec
from flowcc.runtime.channels.deal import Dealer
from flowcc.runtime.channels.faults import foreign_frame
from flowcc.runtime.channels.frame import Coding, Frame, Kind
from flowcc.runtime.channels.transport import Link, Loopback
from flowcc.runtime.channels.wiring import CONTROL, HERE, Route, Wiring

Message = Mapping[str, Any]


@dataclass(slots=True)
class Lane:
    """What goes to one member on one channel: batches that wait to be written, then the end."""

    sender: Sender
    peer: int
    waiting: deque[Batch] = field(default_factory=deque)
    ending: bool = False

    @property
    def full(self) -> bool:
        """Whether something waits for credit."""
        return bool(self.waiting) or self.sender.blocked


@dataclass(slots=True)
class Outgoing:
    """One channel that leaves: who gets what, and a lane to each."""

    dealer: Dealer
    lanes: list[Lane]


Arrival = tuple[Receiver, Frame]


class Exchange:
    """The channels of one member over its links; everything happens in the thread that calls."""

    def __init__(
        self, wiring: Wiring, place: str, member: int, links: Mapping[int, Link | Loopback], codec: Codec
    ) -> None:
        self.links = links
        self.arrivals: dict[str, deque[Arrival]] = {}  # by channel, not yet taken by the stage
        self.messages: deque[tuple[int, Message]] = deque()
        self._codec = codec
        self._senders: dict[tuple[int, int], Lane] = {}  # by peer and channel number
        self._receivers: dict[tuple[int, int], tuple[Receiver, Route | None]] = {}
        self._outgoing: dict[str, Outgoing] = {}
        for route in wiring.leaving(place):
            lanes = [self._open_lane(peer, route.number, member) for peer in wiring.addresses(route.receiver)]
            self._outgoing[route.name] = Outgoing(Dealer(route.verb, len(lanes)), lanes)
        for route in wiring.arriving(place):
            self.arrivals[route.name] = deque()
            for peer in wiring.addresses(route.sender):
                self._receivers[peer, route.number] = (Receiver(route.number, member), route)
        for peer in wiring.peers_of_caller() if place == HERE else [0]:
            self._open_lane(peer, CONTROL, member)
            self._receivers[peer, CONTROL] = (Receiver(CONTROL, member), None)

    def _open_lane(self, peer: int, channel: int, member: int) -> Lane:
        lane = self._senders[peer, channel] = Lane(Sender(channel, member), peer)
        return lane

    # What the stage does

    def send(self, channel: str, batch: Batch, keys: Sequence[object] | None = None) -> None:
        """Hand a batch to whom the channel's verb says."""
        outgoing = self._outgoing[channel]
        for member, share in outgoing.dealer.deal(batch, keys):
            outgoing.lanes[member].waiting.append(share)

    def end(self, channel: str) -> None:
        """Tell all receivers of a channel that nothing more comes."""
        for lane in self._outgoing[channel].lanes:
            lane.ending = True

    def say(self, peer: int, message: Message) -> None:
        """Send a word to the launcher, or from it to a stage; it arrives."""
        self._senders[peer, CONTROL].sender.push(Kind.MESSAGE, (self._codec.encode([message]),))

    def full(self, channel: str) -> bool:
        """Whether a channel's batches wait for credit."""
        return any(lane.full for lane in self._outgoing[channel].lanes)

    @property
    def full_channels(self) -> frozenset[str]:
        """The channels on which something waits."""
        return frozenset(name for name in self._outgoing if self.full(name))

    @property
    def is_full(self) -> bool:
        """Whether anything waits on any channel."""
        return any(map(self.full, self._outgoing))

    @property
    def settled(self) -> bool:
        """Whether everything handed over has been acknowledged by whom it was for."""
        return all(not lane.waiting and not lane.ending and lane.sender.settled for lane in self._senders.values())

    def abandon(self) -> None:
        """Send nothing more on the stage's own channels; what is said to the caller still arrives."""
        self._senders = {address: lane for address, lane in self._senders.items() if address[1] == CONTROL}

    def take(self, channel: str) -> tuple[int, Batch | None]:
        """Return the next arrival on a channel, and give back its credit: the sender's member, and None at its end."""
        receiver, frame = self.arrivals[channel].popleft()
        receiver.consumed(frame)
        return frame.member, self._batch(frame)

    # What the loop does

    def receive(self, peer: int, now: float) -> None:
        """Take in all that has arrived from one peer."""
        for frame in self.links[peer].receive():
            if frame.kind == Kind.ACK:
                lane = self._senders.get((peer, frame.channel))
                for again in lane.sender.acknowledged(frame, now) if lane else ():
                    self.links[peer].send(again)
            elif frame.kind != Kind.HEARTBEAT:
                self._accept(peer, frame)

    def _accept(self, peer: int, frame: Frame) -> None:
        found = self._receivers.get((peer, frame.channel))
        if found is None:
            raise foreign_frame(f"channel {frame.channel} does not lead to this stage")
        receiver, route = found
        for following in receiver.accept(frame):
            if route is None:
                receiver.consumed(following)
                self.messages.append((peer, self._message(following)))
            else:
                self.arrivals[route.name].append((receiver, following))

    def _message(self, frame: Frame) -> Message:
        (message,) = self._codec.decode(frame.buffers[0])
        assert isinstance(message, dict)
        return message

    def _batch(self, frame: Frame) -> Batch | None:
        if frame.kind == Kind.END:
            return None
        if frame.schema == Coding.COLUMNS:
            from flowcc.runtime.channels.columns import read_columns  # loads NumPy

            return read_columns(frame, self._codec)
        return self._codec.decode(frame.buffers[0])

    def pump(self, now: float) -> None:
        """Write and send as much as credit allows, and acknowledge what is due."""
        for lane in self._senders.values():
            self._pump_lane(lane, now)
        self.answer(idle=False)

    def _pump_lane(self, lane: Lane, now: float) -> None:
        link, sender = self.links[lane.peer], lane.sender
        for frame in sender.ready(now):
            link.send(frame)
        while lane.waiting and not sender.blocked:
            self._write(sender, lane.waiting.popleft())
            for frame in sender.ready(now):
                link.send(frame)
        if lane.ending and not lane.waiting:
            lane.ending = False
            sender.push(Kind.END)
            for frame in sender.ready(now):
                link.send(frame)

    def _write(self, sender: Sender, batch: Batch) -> None:
        if isinstance(batch, list):
            sender.push(Kind.DATA, (self._codec.encode(batch),), items=len(batch), schema=Coding.OBJECTS)
            return
        from flowcc.runtime.channels.columns import write_columns  # loads NumPy
        from flowcc.runtime.columns import Columns

        assert isinstance(batch, Columns)
        buffers = write_columns(batch, self._codec)
        if buffers is None:
            self._write(sender, rows(batch))
        else:
            sender.push(Kind.DATA, buffers, items=len(batch), schema=Coding.COLUMNS)

    def answer(self, *, idle: bool) -> None:
        """Acknowledge what is due; when ``idle``, all that has arrived."""
        for (peer, _), (receiver, _) in self._receivers.items():
            answer = receiver.answer(idle=idle)
            if answer is not None:
                self.links[peer].send(answer)

    def probe(self, now: float) -> None:
        """Ask receivers that have been silent for too long."""
        for lane in self._senders.values():
            probe = lane.sender.overdue(now)
            if probe is not None:
                self.links[lane.peer].send(probe)

    def next_due(self) -> float | None:
        """Return when `probe` is worth calling."""
        return min(filter(None, (lane.sender.next_due() for lane in self._senders.values())), default=None)
