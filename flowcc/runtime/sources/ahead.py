"""Work done ahead of its reader: a few pieces at a time in threads, given in order.

It pays where the work leaves the interpreter free, as Arrow's parser does. The first pieces are done at once,
so that a small file starts no thread.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

from flowcc.diagnostics import FlowError

T = TypeVar("T")
AT_ONCE = 2  # pieces
MOST = 4  # threads


def ahead(pieces: Iterator[Callable[[], T]]) -> Iterator[T]:
    """Give what each piece returns, in order; a fault of a piece, or of what gives them, is raised in its turn."""
    for piece in islice(pieces, AT_ONCE):
        yield piece()
    first = next(pieces, None)
    if first is None:
        return
    threads = min(MOST, os.cpu_count() or 1)
    pool = ThreadPoolExecutor(threads, thread_name_prefix="flowcc-read")
    try:
        begun = deque([pool.submit(first)])
        for _ in range(threads):
            begun.extend(_begin(pool, pieces))
        while begun:
            yield begun.popleft().result()
            begun.extend(_begin(pool, pieces))
    finally:
        pool.shutdown(cancel_futures=True)


def _begin(pool: ThreadPoolExecutor, pieces: Iterator[Callable[[], T]]) -> Iterator[Future[T]]:
    """Begin the next piece, if there is one."""
    try:
        piece = next(pieces)
    except StopIteration:
        return
    except FlowError as error:
        failed: Future[T] = Future()
        failed.set_exception(error)
        yield failed
    else:
        yield pool.submit(piece)
