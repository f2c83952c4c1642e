"""From a function and the schemas of its arguments to a kernel that runs: translated, found or compiled, loaded."""

from __future__ import annotations

import ast
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import inf
from types import FunctionType
from typing import Any, TypeAlias

from flowcc.backend.kernels.cache import Cache, Key, key_of
from flowcc.backend.kernels.folding import FOLDS
from flowcc.backend.kernels.kernel_text import KernelText, SideKind, translate
from flowcc.backend.kernels.native import Native
from flowcc.backend.kernels.native_fold import FoldingNative
from flowcc.backend.kernels.objects import ObjectCode, load
from flowcc.backend.kernels.routines import Routines
from flowcc.backend.kernels.values import NOTHING, Refusal
from flowcc.runtime.columns import Columns, columns_of, schema_of
from flowcc.runtime.memory import keep_freed
from flowcc.runtime.no_columns import why_no_columns
from flowcc.runtime.schema import Schema, leaves
from flowcc.runtime.sides import Constant, Side

Kinds: TypeAlias = tuple[Schema, tuple[SideKind, ...]]

NOT_YET = "a side has no columns yet"

_loaded: dict[str, Callable[..., int]] = {}
_lock = threading.Lock()


@dataclass(frozen=True)
class Made:
    """A kernel for arguments of certain kinds, or why there is none; and how it came about."""

    native: Native | None
    text: KernelText | None = None
    refusal: Refusal | None = None
    seconds: float = 0.0
    cache: str = ""

    def describe(self) -> dict[str, object]:
        """Return what `explain` shows."""
        if self.native is None:
            assert self.refusal is not None
            return {"why": str(self.refusal), "expression": self.refusal.expression, "line": self.refusal.line}
        return {
            "runs": "numba",
            "items_in_python": self.native.redone,
            "compile_seconds": round(self.seconds, 3),
            "cache": self.cache,
        }

    def source(self) -> str:
        """Return the text of the kernel, printed as Python is usually written."""
        import astor

        return "" if self.text is None else str(astor.to_source(ast.parse(self.text.text)))


def kinds_of(batch: list[Any] | Columns, sides: Sequence[Any], seconds: float = inf) -> Kinds | str:
    """Return the schemas of a batch and its sides, or why there are none, or not yet.

    ``seconds`` is what Python has taken so far; sides are made columns once that pays.
    """
    kinds: list[SideKind] = []
    for side in sides:
        kind = kind_of_side(side, len(batch), seconds)
        if isinstance(kind, str):
            return kind
        kinds.append(kind)
    schema = schema_of(batch) if isinstance(batch, list) else batch.schema  # last: it looks at every item
    return why_no_columns(batch if isinstance(batch, list) else ()) if schema is None else (schema, tuple(kinds))


def kind_of_side(side: Any, items: int, seconds: float) -> SideKind | str:
    """Return the schema of what is beside so many items, or why it has none, or not yet."""
    if side is None:
        return NOTHING
    if isinstance(side, Side):
        index = side.look_into(items, seconds)
        return index.table if index is not None else side.why or NOT_YET
    column = columns_of([side])
    if column is None:
        return f"a side is a {type(side).__name__}"
    return column.schema


def make(
    function: Callable[..., Any], kind: str, kinds: Kinds, may_compile: bool, cache: Cache | None = None
) -> Made | None:
    """Return a kernel, or its refusal; None when it is not in the cache and may not be compiled."""
    if not isinstance(function, FunctionType):
        return Made(None, refusal=Refusal(f"`{function!r:.60}` is no Python function"))
    schema, sides = kinds
    text = translate(function, kind, schema, sides)
    if isinstance(text, Refusal):
        return Made(None, refusal=text)
    constants = [Constant(collection, Library(may_compile)) for collection, _ in text.tables]
    if any(constant.look_into(0, inf) is None for constant in constants):
        return None
    loaded = run_of(text, may_compile, cache or Cache())
    if not isinstance(loaded, Loaded):
        return None if loaded is None else Made(None, text, loaded)
    if any(leaf.kind == "utf8" for kind_ in (schema, text.result) for leaf in leaves(kind_)):
        import pyarrow  # noqa: F401 - once it is there, `columns` makes strings with it, twice as fast
    make_native = FoldingNative if kind in FOLDS else Native
    keep_freed()
    native = make_native(function, kind, text, loaded.run, schema, sides, constants)
    return Made(native, text, None, loaded.seconds, loaded.cache)


@dataclass(frozen=True)
class Library:
    """Routines from the cache, or compiled at once where they may be."""

    may_compile: bool

    def routines(self, functions: Sequence[Any], seconds: float) -> Sequence[Callable[..., int]] | None:
        """Return routines compiled, or None where one is not."""
        return Routines().get(functions, look=True, compiles=False, at_once=self.may_compile)


@dataclass(frozen=True)
class Loaded:
    """Compiled code in this process, and how it came here."""

    run: Callable[..., int]
    cache: str
    seconds: float = 0.0


def run_of(text: KernelText, may_compile: bool, cache: Cache) -> Loaded | Refusal | None:
    """Return the code of a kernel's text: in this process already, from the cache, or compiled where it may be."""
    key = key_of(text)
    with _lock:
        run = _loaded.get(key.file)
        if run is None and (code := cache.load(key)) is not None:
            run = _loaded[key.file] = load(code, text.externals, len(text.parameters))
    if run is not None:
        return Loaded(run, cache.trouble or "hit")
    if not may_compile:
        return None
    how, start = f"missed: {cache.missed(key)}", time.perf_counter()
    compiled = _compiled(text, key)  # without the lock: whoever finds a kernel meanwhile need not wait
    if isinstance(compiled, Refusal):
        return compiled
    cache.store(key, compiled)
    with _lock:
        if key.file not in _loaded:
            _loaded[key.file] = load(compiled, text.externals, len(text.parameters))
    return Loaded(_loaded[key.file], cache.trouble or how, time.perf_counter() - start)


def _compiled(text: KernelText, key: Key) -> ObjectCode | Refusal:
    from flowcc.backend.kernels.compiling import compile_text  # Numba: half a second

    return compile_text(text, key.file.removesuffix(".kernel").rpartition("-")[2])
