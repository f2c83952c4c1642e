"""Routines: fixed functions over arrays that operators run, compiled once a machine and kept like kernels.

A routine is a plain function whose parameters are whole numbers (``int``) and arrays, by the names of their
annotations. Functions of its module that it calls are compiled into it. Called through `ctypes`: without the GIL.
"""

from __future__ import annotations

import ctypes
import hashlib
import inspect
import sys
import threading
from collections.abc import Callable, Sequence
from types import FunctionType
from typing import Any, TypeAlias

from flowcc.backend.kernels.background import BACKGROUND, Task

Routine: TypeAlias = Callable[..., int]

_loaded: dict[FunctionType, Routine] = {}
_refused: dict[FunctionType, str] = {}
_lock = threading.Lock()


class Routines:
    """What has been asked for, and the thread that compiles it where it is not kept."""

    def __init__(self) -> None:
        self._asked: set[FunctionType] = set()
        self._task: Task | None = None

    def get(self, functions: Sequence[Any], look: bool, compiles: bool, at_once: bool) -> list[Routine] | None:
        """Return all of them compiled, or None while one is not.

        ``look`` for them on disk, once; let them be compiled in the background when it ``compiles``, or ``at_once``.
        """
        if any(function not in _loaded for function in functions) and self._task is not None and self._task.pending:
            return None
        missing = [function for function in functions if function not in _loaded]
        if missing and look:
            missing = [function for function in missing if not self._found(function)]
        if missing and at_once:
            _compile(missing)
        elif missing and compiles:
            self._task = BACKGROUND.put(lambda: _compile(missing))
        found = [_loaded.get(function) for function in functions]
        return [routine for routine in found if routine is not None] if None not in found else None

    @property
    def busy(self) -> bool:
        """Whether something is being compiled."""
        return self._task is not None and self._task.busy

    def wait(self) -> None:
        """Return when nothing is being compiled."""
        if self._task is not None:
            self._task.wait()

    def _found(self, function: FunctionType) -> bool:
        if function in self._asked:
            return False
        self._asked.add(function)
        return _load(function, may_compile=False)


def _compile(functions: Sequence[FunctionType]) -> None:
    for function in functions:
        _load(function, may_compile=True)


def _load(function: FunctionType, may_compile: bool) -> bool:
    from flowcc.backend.kernels.cache import Cache, Key, environment  # llvmlite, only once it pays
    from flowcc.backend.kernels.objects import address_of

    if function in _loaded or function in _refused:
        return function in _loaded
    source = inspect.getsource(sys.modules[function.__module__])
    key = Key(function.__name__, {"source": hashlib.sha256(source.encode()).hexdigest(), **environment()})
    cache = Cache()
    code = cache.load(key)
    if code is None and may_compile:
        from flowcc.backend.kernels.routine_code import compile_routine  # Numba: half a second

        compiled = compile_routine(function, key.file.removesuffix(".kernel").rpartition("-")[2])
        if isinstance(compiled, str):
            _refused[function] = compiled
            return False
        code = compiled
        cache.store(key, code)
    if code is None:
        return False
    from flowcc.runtime.memory import keep_freed

    keep_freed()
    with _lock:  # not held while something is compiled: who finds a routine meanwhile need not wait
        if function not in _loaded:
            _loaded[function] = _callable(function, address_of(code))
    return True


def _callable(function: FunctionType, address: int) -> Routine:
    kinds = [name for argument, name in function.__annotations__.items() if argument != "return"]
    types = [ctypes.c_int64 if name == "int" else ctypes.c_void_p for name in kinds]
    return ctypes.CFUNCTYPE(ctypes.c_int64, *types)(address)
