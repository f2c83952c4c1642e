"""One thread of the process that compiles, one thing after another, so that Python keeps half of the interpreter.

It lives while there is something to do. What has not begun when the program ends is dropped. Python that goes on beside
it slows it down several times over, so whoever has gone on for as long as compiling takes alone waits for the rest.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable

PATIENCE = 0.4  # seconds that one compile takes alone


class Task:
    """Something to be compiled for the thread that asks; so many others are to be done ``ahead`` of it."""

    def __init__(self, work: Callable[[], object], ahead: int = 0) -> None:
        self._work = work
        self._done = threading.Event()
        self._asker = threading.get_ident()
        self._until = time.thread_time() + PATIENCE * (1 + ahead)

    @property
    def busy(self) -> bool:
        """Whether it is not done yet."""
        return not self._done.is_set()

    @property
    def pending(self) -> bool:
        """Whether Python is to go on: it is not done, and who asked has not worked long enough to wait for it."""
        if self.busy and threading.get_ident() == self._asker and time.thread_time() > self._until:
            self._done.wait()
        return self.busy

    def run(self) -> None:
        """Do it."""
        try:
            self._work()
        finally:
            self._done.set()

    def wait(self) -> None:
        """Return when it is done, or dropped."""
        self._done.wait()

    def drop(self) -> None:
        """Leave it undone."""
        self._done.set()


class Background:
    """What is to be compiled, in order, and the thread that does it."""

    def __init__(self) -> None:
        self._tasks: deque[Task] = deque()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    @property
    def busy(self) -> bool:
        """Whether there is something to do."""
        with self._lock:
            return self._thread is not None and self._thread.is_alive()

    def put(self, work: Callable[[], object]) -> Task:
        """Do something when all before it is done."""
        with self._lock:
            task = Task(work, len(self._tasks))
            self._tasks.append(task)
            if self._thread is None or not self._thread.is_alive():  # it is not, in a process that was forked
                self._begin()
        return task

    def _begin(self) -> None:
        self._thread = threading.Thread(target=self._run, name="flowcc compiles")
        self._thread.start()

    def _run(self) -> None:
        try:
            while (task := self._next()) is not None:
                if threading.main_thread().is_alive():
                    task.run()
                else:
                    task.drop()
        finally:  # what a task raises is told as that of any thread, and another goes on
            with self._lock:
                if self._tasks:
                    self._begin()

    def _next(self) -> Task | None:
        with self._lock:
            if self._tasks:
                return self._tasks.popleft()
            self._thread = None
            return None


BACKGROUND = Background()
