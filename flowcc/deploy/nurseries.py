"""The nursery as its caller knows it: one is kept from run to run, as long as the environment is the one it has.

It ends with the caller, however that ends: its standard input is a socket whose other end only the caller holds.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterable
from typing import Any

LINE = 1 << 16  # bytes asked for at once
LAST_WORDS = 4096
PATIENCE = 3.0  # seconds for a nursery to end by itself
# glibc: memory of large frames is used again, not given back to the system after each (half of what they cost)
MEMORY = {"MALLOC_MMAP_THRESHOLD_": str(1 << 26), "MALLOC_TRIM_THRESHOLD_": str(1 << 27)}
START = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); del sys.argv[1:]; "
    "from flowcc.deploy.nursery import main; main()"
)


class Lost(Exception):
    """A nursery has ended, or never began; the text says why."""


class Family:
    """The processes of one run, asked for and heard of over a socket of their own."""

    largest = 0  # bytes of memory that any process of any run has held

    def __init__(self, end: socket.socket) -> None:
        self.socket = end
        self.living: set[int] = set()
        self.ended: dict[int, int | None] = {}  # process → exit status; None: it is gone and nobody will know how
        self.lost = False  # whether the nursery is gone
        self._rest = b""

    def hear(self) -> list[Any]:
        """Wait for what the nursery says, take note of what has ended, and return all of it."""
        try:
            data = self.socket.recv(LINE)
        except ConnectionError:
            data = b""
        *lines, self._rest = (self._rest + data).split(b"\n")
        heard = list(map(json.loads, lines))
        for line in heard:
            if "ended" in line:
                self.living.discard(line["ended"])
                self.ended[line["ended"]] = line["status"]
                Family.largest = max(Family.largest, line["memory"])
        if not data:
            self._lose()
        return heard

    def _lose(self) -> None:
        self.lost = True
        for process in self.living:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
            self.ended[process] = None
        self.living.clear()

    def spawn(self, orders: int, output: int, folders: Iterable[str]) -> int:
        """Return the process of a new stage, which reads ``orders`` and prints to ``output``; raises `Lost`."""
        with contextlib.suppress(ConnectionError):  # which is heard of below
            socket.send_fds(self.socket, [_line(folders=list(folders))], [orders, output])
        while not self.lost:
            for line in self.hear():
                if "process" in line:
                    process: int = line["process"]
                    self.living.add(process)
                    return process
        raise Lost

    def kill(self) -> None:
        """End all that live."""
        with contextlib.suppress(ConnectionError):
            self.socket.sendall(_line(kill=True))

    def close(self) -> None:
        """Let go of all processes, which have ended."""
        self.socket.close()


class Nursery:
    """One process that forks stages."""

    def __init__(self, command: list[str], environment: dict[str, str]) -> None:
        self._socket, theirs = socket.socketpair()
        with theirs:
            try:
                self._process = subprocess.Popen(
                    command, stdin=theirs.fileno(), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, process_group=0,
                    env=environment,
                )  # fmt: skip
            except (OSError, ValueError) as error:
                self._socket.close()
                raise Lost(str(error)) from None
        self._loaded: set[str] = set()
        self._printed = ""

    def load(self, modules: Iterable[str]) -> None:
        """Have modules imported before the next stage is forked."""
        new = sorted(set(modules) - self._loaded)
        if new:
            self._loaded.update(new)
            with contextlib.suppress(ConnectionError):  # the next run hears of it
                self._socket.sendall(_line(load=new, run=False))

    def open(self) -> Family:
        """Begin a run; raises `Lost`."""
        ours, theirs = socket.socketpair()
        family = Family(ours)
        with theirs, contextlib.suppress(ConnectionError):
            socket.send_fds(self._socket, [_line(load=[], run=True)], [theirs.fileno()])
        while not family.lost:
            if family.hear():
                return family
        family.close()
        raise Lost(self._last_words())

    def _last_words(self) -> str:
        self.close()
        self.wait()
        return self._printed or "the process that starts stages has ended"

    def close(self) -> None:
        """Have it end once its runs are over."""
        self._socket.close()

    def wait(self) -> None:
        """Wait until it has ended."""
        try:
            self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
        self._process.wait()
        self.has_ended()

    def has_ended(self) -> bool:
        """Whether it has ended; what it printed is kept."""
        output = self._process.stderr
        assert output is not None
        if self._process.poll() is None:
            return False
        if not output.closed:
            self._printed = output.read()[-LAST_WORDS:].decode(errors="replace").strip()
            output.close()
        return True

    def forget(self) -> None:
        """Let go of it in a process forked from the one whose nursery it is."""
        self._socket.close()
        self._process.returncode = 0


class Nurseries:
    """The nursery of this process, and those that are no longer wanted and have not ended yet."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: Nursery | None = None
        self._kept_for: object = None
        self._retired: list[Nursery] = []

    def get(self) -> tuple[Nursery, bool]:
        """Return the nursery to use now, and whether it has just been started; raises `Lost` where it cannot be."""
        flags = subprocess._args_from_interpreter_flags()  # type: ignore[attr-defined]
        command = [sys.executable, *flags, "-P", "-c", START, json.dumps(sys.path)]
        environment = {**MEMORY, **os.environ}
        wanted = (command, environment, os.getcwd())
        with self._lock:
            self._retired = [nursery for nursery in self._retired if not nursery.has_ended()]
            if self._kept is not None and self._kept_for == wanted:
                return self._kept, False
            self._retire()
            self._kept, self._kept_for = Nursery(command, environment), wanted
            return self._kept, True

    def drop(self, nursery: Nursery) -> None:
        """Start another one for the next run."""
        with self._lock:
            if self._kept is nursery:
                self._retire()

    def load(self, modules: Iterable[str]) -> None:
        """Have the nursery import modules, if there is one."""
        with self._lock:
            if self._kept is not None:
                self._kept.load(modules)

    def _retire(self) -> None:
        if self._kept is not None:
            self._kept.close()
            self._retired.append(self._kept)
            self._kept = None

    def end(self) -> None:
        """End all, as this process ends."""
        with self._lock:
            self._retire()
            for nursery in self._retired:
                nursery.wait()

    def forget(self) -> None:
        """Have none, in a process that was forked."""
        for nursery in (*self._retired, *([self._kept] if self._kept else [])):
            nursery.forget()
        self.__init__()  # type: ignore[misc]  # the lock may be held by a thread that is not here


_HERE = Nurseries()
atexit.register(_HERE.end)
os.register_at_fork(after_in_child=_HERE.forget)


def prepare() -> None:
    """Start a nursery if there is none, without waiting for it: what it cannot do shows when it is used."""
    with contextlib.suppress(Lost):
        _HERE.get()


def load(modules: Iterable[str]) -> None:
    """Have modules imported in what the stages of later runs are forked from."""
    _HERE.load(modules)


def open_family() -> Family:
    """Begin a run; raises `Lost`."""
    while True:
        nursery, is_new = _HERE.get()
        try:
            return nursery.open()
        except Lost:
            _HERE.drop(nursery)
            if is_new:
                raise


def _line(**said: Any) -> bytes:
    return json.dumps(said).encode() + b"\n"
