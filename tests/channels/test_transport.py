"""Real sockets: frames arrive whole over every transport, strangers stay out, a broken connection does not show."""

import time
from collections import Counter

import numpy as np
import pytest
import zmq
from hypothesis import given, settings
from hypothesis import strategies as st

from flowcc.diagnostics import FlowError
from flowcc.runtime.channels import channel as channel_module
from flowcc.runtime.channels.codec import Codec
from flowcc.runtime.channels.columns import ColumnsCodec
from flowcc.runtime.channels.exchange import Exchange
from flowcc.runtime.channels.frame import Coding, Frame, Kind, read_frame, write_frame
from flowcc.runtime.channels.loop import Loop, Waker
from flowcc.runtime.channels.transport import Link, Way, bind, connect, loopback, open_socket, own_context
from flowcc.runtime.channels.wiring import HERE, Route, Wiring
from flowcc.runtime.columnar.groups.mapping import Mapping
from flowcc.runtime.columns import Columns, columns_of

DIGEST = b"12345678"
WIRING = Wiring({HERE: 1, "Far": 1}, (Route(1, "there", "send", HERE, "Far"), Route(2, "back", "send", "Far", HERE)))
PATIENCE = 30.0


class Pair:
    """Both ends of a link in one thread."""

    def __init__(self, context, way):
        self.way = way
        self.near_socket, self.far_socket = open_socket(context), open_socket(context)
        self.endpoint = bind(self.near_socket, way, "0-1")
        connect(self.far_socket, way, self.endpoint)
        self.near = Exchange(WIRING, HERE, 0, {1: Link(self.near_socket, DIGEST)}, Codec())
        self.far = Exchange(WIRING, "Far", 0, {0: Link(self.far_socket, DIGEST)}, Codec())
        self.loops = Loop(self.near), Loop(self.far)

    def turn_until(self, reached):
        until = time.monotonic() + PATIENCE
        while not reached():
            assert time.monotonic() < until, "nothing arrives"
            for loop in self.loops:
                loop.turn(busy=True)

    def take(self, exchange, name):
        self.turn_until(lambda: exchange.arrivals[name])
        return exchange.take(name)[1]


@pytest.fixture(params=["inproc", "ipc", "tcp"])
def pair(request, tmp_path):
    ways = {"inproc": Way("inproc", "test"), "ipc": Way("ipc", str(tmp_path)), "tcp": loopback()}
    with own_context() as context:
        yield Pair(context, ways[request.param])


def test_batches_go_there_and_back(pair):
    for items in ([], ["a"], list(range(5000)), ["x" * 100_000] * 30, [None, 2**70, (1, [2.5])]):
        pair.near.send("there", items)
        assert pair.take(pair.far, "there") == items
        pair.far.send("back", items)
        assert pair.take(pair.near, "back") == items


def test_an_end_is_the_last_thing_and_everything_settles(pair):
    for n in range(100):
        pair.near.send("there", [n])
    pair.near.end("there")
    assert [pair.take(pair.far, "there") for _ in range(101)] == [[n] for n in range(100)] + [None]
    pair.turn_until(lambda: pair.near.settled)


def test_a_slow_reader_holds_the_writer_back(pair):
    batch = ["x" * 1_000_000]
    for _ in range(40):
        pair.near.send("there", batch)
    pair.turn_until(lambda: len(pair.far.arrivals["there"]) >= 4)
    for _ in range(50):
        pair.loops[0].turn(busy=True)
        pair.loops[1].turn(busy=True)
    assert pair.near.full("there")
    assert len(pair.far.arrivals["there"]) * 1_000_000 <= channel_module.WINDOW
    for _ in range(40):
        assert pair.take(pair.far, "there") == batch
    pair.turn_until(lambda: not pair.near.full("there"))


def test_a_connection_that_breaks_does_not_show(tmp_path, monkeypatch):
    monkeypatch.setattr(channel_module, "PATIENCE", 0.05)
    with own_context() as context:
        pair = Pair(context, Way("ipc", str(tmp_path)))
        got = []
        for n in range(300):
            pair.near.send("there", [n] * 1000)
            for loop in pair.loops[: 1 if n % 50 in (25, 49) else 2]:
                loop.turn(busy=True)
            if n % 50 in (25, 49):
                pair.far_socket.disconnect(pair.endpoint)
                pair.far_socket.connect(pair.endpoint)
            while pair.far.arrivals["there"]:
                got.append(pair.far.take("there")[1][0])
        while len(got) < 300:
            got.append(pair.take(pair.far, "there")[0])
        assert got == list(range(300))


@pytest.mark.parametrize("knows", ["nothing", "own keys", "another run"])
def test_strangers_do_not_get_in(knows):
    with own_context() as context:
        way = loopback()
        pair = Pair(context, way)
        stranger = open_socket(context)
        if knows == "nothing":
            stranger.connect(pair.endpoint)
        else:
            other = loopback()
            connect(stranger, other if knows == "another run" else Way("tcp", "", other.binder, way.connector),
                    pair.endpoint)  # fmt: skip
        forged = Frame(Kind.MESSAGE, 0, 0, 1, 0, Coding.OBJECTS, 1, (b"\x92\x00\x91\xc0",), 4)
        Link(stranger, DIGEST).send(forged)
        pair.far.send("back", ["mine"])
        assert pair.take(pair.near, "back") == ["mine"]
        assert not pair.near.messages


