"""The main program of the nursery: a process that has imported what stages need, and forks one whenever it is asked.

What is forked is a fresh stage. The nursery is no fork of the caller: it was started with this interpreter, holds
nothing of the caller's, runs nothing but imports of this package, and has one thread. It ends when its caller does.

Its caller speaks to it over standard input, a socket: a line for each run, with a socket of that run's own. On that one
each line asks for a stage, with what is to be its standard input and output; lines come back that say which process
it became, and how each has ended. What is written there is in `nurseries`.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import selectors
import signal
import socket
import sys
import warnings
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from flowcc.deploy import stage

IDLE = 300.0  # seconds without a run after which a nursery is not kept
LINE = 1 << 16  # bytes asked for at once
DESCRIPTORS = 16
UNIT = 1 if sys.platform == "darwin" else 1024  # bytes, of which systems count memory


@dataclass(slots=True, eq=False)
class Ear:
    """A socket on which lines of JSON arrive, some with descriptors."""

    socket: socket.socket
    rest: bytes = b""
    descriptors: deque[int] = field(default_factory=deque)
    closed: bool = False

    def lines(self) -> Iterator[Any]:
        """Give the lines that can be read at once."""
        try:
            data, descriptors, _, _ = socket.recv_fds(self.socket, LINE, DESCRIPTORS)
        except ConnectionError:
            data, descriptors = b"", []
        self.closed = not data
        self.descriptors += descriptors
        *lines, self.rest = (self.rest + data).split(b"\n")
        yield from map(json.loads, lines)

    def tell(self, line: Any) -> None:
        """Send a line back; to nobody when the other end is gone."""
        with contextlib.suppress(OSError):
            self.socket.sendall(json.dumps(line).encode() + b"\n")


class Nursery:
    """The sockets and the children; `serve` comes back only in a process that was forked."""

    def __init__(self, caller: socket.socket) -> None:
        self._caller = Ear(caller)
        self._runs: dict[Ear, set[int]] = {}  # the processes of each run that have not ended
        self._left: set[int] = set()  # those of runs that are over
        self._selector = selectors.DefaultSelector()
        self._selector.register(caller, selectors.EVENT_READ, self._hear_caller)
        self._woken, self._waking = os.pipe()
        for end in (self._woken, self._waking):
            os.set_blocking(end, False)
        signal.signal(signal.SIGCHLD, lambda number, frame: None)
        signal.set_wakeup_fd(self._waking, warn_on_full_buffer=False)
        self._selector.register(self._woken, selectors.EVENT_READ, self._reap)

    def serve(self) -> list[str]:
        """Answer until the caller and all runs are gone; in a stage's process, return the folders it is to remove."""
        while not (self._caller.closed and not self._runs):
            events = self._selector.select(None if self._runs else IDLE)
            if not events and not self._runs:
                break
            for key, _ in events:
                hear: Callable[[], list[str] | None] = key.data
                folders = hear()
                if folders is not None:
                    return folders
        os._exit(0)

    def _hear_caller(self) -> None:
        for line in self._caller.lines():
            for name in line["load"]:
                with contextlib.suppress(Exception):  # a stage that needs it says what is wrong with it
                    importlib.import_module(name)
            if line["run"]:
                run = Ear(socket.socket(fileno=self._caller.descriptors.popleft()))
                self._runs[run] = set()
                run.tell({"ready": True})
                self._selector.register(run.socket, selectors.EVENT_READ, partial(self._hear_run, run))
        if self._caller.closed:
            self._selector.unregister(self._caller.socket)

    def _hear_run(self, run: Ear) -> list[str] | None:
        for line in run.lines():
            if "folders" in line:
                orders, output = run.descriptors.popleft(), run.descriptors.popleft()
                process = self._fork()
                if not process:
                    self._become(orders, output)
                    folders: list[str] = line["folders"]
                    return folders
                os.close(orders)
                os.close(output)
                self._runs[run].add(process)
                run.tell({"process": process})
            else:
                for process in self._runs[run]:
                    os.kill(process, signal.SIGKILL)
        if run.closed:  # its stages hear it too, from their orders
            self._selector.unregister(run.socket)
            run.socket.close()
            self._left |= self._runs.pop(run)
        return None

    def _fork(self) -> int:
        gc.freeze()  # so that nobody writes to what is shared
        sys.stdout.flush()
        sys.stderr.flush()
        with warnings.catch_warnings():  # NumPy's linear algebra has threads, which it ends itself before a fork
            warnings.simplefilter("ignore", DeprecationWarning)
            return os.fork()

    def _reap(self) -> None:
        with contextlib.suppress(BlockingIOError):
            os.read(self._woken, LINE)
        for run, processes in [*self._runs.items(), (None, self._left)]:
            for process in tuple(processes):
                ended, status, usage = os.wait4(process, os.WNOHANG)
                if ended:
                    processes.remove(process)
                    if run is not None:
                        status = os.waitstatus_to_exitcode(status)
                        run.tell({"ended": process, "status": status, "memory": usage.ru_maxrss * UNIT})

    def _become(self, orders: int, output: int) -> None:
        """Let go of everything that is the nursery's; its socket is where standard input was."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        gc.enable()
        os.setpgid(0, 0)
        self._selector.close()
        for run in self._runs:
            run.socket.close()
        self._caller.socket.detach()
        for old, new in ((orders, 0), (output, 1), (output, 2)):
            os.dup2(old, new)
        for end in (self._woken, self._waking, orders, output):
            os.close(end)


def main() -> None:
    """Run the nursery, and in each process that it forks a stage; returns never."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the caller decides
    gc.disable()
    stage.main(Nursery(socket.socket(fileno=0)).serve())
