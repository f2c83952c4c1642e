"""Two processes and a wire between them: flowcc's channels, and pyzmq with nothing around it.

`python -m benchmarks.peers.wire ENGINE FOLDER` is the far side: it sends every item back, and of a stream of frames
the number of integers with the sum of each frame's first one.
"""

import atexit
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import zmq

from benchmarks.data import Ints
from flowcc.deploy.nurseries import MEMORY
from flowcc.runtime.channels.codec import Codec
from flowcc.runtime.channels.exchange import Exchange
from flowcc.runtime.channels.loop import Loop
from flowcc.runtime.channels.transport import Link, Way, bind, open_socket
from flowcc.runtime.channels.wiring import HERE, Route, Wiring, link_name
from flowcc.runtime.columns import Columns
from flowcc.runtime.schema import Scalar

FRAME = 131_072
"""Integers in a frame: 1 MiB."""
WARM = 200
"""Items that go there and back before any is timed."""


class Bare:
    """A pair of ZeroMQ sockets; frames are memory of the arrays themselves."""

    def __init__(self, folder: Path, *, near: bool) -> None:
        self.context = zmq.Context()
        self.socket = self.context.socket(zmq.PAIR)
        self.socket.set(zmq.LINGER, 0)
        address = f"ipc://{folder / 'bare'}"
        self.socket.bind(address) if near else self.socket.connect(address)

    def swap(self, item: str) -> str:
        """Send an item and return what comes back."""
        self.socket.send(item.encode())
        return self.socket.recv().decode()

    def stream(self, numbers: Ints) -> tuple[int, int]:
        """Send all numbers in frames and return what the far side makes of them."""
        for at in range(0, len(numbers), FRAME):
            self.socket.send(numbers[at : at + FRAME].data, copy=False)
        self.socket.send(b"")
        count, total = np.frombuffer(self.socket.recv(), np.int64).tolist()
        return count, total

    def serve(self) -> None:
        """Be the far side until the near side says it is done."""
        count = total = 0
        while True:
            frame = self.socket.recv(copy=False)
            if len(frame) == FRAME * 8 or (len(frame) and len(frame) % 8 == 0):
                numbers = np.frombuffer(frame.buffer, np.int64)
                count, total = count + len(numbers), total + int(numbers[0])
            elif len(frame) == 0:
                self.socket.send(np.array([count, total]).tobytes())
                count = total = 0
            elif frame.bytes == b"end":
                return
            else:
                self.socket.send(frame.bytes)

    def close(self) -> None:
        """End the far side and close the socket."""
        self.socket.send(b"end")
        self.socket.close(linger=1000)
        self.context.term()


class Channels:
    """flowcc's channels over ipc, as a stage and its caller have them: numbered, acknowledged, with credit."""

    def __init__(self, folder: Path, *, near: bool) -> None:
        self.context = zmq.Context()
        socket = open_socket(self.context)
        way = Way("ipc", str(folder))
        if near:
            bind(socket, way, link_name(0, 1))
        else:
            socket.connect(way.endpoint(link_name(0, 1)))
        wiring = Wiring(
            {HERE: 1, "Far": 1}, (Route(1, "there", "send", HERE, "Far"), Route(2, "back", "send", "Far", HERE))
        )
        place, peer = (HERE, 1) if near else ("Far", 0)
        self.exchange = Exchange(wiring, place, 0, {peer: Link(socket, b"benchmrk")}, Codec())
        self.loop = Loop(self.exchange)

    def swap(self, item: str) -> str:
        """Send an item and return what comes back."""
        self.exchange.send("there", [item])
        (answer,) = self.take("back")
        return str(answer)

    def take(self, channel: str) -> list[object]:
        """Return the items of the next batch."""
        while not self.exchange.arrivals[channel]:
            self.loop.turn(busy=False)
        batch = self.exchange.take(channel)[1]
        assert isinstance(batch, list)
        return batch

    def stream(self, numbers: Ints) -> tuple[int, int]:
        """Send all numbers in frames and return what the far side makes of them."""
        for at in range(0, len(numbers), FRAME):
            while self.exchange.full("there"):
                self.loop.turn(busy=False)
            part = numbers[at : at + FRAME]
            self.exchange.send("there", Columns(Scalar("int64"), (part,), len(part)))
            self.loop.turn(busy=True)
        self.exchange.send("there", [None])
        count, total = self.take("back")
        assert isinstance(count, int)
        assert isinstance(total, int)
        return count, total

    def serve(self) -> None:
        """Be the far side until the near side says it is done."""
        count = total = 0
        while True:
            while not self.exchange.arrivals["there"]:
                self.loop.turn(busy=False)
            batch = self.exchange.take("there")[1]
            if batch is None:
                return self.part()
            if isinstance(batch, Columns):
                count, total = count + len(batch), total + int(batch.buffers[0][0])
            elif batch == [None]:
                self.exchange.send("back", [count, total])
                count = total = 0
            else:
                self.exchange.send("back", batch)

    def part(self) -> None:
        """Acknowledge the end, so that the near side need not wait for it."""
        until = time.monotonic() + 0.2
        while time.monotonic() < until:
            self.loop.turn(busy=True)

    def close(self) -> None:
        """End the far side and close the socket."""
        self.exchange.end("there")
        until = time.monotonic() + 2.0
        while not self.exchange.settled and time.monotonic() < until:
            self.loop.turn(busy=True)
        self.context.destroy(linger=0)


ENGINES: dict[str, Callable[..., Bare | Channels]] = {"bare": Bare, "channels": Channels}


def far_side_kept(engine: str, folder: Path) -> Bare | Channels:
    """Start the far side in a process of its own, to be ended with this one, and return the near side."""
    folder = Path(tempfile.mkdtemp(prefix="wire-", dir=folder))
    near = ENGINES[engine](folder, near=True)
    command = [sys.executable, "-m", "benchmarks.peers.wire", engine, str(folder)]
    process = subprocess.Popen(command, env={**MEMORY, **os.environ})  # as a stage's process has it, for both engines

    def end() -> None:
        near.close()
        try:
            process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    atexit.register(end)
    return near


def middle_of_swaps(wire: Bare | Channels, count: int) -> tuple[float, int]:
    """Return the median seconds there and back of ``count`` small items, and how many came back as they went."""
    for _ in range(WARM):
        wire.swap("warm")
    seconds, same = [], 0
    for at in range(count):
        item = f"item-{at:05d}"
        begun = time.perf_counter()
        answer = wire.swap(item)
        seconds.append(time.perf_counter() - begun)
        same += answer == item
    return statistics.median(seconds), same


if __name__ == "__main__":
    ENGINES[sys.argv[1]](Path(sys.argv[2]), near=False).serve()
