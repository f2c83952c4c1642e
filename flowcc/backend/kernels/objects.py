"""Object code of kernels: loading it into this process by llvmlite, and the names it may call.

A function called through `ctypes` runs without the GIL. Loaded code stays for the life of the process.
"""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import llvmlite.binding as llvm

ALLOWED = frozenset({
    "memcpy", "memset", "memmove", "memcmp", "bcmp", "strlen",
    "floor", "ceil", "trunc", "rint", "nearbyint", "fmod", "sqrt", "fabs", "copysign",
})  # fmt: skip  # of libc and libm, exact by their definition

_lock = threading.Lock()
_engines: list[Any] = []  # each holds the memory of one kernel
_added: set[str] = set()


@dataclass(frozen=True)
class ObjectCode:
    """A relocatable object file and the name of its function."""

    symbol: str
    data: bytes


def add_symbols(externals: Iterable[tuple[str, int]]) -> None:
    """Make functions of libm known under ``flowcc_`` names, which no optimiser folds or replaces."""
    libm: Any = None
    for symbol, _ in externals:
        if symbol not in _added:
            libm = libm or ctypes.CDLL(None)
            llvm.add_symbol(
                f"flowcc_{symbol}", ctypes.cast(getattr(_libm(libm, symbol), symbol), ctypes.c_void_p).value
            )
            _added.add(symbol)


def _libm(program: Any, symbol: str) -> Any:
    """Return the library whose function `math` calls: what the program itself sees, else libm by name."""
    import ctypes.util

    return program if hasattr(program, symbol) else ctypes.CDLL(ctypes.util.find_library("m"))


def address_of(code: ObjectCode, externals: Iterable[tuple[str, int]] = ()) -> int:
    """Load object code, for good, and return where its function is."""
    with _lock:
        llvm.initialize_native_target()
        llvm.initialize_native_asmprinter()
        machine = llvm.Target.from_default_triple().create_target_machine(jit=True)
        engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), machine)
        add_symbols(externals)
        engine.add_object_file(llvm.ObjectFileRef.from_data(code.data))
        engine.finalize_object()
        _engines.append(engine)
        return int(engine.get_function_address(code.symbol))


def load(code: ObjectCode, externals: Iterable[tuple[str, int]], parameters: int) -> Callable[..., int]:
    """Return the function as a callable of two item numbers and then pointers."""
    pointers = [ctypes.c_void_p] * (3 + parameters)
    return ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_int64, ctypes.c_int64, *pointers)(address_of(code, externals))


def processor() -> str:
    """Return the processor that object code is made for: its name and features."""
    return f"{llvm.get_host_cpu_name()} {llvm.get_host_cpu_features().flatten()}"
