"""From a routine to object code, by Numba; imported only to compile."""

from __future__ import annotations

import sys
from types import FunctionType
from typing import Any

import numba
from numba.core import types

from flowcc.backend.kernels.objects import ALLOWED, ObjectCode

pointer: Any = types.CPointer
C_TYPES: dict[str, Any] = {
    "int": types.int64,
    "Int64s": pointer(types.int64),
    "Int32s": pointer(types.int32),
    "Float64s": pointer(types.float64),
    "Bytes": pointer(types.uint8),
}


def compile_routine(function: FunctionType, unique: str) -> ObjectCode | str:
    """Return the object code of a routine, or why there is none; ``unique`` tells its symbols from all others."""
    own = _with_callees(function, unique)
    make: Any = numba.cfunc
    kinds = [C_TYPES[name] for argument, name in function.__annotations__.items() if argument != "return"]
    try:
        compiled = make(types.int64(*kinds), nopython=True, error_model="numpy")(own)
    except numba.core.errors.NumbaError as error:
        return f"Numba does not compile it ({str(error).strip().splitlines()[0]})"
    library = compiled._library
    declared = (each.name for each in library._final_module.functions if each.is_declaration)
    unknown = {name for name in declared if not name.startswith("llvm.") and name not in ALLOWED}
    if unknown:
        return f"the compiled routine needs {', '.join(sorted(unknown))}"
    return ObjectCode(compiled.native_name, bytes(library._get_compiled_object()))


def _with_callees(function: FunctionType, unique: str) -> FunctionType:
    """Return the routine under a name of its own, over compiled copies of the functions it calls, and of theirs."""
    names: dict[str, Any] = dict(vars(sys.modules[function.__module__]))
    _compile_callees(function, names)
    return FunctionType(function.__code__, names, f"routine_{unique}")


def _compile_callees(function: FunctionType, names: dict[str, Any]) -> None:
    for name in function.__code__.co_names:
        called = names.get(name)
        if isinstance(called, FunctionType) and called.__module__ == function.__module__:
            _compile_callees(called, names)
            names[name] = numba.njit(error_model="numpy", forceinline=True)(FunctionType(called.__code__, names, name))
