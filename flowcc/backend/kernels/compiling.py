"""From kernel text to object code, by Numba. The only module that imports it: a cached kernel never does.

The object code is a C function over raw pointers that calls nothing but libm under names of our own,
so that another process can load it with llvmlite alone.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from types import FunctionType
from typing import Any

import numba
import numpy as np
from llvmlite import ir
from numba.core import types
from numba.extending import intrinsic

from flowcc.backend.kernels import text_characters, text_routines
from flowcc.backend.kernels.kernel_text import KernelText
from flowcc.backend.kernels.objects import ALLOWED, ObjectCode, add_symbols
from flowcc.backend.kernels.values import Refusal
from flowcc.runtime.columnar.routines import finding, numbering

cfunc: Callable[..., Any] = numba.cfunc  # its own annotations know fewer options than it takes
pointer: Callable[[Any], Any] = types.CPointer

C_TYPES = {
    "int64": types.int64,
    "int64*": pointer(types.int64),
    "int32*": pointer(types.int32),
    "float64*": pointer(types.float64),
    "uint8*": pointer(types.uint8),
}
LEADING = (types.int64, types.int64, C_TYPES["int64*"], C_TYPES["uint8*"], C_TYPES["uint8*"])


@intrinsic
def multiply_checked(typing_context: Any, a: Any, b: Any) -> Any:
    """Return the product and 0, or -1 where it does not fit 64 bits."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        both = builder.smul_with_overflow(*arguments)
        over = builder.sext(builder.extract_value(both, 1), ir.IntType(64))
        return context.make_tuple(builder, signature.return_type, (builder.extract_value(both, 0), over))

    pair: Any = types.UniTuple
    return pair(types.int64, 2)(types.int64, types.int64), generate


def _wrapping(operation: str) -> Any:
    """Return an intrinsic for an LLVM operation on two integers that wraps, where Numba's operator must not."""

    def declare(typing_context: Any, a: Any, b: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            return getattr(builder, operation)(*arguments)

        return types.int64(types.int64, types.int64), generate

    declare.__name__ = f"wrapping_{operation}"
    return intrinsic(declare)


INTRINSICS = {
    "multiply_checked": multiply_checked,
    "add_wrapped": _wrapping("add"),
    "subtract_wrapped": _wrapping("sub"),
}


def compile_text(kernel: KernelText, unique: str) -> ObjectCode | Refusal:
    """Return object code for a kernel, or why Numba has none (which is a fault of the translation).

    ``unique`` tells its symbols from those of every other kernel.
    """
    add_symbols(kernel.externals)
    names = _names(kernel)
    exec(compile(kernel.text, f"<kernel {kernel.name}>", "exec"), names)
    names["kernel"].__name__ = names["kernel"].__qualname__ = f"kernel_{unique}"
    signature = types.int64(*LEADING, *(C_TYPES[kind] for _, kind in kernel.parameters))
    try:
        function: Any = cfunc(signature, nopython=True, error_model="numpy")(names["kernel"])
    except numba.core.errors.NumbaError as error:
        return Refusal(f"Numba does not compile it ({str(error).strip().splitlines()[0]})")
    library = function._library
    unknown = {f.name for f in library._final_module.functions if f.is_declaration and not _allowed(f.name)}
    if unknown:
        return Refusal(f"the compiled kernel needs {', '.join(sorted(unknown))}")
    return ObjectCode(function.native_name, bytes(library._get_compiled_object()))


def _allowed(name: str) -> bool:
    return name.startswith(("llvm.", "flowcc_")) or name in ALLOWED


def _names(kernel: KernelText) -> dict[str, Any]:
    """Return what the names in a kernel's text stand for."""
    names: dict[str, Any] = {
        "int64": numba.int64, "float64": numba.float64, "math": math, "np": np,
        "INFINITY": math.inf, **INTRINSICS,
    }  # fmt: skip
    for symbol, arity in kernel.externals:
        signature = types.float64(*[types.float64] * arity)
        names[f"libm_{symbol}"] = types.ExternalFunction(f"flowcc_{symbol}", signature)
    for routine in kernel.routines:
        if routine not in names:
            names[routine] = ROUTINES[routine]
    return names


def _routines() -> dict[str, Callable[..., Any]]:
    """Return what kernels do to texts and indices, for Numba; compiled when a kernel first calls it."""
    found: dict[str, Callable[..., Any]] = {}
    for module, called in ((text_characters, {}), (text_routines, vars(text_characters)), (finding, vars(numbering))):
        names: dict[str, Any] = {**called, **vars(module)}
        for name, function in list(names.items()):
            if isinstance(function, FunctionType):
                names[name] = numba.njit(error_model="numpy", forceinline=True)(
                    FunctionType(function.__code__, names, name)
                )
        found |= {name: names[name] for name, function in vars(module).items() if isinstance(function, FunctionType)}
    return found


ROUTINES = _routines()
