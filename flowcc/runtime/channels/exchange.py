"""All channel ends of one stage member: it sends what the stage hands out, and queues what arrives for it.

Batches are kept as they are until credit lets them go, and written only then, so that what waits costs no second copy.
A channel on which something waits is *full*: who produces for it should pause.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from flowcc.runtime.batches import Batch, rows
from flowcc.runtime.channels.channel import Receiver, Sender
from flowcc.runtime.channels.codec import Codec
from flowcc.runtime.channels.deal import Dealer
from flowcc.runtime.channels.faults import foreign_frame
from flowcc.runtime.channels.frame import Coding, Frame, Kind
from flowcc.runtime.channels.transport import Link, Loopback
from flowcc.runtime.channels.wiring import CONTROL, HERE, Wiring
from flowcc.runtime.outlet import Keys

if TYPE_CHECKING:
    from flowcc.runtime.channels.columns import ColumnsCodec

ACK = Kind.ACK
Message = Mapping[str, Any]
Arrival = tuple["Intake", Frame]


@dataclass(slots=True, eq=False)
class Lane:
    """What goes to one member on one channel: batches that wait to be written, then the end."""

    sender: Sender
    link: Link | Loopback
    waiting: deque[Batch] = field(default_factory=deque)
    ending: bool = False


@dataclass(slots=True, eq=False)
class Intake:
    """What comes from one member on one channel, and where it is queued; ``queue`` is None for words."""

    receiver: Receiver
    link: Link | Loopback
    queue: deque[Arrival] | None


@dataclass(slots=True)
class Outgoing:
    """One channel that leaves: who gets what, and a lane to each."""

    dealer: Dealer
    lanes: list[Lane]


class Exchange:
    """The channels of one member over its links; everything happens in the thread that calls."""

    def __init__(
        self, wiring: Wiring, place: str, member: int, links: Mapping[int, Link | Loopback], codec: Codec
    ) -> None:
        self.links = links
        self.arrivals: dict[str, deque[Arrival]] = {}  # by channel, not yet taken by the stage
        self.messages: deque[tuple[int, Message]] = deque()
        self._codec = codec
        self._lanes: dict[tuple[int, int], Lane] = {}  # by peer and channel number
        self._intakes: dict[tuple[int, int], Intake] = {}
        self._outgoing: dict[str, Outgoing] = {}
        self._stirred: dict[Lane, None] = {}  # lanes that may have something to send
        self._awaiting: dict[Lane, None] = {}  # lanes that wait for an answer
        self._heard: dict[Intake, None] = {}  # intakes that may have something to acknowledge
        for route in wiring.leaving(place):
            lanes = [self._open_lane(peer, route.number, member) for peer in wiring.addresses(route.receiver)]
            self._outgoing[route.name] = Outgoing(Dealer(route.verb, len(lanes)), lanes)
        for route in wiring.arriving(place):
            queue = self.arrivals[route.name] = deque()
            for peer in wiring.addresses(route.sender):
                self._intakes[peer, route.number] = Intake(Receiver(route.number, member), links[peer], queue)
        for peer in wiring.peers_of_caller() if place == HERE else [0]:
            self._open_lane(peer, CONTROL, member)
            self._intakes[peer, CONTROL] = Intake(Receiver(CONTROL, member), links[peer], None)

    def _open_lane(self, peer: int, channel: int, member: int) -> Lane:
        lane = self._lanes[peer, channel] = Lane(Sender(channel, member), self.links[peer])
        return lane

    # What the stage does

    def send(self, channel: str, batch: Batch, keys: Keys | None = None) -> None:
        """Hand a batch to whom the channel's verb says."""
        outgoing = self._outgoing[channel]
        lanes = outgoing.lanes
        for member, share in outgoing.dealer.deal(batch, keys):
            lane = lanes[member]
            lane.waiting.append(share)
            self._stirred[lane] = None

    def end(self, channel: str) -> None:
        """Tell all receivers of a channel that nothing more comes."""
        for lane in self._outgoing[channel].lanes:
            lane.ending = True
            self._stirred[lane] = None

    def say(self, peer: int, message: Message) -> None:
        """Send a word to the launcher, or from it to a stage; it arrives."""
        lane = self._lanes[peer, CONTROL]
        lane.sender.push(Kind.MESSAGE, (self._codec.encode([message]),))
        self._stirred[lane] = None

    def full(self, channel: str) -> bool:
        """Whether a channel's batches wait for credit."""
        return any(lane.waiting or lane.sender.waiting for lane in self._outgoing[channel].lanes)

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
        return not self._stirred and not self._awaiting

    def abandon(self) -> None:
        """Send nothing more on the stage's own channels; what is said to the caller still arrives."""
        self._lanes = {address: lane for address, lane in self._lanes.items() if address[1] == CONTROL}
        for lanes in (self._stirred, self._awaiting):
            for lane in set(lanes).difference(self._lanes.values()):
                del lanes[lane]

    def take(self, channel: str) -> tuple[int, Batch | None]:
        """Return the next arrival on a channel, and give back its credit: the sender's member, and None at its end."""
        intake, frame = self.arrivals[channel].popleft()
        intake.receiver.consumed(frame)
        self._heard[intake] = None
        return frame.member, self._batch(frame)

    # What the loop does

    def receive(self, peer: int, now: float) -> None:
        """Take in all that has arrived from one peer."""
        link = self.links[peer]
        for frame in link.receive():
            address = (peer, frame.channel)
            if frame.kind == ACK:
                lane = self._lanes.get(address)
                if lane is not None:
                    for again in lane.sender.acknowledged(frame, now):
                        link.send(again)
                    self._stirred[lane] = None
                continue
            intake = self._intakes.get(address)
            if intake is None:
                raise foreign_frame(f"channel {frame.channel} does not lead to this stage")
            self._heard[intake] = None
            for following in intake.receiver.accept(frame):
                if intake.queue is not None:
                    intake.queue.append((intake, following))
                else:
                    intake.receiver.consumed(following)
                    self.messages.append((peer, self._message(following)))

    def _message(self, frame: Frame) -> Message:
        (message,) = self._codec.decode(frame.buffers[0])
        assert isinstance(message, dict)
        return message

    def _batch(self, frame: Frame) -> Batch | None:
        if frame.kind == Kind.END:
            return None
        if frame.schema == Coding.COLUMNS:
            return self._columns_codec.read(frame)
        return self._codec.decode(frame.buffers[0])

    def pump(self, now: float) -> None:
        """Write and send as much as credit allows, and acknowledge what is due."""
        while self._stirred:
            lane, _ = self._stirred.popitem()
            self._pump_lane(lane, now)
            if lane.sender.under_way or lane.sender.waiting:
                self._awaiting[lane] = None
            else:
                self._awaiting.pop(lane, None)
        if self._heard:
            self.answer(idle=False)

    def _pump_lane(self, lane: Lane, now: float) -> None:
        sender, send = lane.sender, lane.link.send
        while True:
            if sender.waiting:
                for frame in sender.ready(now):
                    send(frame)
                if sender.waiting:
                    return
            if lane.waiting:
                self._write(sender, lane.waiting.popleft())
            elif lane.ending:
                lane.ending = False
                sender.push(Kind.END)
            else:
                return

    def _write(self, sender: Sender, batch: Batch) -> None:
        if isinstance(batch, list):
            sender.push(Kind.DATA, (self._codec.encode(batch),), items=len(batch), schema=Coding.OBJECTS)
            return
        written = self._columns_codec.write(batch)
        if written is None:
            self._write(sender, rows(batch))
        else:
            items, buffers = written
            sender.push(Kind.DATA, buffers, items=items, schema=Coding.COLUMNS)

    @cached_property
    def _columns_codec(self) -> ColumnsCodec:
        from flowcc.runtime.channels.columns import ColumnsCodec  # loads NumPy

        return ColumnsCodec(self._codec)

    def answer(self, *, idle: bool) -> None:
        """Acknowledge what is due; when ``idle``, all that has arrived."""
        for intake in list(self._heard):
            answer = intake.receiver.answer(idle=idle)
            if answer is not None:
                intake.link.send(answer)
            if not intake.receiver.unanswered:
                del self._heard[intake]

    def probe(self, now: float) -> None:
        """Ask receivers that have been silent for too long."""
        for lane in self._awaiting:
            probe = lane.sender.overdue(now)
            if probe is not None:
                lane.link.send(probe)

    def next_due(self) -> float | None:
        """Return when `probe` is worth calling."""
        due: float | None = None
        for lane in self._awaiting:
            when = lane.sender.next_due()
            if when is not None and (due is None or when < due):
                due = when
        return due
