"""A crew of processes on this machine: each started fresh with this interpreter, with orders on its standard input.

A child lives as long as its standard input is open: when the caller closes it, or dies, the child ends; if that came
without a word, it removes the folder of sockets. What children print goes to the caller's standard error, and the last
of it is kept.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
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
    silent: threading.Event = field(default_factory=threading.Event)  # set when it will print nothing more

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
        self._folders = possible_folders() if transport == "ipc" else []
        self._doomed = [*self._folders, *([str(temporary.resolve())] if temporary else [])]
        self.context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
        self.way = loopback() if transport == "tcp" else Way("ipc", "")
        self._waker = waker
        self._children: list[Child] = []
        self._ended = threading.Event()  # whether a child has ended
        self._stopping = self._gone = False
        self._reader = threading.Thread(target=self._read, name="flowcc output", daemon=True)

    def spawn(self, members: Sequence[tuple[str, int]]) -> None:
        """Start all processes, and only then make what they are to remove when the caller is killed."""
        for place, member in members:
            self._children.append(self._spawn(place, member))
        self._reader.start()
        if self._folders:
            self.way = Way("ipc", make_folder(self._folders))

    def _spawn(self, place: str, member: int) -> Child:
        flags = subprocess._args_from_interpreter_flags()  # type: ignore[attr-defined]
        command = [sys.executable, *flags, "-P", "-c", START, json.dumps(sys.path), *self._doomed]
        try:
            process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, process_group=0,
                env={**MEMORY, **os.environ},
            )  # fmt: skip
        except (OSError, ValueError) as error:
            raise faults.cannot_start(place, member, str(error)) from None
        return Child(place, member, process)

    def start(self, orders: Sequence[Orders]) -> None:
        """Hand each process its orders."""
        codec = Codec()
        for child, one in zip(self._children, orders, strict=True):
            data = codec.encode([one.plain()])
            with contextlib.suppress(BrokenPipeError):  # it has died already: `check` says so
                child.orders.write(len(data).to_bytes(8, "little") + data)
                child.orders.flush()

    def _read(self) -> None:
        """Pass on what children print, and wake the caller when one ends."""
        with selectors.DefaultSelector() as selector:
            for child in self._children:
                selector.register(child.output, selectors.EVENT_READ, child)
            while not self._stopping or (selector.get_map() and not self._gone):
                for key, _ in selector.select(LOOK):
                    data = os.read(key.fd, 65536)
                    if data:
                        key.data.printed += data
                        del key.data.printed[:-KEPT]
                        _show(data)
                    else:
                        selector.unregister(key.fileobj)
                        key.data.silent.set()
                if not self._stopping and any(child.process.poll() is not None for child in self._children):
                    self._ended.set()
                    self._waker.wake()

    def check(self) -> None:
        """Raise `FlowError` (F532) when a member has died."""
        if not self._ended.is_set():
            return
        for child in self._children:
            status = child.process.poll()
            if status is not None:
                child.silent.wait(LOOK)  # for its last words, unless another process of its keeps them open
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
        self._gone = True  # who still holds their output was started by them and is not ours
        if self._reader.ident is not None:
            self._reader.join()
        for child in self._children:
            child.output.close()
        self.context.destroy(linger=0)
        for folder in self._folders:
            shutil.rmtree(folder, ignore_errors=True)


def possible_folders() -> list[str]:
    """Return unused names for a folder of sockets, the best first; raises `FlowError` (F533) if there are none."""
    name = f"flowcc-{secrets.token_hex(4)}"
    parents = dict.fromkeys((tempfile.gettempdir(), "/tmp", "/var/tmp"))
    folders = [os.path.join(parent, name) for parent in parents]
    short = [folder for folder in folders if len(os.fsencode(folder)) + ROOM <= LONGEST_IPC_PATH]
    if not short:
        raise faults.no_folder(f"{folders[0]} is too long a path for sockets")
    return short


def make_folder(folders: Sequence[str]) -> str:
    """Make the first of these folders that can be made, for this user alone; raises `FlowError` (F533)."""
    reasons = []
    for folder in folders:
        try:
            os.mkdir(folder, 0o700)
        except OSError as error:
            reasons.append(f"{folder}: {error.strerror}")
        else:
            return folder
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
