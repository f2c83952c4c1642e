"""What an ordinary user may not do, tried also where the tests run as root."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

R = TypeVar("R")
VERSION_3 = 0x20080522  # of the structures of capset(2)
DAC_OVERRIDE, DAC_READ_SEARCH = 1, 2  # the capabilities by which root passes over the permissions of files


def as_ordinary_user(call: Callable[[], R]) -> R:
    """Return what ``call`` gives where the permissions of files hold for this process, as they do not for root.

    Capabilities are a thread's own on Linux, so root calls from a thread that gave those two up and then ends.
    """
    if os.geteuid() != 0:
        return call()
    assert sys.platform == "linux", "as root, these tests need Linux"
    with ThreadPoolExecutor(1, initializer=_give_up) as thread:
        return thread.submit(call).result()


def _give_up() -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    header = (ctypes.c_uint32 * 2)(VERSION_3, 0)
    sets = (ctypes.c_uint32 * 6)()  # effective, permitted, inheritable: the lower halves, then the upper ones
    if libc.capget(header, sets):
        raise OSError(ctypes.get_errno(), "capget")
    sets[0] &= ~(1 << DAC_OVERRIDE | 1 << DAC_READ_SEARCH)
    if libc.capset(header, sets):
        raise OSError(ctypes.get_errno(), "capset")
