"""What goes in at one end comes out at the other, once and in order, whatever the network does."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flowcc.diagnostics import FlowError
from flowcc.runtime.channels.channel import PATIENCE, Receiver, Sender
from flowcc.runtime.channels.frame import HEADER, OVERHEAD, Frame, Kind, read_frame, write_frame

DIGEST = b"12345678"


class Network:
    """Two directions in which frames wait; the test chooses what happens to each."""

    def __init__(self, draw):
        self.draw = draw
        self.to_receiver, self.to_sender = [], []

    def carry(self, frames, way):
        way.extend(frames)

    def deliver(self, way):
        """Take one waiting frame: in turn, out of turn, twice, or never."""
        fate = self.draw(st.sampled_from(["first", "first", "any", "twice", "lost"]))
        at = self.draw(st.integers(0, len(way) - 1)) if fate == "any" else 0
        frame = way[at]
        if fate != "twice":
            del way[at]
        return None if fate == "lost" else self.through_bytes(frame)

    def some(self, way, *, bad):
        """Give up to three of the waiting frames."""
        taken = [self.deliver(way) if bad else self.through_bytes(way.pop(0)) for _ in range(min(len(way), 3))]
        return [frame for frame in taken if frame is not None]

    @staticmethod
    def through_bytes(frame):
        return read_frame([bytes(part) for part in write_frame(frame, DIGEST)], DIGEST)


class Reader:
    """A receiver and the stage behind it, which takes frames when it likes."""

    def __init__(self, **options):
        self.receiver = Receiver(1, 0, **options)
        self.queue, self.taken = [], []

    def accept(self, frame):
        self.queue.extend(self.receiver.accept(frame))

    def take(self):
        while self.queue:
            frame = self.queue.pop(0)
            self.receiver.consumed(frame)
            self.taken.append(frame)

    def answers(self):
        answer = self.receiver.answer()
        return [] if answer is None else [answer]


def payloads(frames):
    return [b"".join(map(bytes, frame.buffers)) for frame in frames if frame.kind == Kind.DATA]


def run_to_the_end(sender, reader, network, chaos, now=0.0):
    """Chaos for a while, then an honest network: everything must arrive."""
    step = 0
    while not (sender.settled and reader.receiver.ended):
        step += 1
        assert step < 2000, "no progress"
        now += 0.3
        network.carry(sender.ready(now), network.to_receiver)
        probe = sender.overdue(now)
        if probe:
            network.carry([probe], network.to_receiver)
        for frame in network.some(network.to_receiver, bad=step < chaos):
            reader.accept(frame)
        for ack in network.some(network.to_sender, bad=step < chaos):
            network.carry(sender.acknowledged(ack, now), network.to_receiver)
        if step >= chaos or network.draw(st.booleans()):
            reader.take()
        network.carry(reader.answers(), network.to_sender)
    reader.take()
    return now


@settings(max_examples=300, deadline=None)
@given(st.data(), st.lists(st.binary(max_size=700), max_size=12), st.integers(0, 40))
def test_a_bad_network_does_not_show(data, sent, chaos):
    window = data.draw(st.sampled_from([300, 1200, 10**6]))
    sender, reader = Sender(1, 0, window=window), Reader(window=window)
    for payload in sent:
        sender.push(Kind.DATA, (payload,))
    sender.push(Kind.END)
    run_to_the_end(sender, reader, Network(data.draw), chaos)
    assert payloads(reader.taken) == sent
    assert [frame.sequence for frame in reader.taken] == list(range(len(sent) + 1))


@settings(max_examples=200, deadline=None)
@given(st.data(), st.lists(st.binary(max_size=700), max_size=10), st.integers(0, 30))
def test_a_sender_in_a_new_life_gives_the_same_frames_once(data, sent, chaos):
    window = data.draw(st.sampled_from([300, 1200, 10**6]))
    network, reader = Network(data.draw), Reader(window=window)
    first_life = Sender(1, 0, 1, window=window)
    for payload in sent[: data.draw(st.integers(0, len(sent)))]:
        first_life.push(Kind.DATA, (payload,))
    network.carry(first_life.ready(0.0), network.to_receiver)
    for _ in range(data.draw(st.integers(0, len(network.to_receiver)))):
        if network.to_receiver and (frame := network.deliver(network.to_receiver)):
            reader.accept(frame)
    network.carry(reader.answers(), network.to_sender)
    second_life = Sender(1, 0, 2, window=window)
    for payload in sent:
        second_life.push(Kind.DATA, (payload,))
    second_life.push(Kind.END)
    run_to_the_end(second_life, reader, network, chaos)
    assert payloads(reader.taken) == sent


def test_an_older_life_is_fenced():
    reader, old, new = Reader(), Sender(1, 0, 1), Sender(1, 0, 2)
    old.push(Kind.DATA, (b"late",))
    late = old.ready(0.0)
    new.push(Kind.DATA, (b"new",))
    assert new.ready(0.1) == []  # it asks first what is known
    reader.accept(new.overdue(0.1))
    new.acknowledged(reader.answers()[0], 0.2)
    for frame in [*late, *new.ready(0.3), *late]:
        reader.accept(frame)
    reader.take()
    assert payloads(reader.taken) == [b"new"]


def test_a_receiver_in_a_new_life_gets_what_it_lacks_or_a_fault():
    sender, reader = Sender(1, 0), Reader()
    for payload in (b"a", b"b"):
        sender.push(Kind.DATA, (payload,))
    first, second = sender.ready(0.0)
    reader.accept(first)
    sender.acknowledged(reader.receiver.answer(idle=True), 0.0)
    knows = Reader(incarnation=2, first=1)
    knows.accept(sender.overdue(10.0))
    assert sender.acknowledged(knows.answers()[0], 10.0) == [second]
    forgot = Reader(incarnation=3, first=0)
    forgot.accept(sender.overdue(20.0))
    with pytest.raises(FlowError, match="F536"):
        sender.acknowledged(forgot.answers()[0], 20.0)


def test_credit_holds_a_sender_back_and_consuming_lets_it_go_on():
    window = 4 * (100 + OVERHEAD)
    sender, reader = Sender(1, 0, window=window), Reader(window=window)
    for _ in range(10):
        sender.push(Kind.DATA, (bytes(100),))
    frames = sender.ready(0.0)
    assert len(frames) == 4
    assert sender.waiting
    for frame in frames:
        reader.accept(frame)
    sender.acknowledged(reader.receiver.answer(idle=True), 0.0)
    assert sender.ready(0.0) == []
    reader.take()
    sender.acknowledged(reader.answers()[0], 0.0)
    assert len(sender.ready(0.0)) == 4


def test_a_frame_larger_than_the_window_goes_alone():
    sender, reader = Sender(1, 0, window=1000), Reader(window=1000)
    for _ in range(2):
        sender.push(Kind.DATA, (bytes(5000),))
    (frame,) = sender.ready(0.0)
    assert sender.ready(1.0) == []
    reader.accept(frame)
    reader.take()
    sender.acknowledged(reader.answers()[0], 1.0)
    assert len(sender.ready(1.0)) == 1


def test_patience_grows_while_nobody_answers():
    sender = Sender(1, 0)
    sender.push(Kind.DATA)
    sender.ready(0.0)
    assert sender.overdue(PATIENCE * 0.9) is None
    assert sender.overdue(PATIENCE).kind == Kind.PROBE
    assert sender.overdue(2 * PATIENCE) is None
    assert sender.next_due() == 3 * PATIENCE


frames = st.builds(
    lambda buffers, **fields: Frame(buffers=tuple(buffers), length=sum(map(len, buffers)), **fields),
    buffers=st.lists(st.binary(max_size=40000), max_size=4),
    kind=st.sampled_from(list(Kind)),
    channel=st.integers(0, 2**16 - 1),
    member=st.integers(0, 2**16 - 1),
    incarnation=st.integers(0, 2**32 - 1),
    sequence=st.integers(0, 2**64 - 1),
    schema=st.integers(0, 2**32 - 1),
    items=st.integers(0, 2**32 - 1),
)


@settings(max_examples=100, deadline=None)
@given(frames)
def test_frames_come_back(frame):
    back = read_frame(write_frame(frame, DIGEST), DIGEST)
    assert back[:-2] == frame[:-2]
    assert b"".join(back.buffers) == b"".join(frame.buffers)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=2 * HEADER.size))
def test_other_bytes_are_no_frame(data):
    with pytest.raises(FlowError, match="F535"):
        read_frame([data], DIGEST)


def test_frames_of_another_plan_or_length_are_refused():
    whole = b"".join(write_frame(Frame(Kind.DATA, 1, 0, 1, 0, buffers=(b"abc",), length=3), DIGEST))
    for parts, digest in (([whole], b"87654321"), ([whole[:-1]], DIGEST), ([whole, b"more"], DIGEST)):
        with pytest.raises(FlowError, match="F535"):
            read_frame(parts, digest)