def test_what_is_no_frame_is_a_fault(tmp_path):
    with own_context() as context:
        pair = Pair(context, Way("ipc", str(tmp_path)))
        for parts in ([b"hello"], [b""], [b"x" * 60, b"more"]):
            pair.far_socket.send_multipart(parts)
            with pytest.raises(FlowError, match="F535"):
                pair.turn_until(lambda: False)
        Link(pair.far_socket, DIGEST).send(Frame(Kind.DATA, 77, 0, 1, 0))
        with pytest.raises(FlowError, match="channel 77"):
            pair.turn_until(lambda: False)


@pytest.mark.parametrize("folder", ["x" * 100, "missing"])
def test_a_path_that_cannot_be_is_a_fault(tmp_path, folder):
    with own_context() as context:
        socket = open_socket(context)
        with pytest.raises(FlowError, match="F537"):
            bind(socket, Way("ipc", str(tmp_path / folder)), "0-1")


def test_a_waker_ends_a_wait(tmp_path):
    waker = Waker()
    with own_context() as context:
        socket = open_socket(context)
        bind(socket, Way("ipc", str(tmp_path)), "0-1")
        loop = Loop(Exchange(WIRING, HERE, 0, {1: Link(socket, DIGEST)}, Codec()), waker)
        waker.wake()
        begun = time.monotonic()
        loop.turn(busy=False)
        loop.turn(busy=False)  # quiet: a long wait would follow
        waker.wake()
        loop.turn(busy=False)
        assert time.monotonic() - begun < 3
    waker.close()


leaf = st.sampled_from(
    [st.integers(-(2**63), 2**63 - 1), st.floats(allow_nan=False), st.booleans(), st.text(st.characters(codec="utf-8")),
     st.one_of(st.none(), st.integers(-5, 5)), st.one_of(st.none(), st.text("aé"))]
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_columns_come_back(data):
    shape = data.draw(st.one_of(leaf, st.lists(leaf, min_size=1, max_size=3).map(lambda parts: st.tuples(*parts))))
    items = data.draw(st.lists(shape, min_size=1, max_size=20))
    columns = columns_of(items)
    if columns is None:
        return
    start, stop = sorted((data.draw(st.integers(0, len(items))), data.draw(st.integers(0, len(items)))))
    batch = columns[start:stop]
    frame = Frame(Kind.DATA, 1, 0, 1, 0, Coding.COLUMNS, *ColumnsCodec(Codec()).write(batch))
    parts = write_frame(frame._replace(length=sum(map(len, frame.buffers))), DIGEST)
    back = ColumnsCodec(Codec()).read(read_frame([bytes(part) for part in parts], DIGEST))
    assert isinstance(back, Columns)
    assert back.schema == batch.schema
    assert back.rows() == items[start:stop]


@pytest.mark.parametrize("kind", [dict, Counter])
def test_a_mapping_comes_back(pair, kind):
    entries = {"a": 1, "é": -(2**63), "": 0}
    pair.near.send("there", Mapping(kind, columns_of(list(entries.items()))))
    back = pair.take(pair.far, "there")
    assert isinstance(back, Mapping)
    (got,) = back.rows()
    assert type(got) is kind
    assert list(got.items()) == list(entries.items())


def test_large_columns_are_sent_without_a_copy(pair):
    numbers = np.arange(500_000)
    columns = columns_of([1, 2])
    pair.near.send("there", Columns(columns.schema, (numbers,), len(numbers)))
    back = pair.take(pair.far, "there")
    assert np.array_equal(back.buffers[0], numbers)
    if pair.way.scheme == "inproc":
        numbers[0] = -1
        assert back.buffers[0][0] == -1  # the very same memory


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_damaged_columns_are_a_fault(data):
    batch = columns_of([("é" * n, n, None if n % 2 else 0.5) for n in range(6)])
    buffers = [bytearray(part) for part in ColumnsCodec(Codec()).write(batch)[1]]
    damaged = data.draw(st.integers(0, len(buffers) - 1))
    if data.draw(st.booleans()):
        del buffers[damaged][data.draw(st.integers(0, len(buffers[damaged]))) :]
    else:
        buffers[damaged][data.draw(st.integers(0, len(buffers[damaged]) - 1))] = data.draw(st.integers(0, 255))
    items = data.draw(st.sampled_from([6, 5, 0]))
    frame = Frame(Kind.DATA, 1, 0, 1, 0, Coding.COLUMNS, items, tuple(map(bytes, buffers)))
    try:
        found = ColumnsCodec(Codec()).read(frame)
    except FlowError as error:
        found = error
    assert len(found) == items if isinstance(found, Columns) else found.code == "F535"


def test_zmq_is_new_enough():
    assert zmq.zmq_version_info() >= (4, 3)
    assert zmq.has("curve")
