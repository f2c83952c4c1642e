"""Functions that give a field of an item and do nothing else, told by their code."""

from __future__ import annotations

from dis import get_instructions
from functools import lru_cache
from types import CodeType
from typing import Any

from flowcc.runtime.schema import Schema, Struct


def field_of(function: Any, schema: Schema) -> int | None:
    """Return which field of an item a function gives and does nothing else, as its code tells."""
    if not isinstance(schema, Struct):
        return None
    code = getattr(function, "__code__", None)
    for number, name in enumerate(schema.names):
        if code is not None and name.isidentifier() and _same(code, f"lambda item: item.{name}"):
            return number
    for number in range(len(schema.items)):
        plain = schema.record is None or issubclass(schema.record, tuple)
        if code is not None and plain and _same(code, f"lambda item: item[{number}]"):
            return number
    return None


def _same(code: CodeType, text: str) -> bool:
    return _meaning(code) == _meaning_of(text)


@lru_cache(maxsize=256)
def _meaning_of(text: str) -> object:
    return _meaning(eval(text).__code__)


@lru_cache(maxsize=256)
def _meaning(code: CodeType) -> object:
    """Return what code does, whatever its parameter is called."""
    steps = [(i.opname, None if i.opname.startswith("LOAD_FAST") else i.argval) for i in get_instructions(code)]
    return code.co_argcount, steps
