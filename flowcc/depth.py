"""Room for expressions that are nested deeply, while a flow is compiled.

The compiler goes down an expression by calling itself, several calls a level. Python reads an expression of a thousand
sums, so it has to be compiled; what is deeper than Python's own compiler goes is a fault.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

DEEPEST = 30_000  # calls; Python's compiler gives up on an expression before the compiler of flows is that deep in it

_lock = threading.Lock()
_inside = 0
_before = 0


@contextmanager
def deep_expressions() -> Iterator[None]:
    """Let calls nest more deeply as long as this lasts, in any thread."""
    global _inside, _before
    with _lock:
        if _inside == 0:
            _before = sys.getrecursionlimit()
            sys.setrecursionlimit(max(_before, DEEPEST))
        _inside += 1
    try:
        yield
    finally:
        with _lock:
            _inside -= 1
            if _inside == 0:
                sys.setrecursionlimit(_before)
