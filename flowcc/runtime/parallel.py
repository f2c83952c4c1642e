"""Compiled code over several batches at once: pure work in threads, its results in the order of the batches.

It pays where the work leaves the interpreter free for long, as kernels over many items do. Threads are made at the
first piece of work of a run and end with it.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any

from flowcc.runtime.batches import Batch

if TYPE_CHECKING:
    from concurrent.futures import Future, ThreadPoolExecutor

Work = Callable[[], "Batch | None"]
MANY = 4096  # items in a batch that may be worth a thread
LONG = 300e-6  # seconds of work in a batch that are: a thread costs a tenth of that to wake, and more to start


@cache
def width() -> int:
    """Return how many batches are worked on at once: one for each processor, none where there is but one."""
    usable = getattr(os, "sched_getaffinity", None)
    processors = len(usable(0)) if usable is not None else os.cpu_count() or 1
    return processors if processors > 1 else 0


class Parallel:
    """The threads of one stage."""

    def __init__(self) -> None:
        self.width = width()
        self.waiting: list[InOrder] = []  # those that hold results back
        self._pool: ThreadPoolExecutor | None = None

    def submit(self, work: Work) -> Future[Batch | None]:
        """Begin work in a thread."""
        if self._pool is None:
            from concurrent.futures import ThreadPoolExecutor  # takes longer to import than a small call runs

            self._pool = ThreadPoolExecutor(self.width, thread_name_prefix="flowcc-work")
        return self._pool.submit(work)

    def settle(self) -> bool:
        """Give everything that is held back, because nothing may arrive for a while; whether there was any."""
        waiting, self.waiting = self.waiting, []
        for line in waiting:
            line.settle()
        return bool(waiting)

    def close(self) -> None:
        """End the threads; what has not begun is dropped."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
            self._pool = None


class InOrder:
    """Batches of one operator that are being worked on, and what becomes of each result in its turn."""

    __slots__ = ("_begun", "_emit", "_parallel")

    def __init__(self, emit: Callable[[Batch], None], parallel: Parallel) -> None:
        self._emit = emit
        self._parallel = parallel
        self._begun: deque[tuple[Future[Batch | None], Callable[[], Batch]]] = deque()

    def __bool__(self) -> bool:
        return bool(self._begun)

    def put(self, work: Work, otherwise: Callable[[], Batch]) -> Batch | None:
        """Begin work on a batch, and return the result of an earlier one; of ``otherwise`` where its work gave None."""
        if not self._begun:
            self._parallel.waiting.append(self)
        self._begun.append((self._parallel.submit(work), otherwise))
        return self._next() if len(self._begun) > self._parallel.width else None

    def settle(self) -> None:
        """Give all results."""
        while self._begun:
            self._emit(self._next())

    def _next(self) -> Batch:
        begun, otherwise = self._begun.popleft()
        given = begun.result()
        return given if given is not None else otherwise()


def is_long(batch: Any, seconds: float) -> bool:
    """Whether batches like this one, which took so long, are worth a thread each."""
    return type(batch) is not list and len(batch) >= MANY and seconds >= LONG
