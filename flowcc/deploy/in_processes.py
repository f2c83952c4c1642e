"""A crew of processes on this machine: each forked afresh from the nursery, with orders on its standard input.

A child lives as long as its standard input is open: when the caller closes it, or dies, the child ends; if that came
without a word, it removes the folder of sockets. What children print goes to the caller's standard error, and the last
of it is kept.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import selectors
import shutil
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import zmq

from flowcc.deploy import faults, nurseries
from flowcc.deploy.errors import rebuild_error
from flowcc.deploy.nurseries import Family, Lost, open_family
from flowcc.deploy.orders import Orders
from flowcc.runtime.channels.codec import Codec
from flowcc.runtime.channels.loop import Waker
from flowcc.runtime.channels.transport import LONGEST_IPC_PATH, Way, loopback
from flowcc.runtime.channels.wiring import HERE

BYE = b"!"  # the caller's last word to a child
KEPT = 4096  # bytes of what a child printed last
PATIENCE = 3.0  # seconds for children to end by themselves
ROOM = 16  # bytes of a path that a socket's own name needs
LOOK = 0.5  # seconds between two looks at whether a child lives


@dataclass(slots=True)
class Child:
    """One member's process."""

    place: str
    member: int
    process: int
    orders: IO[bytes]
    output: int  # what it prints, errors too
    printed: bytearray = field(default_factory=bytearray)
    silent: threading.Event = field(default_factory=threading.Event)  # set when it will print nothing more


class ProcessCrew:
    """One process a member."""

    def __init__(self, transport: str, waker: Waker, temporary: Path | None) -> None:
        self._folders = possible_folders() if transport == "ipc" else []
        self._doomed = [*self._folders, *([str(temporary.resolve())] if temporary else [])]
        self.context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
        self.way = loopback() if transport == "tcp" else Way("ipc", "")
        self._waker = waker
        self._family: Family | None = None
        self._children: list[Child] = []
        self._ended = threading.Event()  # whether a child has ended
        self._all_ended = threading.Event()
        self._learned: set[str] = set()
        self._stopping = False
        self._reader = threading.Thread(target=self._read, name="flowcc output", daemon=True)

    def spawn(self, members: Sequence[tuple[str, int]]) -> None:
        """Start all processes, and only then make what they are to remove when the caller is killed."""
        place, member = members[0] if members else (HERE, 0)
        try:
            self._family = open_family()
            for place, member in members:
                self._children.append(self._spawn(self._family, place, member))
        except (Lost, OSError) as error:
            raise faults.cannot_start(place, member, str(error) or "its parent has ended") from None
        self._reader.start()
        if self._folders:
            self.way = Way("ipc", make_folder(self._folders))

    def _spawn(self, family: Family, place: str, member: int) -> Child:
        with contextlib.ExitStack() as undone:
            theirs_in, orders = _pipe(undone)
            output, theirs_out = _pipe(undone)
            process = family.spawn(theirs_in, theirs_out, self._doomed)
            undone.pop_all()
        os.close(theirs_in)
        os.close(theirs_out)
        return Child(place, member, process, os.fdopen(orders, "wb"), output)

    def start(self, orders: Sequence[Orders]) -> None:
        """Hand each process its orders."""
        codec = Codec()
        for child, one in zip(self._children, orders, strict=True):
            data = codec.encode([one.plain()])
            with contextlib.suppress(BrokenPipeError):  # it has died already: `check` says so
                child.orders.write(len(data).to_bytes(8, "little") + data)
                child.orders.flush()

    def _read(self) -> None:
        """Pass on what children print, and wake the caller when one ends; until all have."""
        family = self._family
        assert family is not None
        with selectors.DefaultSelector() as selector:
            for child in self._children:
                selector.register(child.output, selectors.EVENT_READ, child)
            selector.register(family.socket, selectors.EVENT_READ)
            while family.living:
                for key, _ in selector.select():
                    if key.data is not None:
                        self._pass_on(key.data, selector)
                    else:
                        family.hear()
                if family.ended and not self._stopping:
                    self._ended.set()
                    self._waker.wake()
            self._all_ended.set()
            while ready := [key.data for key, _ in selector.select(0) if key.data is not None]:
                for child in ready:
                    self._pass_on(child, selector)

    def _pass_on(self, child: Child, selector: selectors.BaseSelector) -> None:
        data = os.read(child.output, 65536)
        if data:
            child.printed += data
            del child.printed[:-KEPT]
            _show(data)
        else:
            selector.unregister(child.output)
            child.silent.set()

    def learn(self, modules: Sequence[str]) -> None:
        """Have the stages of later runs begin with these modules."""
        self._learned.update(modules)

    def check(self) -> None:
        """Raise `FlowError` (F532) when a member has died."""
        if not self._ended.is_set() or self._family is None:
            return
        for child in self._children:
            if child.process in self._family.ended:
                child.silent.wait(LOOK)  # for its last words, unless another process of its keeps them open
                printed = bytes(child.printed).decode(errors="replace").strip()
                how = ending(self._family.ended[child.process])
                raise faults.stage_died(child.place, child.member, how, printed)

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
            if self._family is not None:
                if self._reader.ident is None:
                    self._reader.start()
                self._all_ended.wait(PATIENCE)
        finally:
            self._end()

    def _end(self) -> None:
        if self._family is not None:
            if not self._all_ended.is_set():
                self._family.kill()
            self._reader.join()  # who still holds their output was started by them and is not ours
            self._family.close()
            nurseries.load(self._learned)
        for child in self._children:
            with contextlib.suppress(OSError):
                child.orders.close()
            os.close(child.output)
        self.context.destroy(linger=0)
        for folder in self._folders:
            shutil.rmtree(folder, ignore_errors=True)


def _pipe(undone: contextlib.ExitStack) -> tuple[int, int]:
    ends = os.pipe()
    for end in ends:
        undone.callback(os.close, end)
    return ends


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


def ending(status: int | None) -> str:
    """Say how a process ended."""
    if status is None:
        return "was ended with the process that it was forked from"
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
