"""Ctrl-C that cannot get lost.

Python raises KeyboardInterrupt wherever the main thread happens to be. Where that is a place that cannot raise, such as
ZeroMQ giving a frame's memory back, the exception is printed and forgotten; the run would go on.
"""

from __future__ import annotations

import signal
import threading
from types import FrameType, TracebackType


class Interrupts:
    """While entered, remembers Ctrl-C, which still raises at once where it can; `check` raises it where it could not.

    Does nothing in other threads than the main one, or where Ctrl-C means something else already.
    """

    def __init__(self) -> None:
        self._seen = False
        self._ours = False

    def __enter__(self) -> Interrupts:
        """Begin to remember."""
        is_main = threading.current_thread() is threading.main_thread()
        if is_main and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            signal.signal(signal.SIGINT, self._remember)
            self._ours = True
        return self

    def _remember(self, number: int, frame: FrameType | None) -> None:
        self._seen = True
        raise KeyboardInterrupt

    def check(self) -> None:
        """Raise KeyboardInterrupt when Ctrl-C was pressed and nothing came of it."""
        if self._seen:
            self._seen = False
            raise KeyboardInterrupt

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        """Leave Ctrl-C as it was."""
        if self._ours:
            signal.signal(signal.SIGINT, signal.default_int_handler)
