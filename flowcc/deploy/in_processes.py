"""A crew of processes on this machine: each started fresh with this interpreter, with orders on its standard input.

A child lives as long as its standard input is open: when the caller closes it, or dies, the child ends; if that came
without a word, it removes the folder of sockets. What children print goes to the caller's standard error, and the last
of it is kept.
"""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import zmq

from flowcc.deploy import faults
from flowcc.deploy.errors import rebuild_error
from flowcc.deploy.orders import Orders
from flowcc.runtime.channels.codec import Codec
from flowcc.runtime.channels.loop import Waker
from flowcc.runtime.channels.transport import LONGEST_IPC_PATH, Way, loopback

START = "import json, sys; sys.path[:] = json.loads(sys.argv[1]); from flowcc.deploy.stage import main; main()"
BYE = b"!"  # the caller's last word to a child
# glibc: memory of large frames is used again, not given back to the system after each (half of what they cost)
MEMORY = {"MALLOC_MMAP_THRESHOLD_": str(1 << 26), "MALLOC_TRIM_THRESHOLD_": str(1 << 27)}
KEPT = 4096  # bytes of what a child printed last
PATIENCE = 3.0  # seconds for children to end by themselves
ROOM = 16  # bytes of a path that a socket's own name needs
LOOK = 0.5  # seconds between two looks at whether a child lives


@dataclass(slots=True)
class Child:
    """One member's process."""

    place: str
    member: int
    process: subprocess.Popen[bytes]
    printed: bytearray = field(default_factory=bytearray)

    @property
    def orders(self) -> IO[bytes]:
        """Its standard input."""
        assert self.process.stdin is not None
        return self.process.stdin

    @property
    def output(self) -> IO[bytes]:
        """What it prints, errors too."""
        assert self.process.stdout is not None
        return self.process.stdout


class ProcessCrew:
    """One process a member."""

    def __init__(self, transport: str, waker: Waker, temporary: Path | None) -> None:
        self._folder = make_folder() if transport == "ipc" else None
        self.context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
        self.way = loopback() if self._folder is None else Way("ipc", self._folder)
        self._doomed = [folder for folder in (self._folder, temporary and str(temporary.resolve())) if folder]
        self._waker = waker
        self._children: list[Child] = []
        self._stopping = False
        self._reader = threading.Thread(target=self._read, name="flowcc output", daemon=True)

    def start(self, orders: Sequence[Orders]) -> None:
        """Start all processes, then hand each its orders."""
        for one in orders:
            self._children.append(self._spawn(one))
        self._reader.start()
        codec = Codec()
        for child, one in zip(self._children, orders, strict=True):
            data = codec.encode([one.plain()])
            with contextlib.suppress(BrokenPipeError):  # it has died already: `check` says so
                child.orders.write(len(data).to_bytes(8, "little") + data)
                child.orders.flush()

    def _spawn(self, orders: Orders) -> Child:
        flags = subprocess._args_from_interpreter_flags()  # type: ignore[attr-defined]
        command = [sys.executable, *flags, "-P", "-c", START, json.dumps(sys.path), *self._doomed]
        try:
            process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, process_group=0,
                env={**MEMORY, **os.environ},
            )  # fmt: skip
        except (OSError, ValueError) as error:
            raise faults.cannot_start(orders.place, orders.member, str(error)) from None
        return Child(orders.place, orders.member, process)

    def _read(self) -> None:
        """Pass on what children print, and wake the caller when one ends."""
        with selectors.DefaultSelector() as selector:
            for child in self._children:
                selector.register(child.output, selectors.EVENT_READ, child)
            while selector.get_map():
                for key, _ in selector.select(LOOK):
                    data = os.read(key.fd, 65536)
                    if data:
                        key.data.printed += data
                        del key.data.printed[:-KEPT]
                        _show(data)
                    else:
                        selector.unregister(key.fileobj)
                if self._stopping:
                    continue
                if any(child.process.poll() is not None for child in self._children):
                    self._waker.wake()

    def check(self) -> None:
        """Raise `FlowError` (F532) when a member has died."""
        for child in self._children:
            status = child.process.poll()
            if status is not None:
                self._reader.join(LOOK)  # for its last words, unless another process of its keeps them open
                printed = bytes(child.printed).decode(errors="replace").strip()
                raise faults.stage_died(child.place, child.member, ending(status), printed)

    def error_of(
        self, report: Mapping[str, Any], classes: Mapping[str, type], place: str, member: int
    ) -> BaseException:
        """Return the exception rebuilt."""
        return rebuild_error(dict(report), classes, place, member)

    def stop(self) -> None:
        """Ask all to end by closing their orders, end those that do not, and remove the sockets."""
        self._stopping = True
        try:
            for child in self._children:
                with contextlib.suppress(OSError):
                    child.orders.write(BYE)
                    child.orders.close()
            deadline = time.monotonic() + PATIENCE
            for child in self._children:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    child.process.wait(max(deadline - time.monotonic(), 0))
        finally:
            self._end()

    def _end(self) -> None:
        for child in self._children:
            if child.process.poll() is None:
                child.process.kill()
            child.process.wait()
        if self._reader.ident is not None:
            self._reader.join(LOOK)
        for child in self._children:
            child.output.close()
        self.context.destroy(linger=0)
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)


def make_folder() -> str:
    """Make a folder for sockets that nobody else can look into, with a path short enough for them."""
    reasons = []
    for parent in dict.fromkeys((tempfile.gettempdir(), "/tmp", "/var/tmp")):
        if len(os.fsencode(parent)) + len("/flowcc-12345678") + ROOM > LONGEST_IPC_PATH:
            reasons.append(f"{parent} is too long a path for sockets")
            continue
        try:
            return tempfile.mkdtemp(prefix="flowcc-", dir=parent)
        except OSError as error:
            reasons.append(f"{parent}: {error.strerror}")
    raise faults.no_folder("; ".join(reasons))


def ending(status: int) -> str:
    """Say how a process ended."""
    if status >= 0:
        return f"ended with exit status {status}"
    import signal

    try:
        name = signal.Signals(-status).name
    except ValueError:
        name = f"signal {-status}"
    return f"was ended by {name}"


def _show(data: bytes) -> None:
    with contextlib.suppress(OSError, ValueError, AttributeError):  # who runs flowcc may have closed it
        sys.stderr.write(data.decode(errors="replace"))
        sys.stderr.flush()
