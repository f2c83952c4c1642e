"""The main program of a stage's process: read the orders, attend, and end when the caller closes the orders or dies."""

from __future__ import annotations

import gc
import os
import shutil
import signal
import sys
import threading
import traceback
from collections.abc import Sequence
from typing import Any, BinaryIO, NoReturn

from flowcc.deploy.attend import Attendance, Stopped
from flowcc.deploy.errors import describe_error
from flowcc.deploy.orders import orders_of
from flowcc.runtime.channels.codec import Codec
from flowcc.runtime.channels.transport import own_context

COLLECT = (100_000, 20, 20)
PATIENCE = 2.0  # seconds for element code that is running to come back


class Lifeline:
    """Watches standard input from a thread: when it closes, the main thread is told, and before long the process ends.

    When the caller has been killed it closes without a word, and ``folders`` are removed: nobody else does.
    """

    def __init__(self, stream: BinaryIO, folders: Sequence[str]) -> None:
        self._stream = stream
        self._folders = folders
        self._orphaned = True
        self._main = threading.get_ident()
        self._left = threading.Event()
        self.closed = threading.Event()
        signal.signal(signal.SIGTERM, self._interrupt)

    def watch(self) -> None:
        """Begin to watch."""
        threading.Thread(target=self._watch, name="flowcc lifeline", daemon=True).start()

    def _watch(self) -> None:
        self._orphaned = not self._stream.read()
        self.closed.set()
        signal.pthread_kill(self._main, signal.SIGTERM)  # ends a wait in the main thread
        self._left.wait(PATIENCE)
        self.leave(1)

    def _interrupt(self, number: int, frame: Any) -> None:
        if not self.closed.is_set():  # somebody else's signal
            signal.signal(number, signal.SIG_DFL)
            signal.raise_signal(number)
        if not self._left.is_set():
            raise Stopped

    def leave(self, status: int) -> NoReturn:
        """End the process, at once and for good."""
        self._left.set()
        if self.closed.is_set() and self._orphaned:
            for folder in self._folders:
                shutil.rmtree(folder, ignore_errors=True)
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        os._exit(status)


def main(folders: Sequence[str]) -> NoReturn:
    """Run one stage; ``folders`` are removed when the caller has been killed."""
    orders_in = take_input()
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    lifeline = Lifeline(orders_in, folders)
    status = 1
    try:
        _live(orders_in, lifeline)
    except Stopped:
        status = 0
    except BaseException:
        traceback.print_exc()
    finally:
        lifeline.leave(status)


def take_input() -> BinaryIO:
    """Return standard input, which element code and what it starts then find empty."""
    taken = os.fdopen(os.dup(0), "rb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    return taken


def _live(orders_in: BinaryIO, lifeline: Lifeline) -> None:
    size = int.from_bytes(orders_in.read(8), "little")
    data = orders_in.read(size)
    if not size or len(data) < size:
        lifeline.closed.set()
        raise Stopped
    lifeline.watch()
    gc.freeze()  # what is loaded stays; and batches make many objects at once that are in no cycle
    gc.set_threshold(*COLLECT)
    (plain,) = Codec().decode(data)
    assert isinstance(plain, dict)
    with own_context() as context:
        Attendance(orders_of(plain), context, lifeline.closed.is_set, None).run(describe_error)
