"""Frames over ZeroMQ: one socket pair for each pair of stage members, in one process, on one machine, or over tcp.

ZeroMQ carries bytes and reconnects; nothing else of it is relied upon. There are no high-water marks (credit bounds
what is under way), nothing lingers (what matters is acknowledged), and a frame that cannot leave now waits here.
"""

from __future__ import annotations

import contextlib
import os
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import zmq

from flowcc.runtime.channels.faults import cannot_bind
from flowcc.runtime.channels.frame import Buffer, Frame, is_whole, read_frame, write_frame

LONGEST_IPC_PATH = 107  # bytes of a UNIX socket's path
NOBLOCK, EVENTS, POLLIN = int(zmq.NOBLOCK), int(zmq.EVENTS), int(zmq.POLLIN)  # an enum costs more than its use
HEARTBEAT_EVERY = 5_000  # milliseconds; answered by ZeroMQ's own thread, also while a kernel runs
HEARTBEAT_PATIENCE = 30_000
RECONNECT_AFTER = 20


@dataclass(frozen=True, slots=True)
class Way:
    """How sockets find each other: ``scheme`` is inproc, ipc or tcp; ``where`` a unique name, a folder or an address.

    The folder of ipc sockets must belong to the user alone (mode 0700). Over tcp all is encrypted (CURVE), and
    ``keys`` are what the members of one run, and nobody else, know: the (public, secret) pairs of who binds and of who
    connects. Who does not know the binder's public key cannot connect.
    """

    scheme: str
    where: str
    binder: tuple[bytes, bytes] = (b"", b"")
    connector: tuple[bytes, bytes] = (b"", b"")

    def endpoint(self, name: str) -> str:
        """Return the address to bind for the socket called ``name``."""
        match self.scheme:
            case "inproc":
                return f"inproc://{self.where}/{name}"
            case "ipc":
                return f"ipc://{Path(self.where) / name}"
        return f"tcp://{self.where}:*"


class Link:
    """A socket to one peer, never blocking. Frames keep their order until a connection breaks."""

    def __init__(self, socket: zmq.Socket[bytes], digest: bytes) -> None:
        self.socket = socket
        self._digest = digest
        self._backlog: deque[list[Buffer]] = deque()

    @property
    def has_backlog(self) -> bool:
        """Whether frames wait until the socket can be written to."""
        return bool(self._backlog)

    def send(self, frame: Frame) -> None:
        """Send a frame, or keep it until `flush` can."""
        parts = write_frame(frame, self._digest)
        if self._backlog or not self._try(parts):
            self._backlog.append(parts)

    def flush(self) -> None:
        """Send what waited, as far as possible."""
        while self._backlog and self._try(self._backlog[0]):
            self._backlog.popleft()

    def _try(self, parts: list[Buffer]) -> bool:
        try:
            if len(parts) == 1:
                self.socket.send(parts[0], NOBLOCK)
            else:
                self.socket.send_multipart(parts, NOBLOCK, copy=False)
        except zmq.Again:
            return False
        return True

    def receive(self) -> Iterator[Frame]:
        """Give the frames that have arrived; raises `FlowError` (F535) at what is none of this plan."""
        socket = self.socket
        try:
            first = socket.recv(NOBLOCK)
        except zmq.Again:
            return
        while True:
            if is_whole(first):
                yield read_frame((first,), self._digest)
            else:
                rest = socket.recv_multipart(NOBLOCK, copy=False)
                yield read_frame((first, *(part.buffer for part in rest)), self._digest)
            if not int(socket.get(EVENTS)) & POLLIN:  # asking is cheaper than `zmq.Again`
                return
            first = socket.recv(NOBLOCK)


class Loopback:
    """A link from a member to itself."""

    has_backlog = False

    def __init__(self) -> None:
        self._frames: deque[Frame] = deque()

    def send(self, frame: Frame) -> None:
        """Keep a frame for `receive`."""
        self._frames.append(frame)

    def flush(self) -> None:
        """Do nothing: nothing ever waits."""

    def receive(self) -> Iterator[Frame]:
        """Give the frames that were sent."""
        while self._frames:
            yield self._frames.popleft()

    def __bool__(self) -> bool:
        return bool(self._frames)


def open_socket(context: zmq.Context[zmq.Socket[bytes]]) -> zmq.Socket[bytes]:
    """Return a socket for one link, not yet bound or connected."""
    socket = context.socket(zmq.DEALER)
    socket.set(zmq.LINGER, 0)
    socket.set(zmq.SNDHWM, 0)
    socket.set(zmq.RCVHWM, 0)
    socket.set(zmq.HEARTBEAT_IVL, HEARTBEAT_EVERY)
    socket.set(zmq.HEARTBEAT_TIMEOUT, HEARTBEAT_PATIENCE)
    socket.set(zmq.RECONNECT_IVL, RECONNECT_AFTER)
    return socket


def bind(socket: zmq.Socket[bytes], way: Way, name: str) -> str:
    """Bind and return the address to connect to; raises `FlowError` (F537) where that cannot be."""
    endpoint = way.endpoint(name)
    if way.scheme == "ipc" and len(os.fsencode(endpoint.removeprefix("ipc://"))) > LONGEST_IPC_PATH:
        raise cannot_bind(endpoint, f"the path has more than {LONGEST_IPC_PATH} bytes")
    if way.scheme == "tcp":
        public, secret = way.binder
        socket.set(zmq.CURVE_SERVER, 1)
        socket.set(zmq.CURVE_PUBLICKEY, public)
        socket.set(zmq.CURVE_SECRETKEY, secret)
    try:
        socket.bind(endpoint)
    except zmq.ZMQError as error:
        raise cannot_bind(endpoint, error.strerror or str(error)) from None
    return socket.get_string(zmq.LAST_ENDPOINT).rstrip("\0")


def connect(socket: zmq.Socket[bytes], way: Way, endpoint: str) -> None:
    """Connect to an address that `bind` returned."""
    if way.scheme == "tcp":
        public, secret = way.connector
        socket.set(zmq.CURVE_SERVERKEY, way.binder[0])
        socket.set(zmq.CURVE_PUBLICKEY, public)
        socket.set(zmq.CURVE_SECRETKEY, secret)
    socket.connect(endpoint)


def loopback() -> Way:
    """Return a way over this machine's loopback address, with fresh keys."""
    return Way("tcp", "127.0.0.1", zmq.curve_keypair(), zmq.curve_keypair())


@contextlib.contextmanager
def own_context() -> Iterator[zmq.Context[zmq.Socket[bytes]]]:
    """Give a ZeroMQ context whose sockets are all closed at the end, without waiting for any peer."""
    context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
    try:
        yield context
    finally:
        context.destroy(linger=0)
