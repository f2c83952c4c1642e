"""What a function gives for each item, as columns: a field, where its code does nothing else, or a kernel's results."""

from __future__ import annotations

from dis import get_instructions
from functools import lru_cache
from operator import attrgetter, itemgetter
from types import CodeType
from typing import Any

from flowcc.runtime.columns import Columns, columns_of
from flowcc.runtime.node import Node
from flowcc.runtime.schema import Schema, Struct


def column_of(node: Node, function: Any, columns: Columns) -> Columns | None:
    """Return what ``function`` gives for each item; None where it raises, or that is nothing for columns."""
    if _same(getattr(function, "__code__", None), "lambda item: item"):
        return columns
    field = field_of(function, columns.schema)
    if field is not None:
        return columns.item(field)
    jit = node.stage.jit
    runner: Any = None if jit is None else jit.offer(function, "item", columns)
    given = None if runner is None else runner(columns)
    if isinstance(given, list):
        return columns_of(given)
    return given if isinstance(given, Columns) else None


def field_of(function: Any, schema: Schema) -> int | None:
    """Return which field of an item a function gives and does nothing else, as its code tells."""
    code = getattr(function, "__code__", None)
    if not isinstance(schema, Struct):
        return None
    if type(function) in (itemgetter, attrgetter):
        return _field_got(function, schema)
    for number, name in enumerate(schema.names):
        if name.isidentifier() and _same(code, f"lambda item: item.{name}"):
            return number
    for number in range(len(schema.items)):
        plain = schema.record is None or issubclass(schema.record, tuple)
        if plain and _same(code, f"lambda item: item[{number}]"):
            return number
    return None


def _field_got(function: Any, schema: Struct) -> int | None:
    """Return the field that an ``itemgetter`` or ``attrgetter`` gets."""
    wanted = function.__reduce__()[1]
    if len(wanted) > 1:
        return None
    if type(function) is attrgetter:
        return schema.names.index(wanted[0]) if wanted[0] in schema.names else None
    plain = schema.record is None or issubclass(schema.record, tuple)
    within = type(wanted[0]) is int and -len(schema.items) <= wanted[0] < len(schema.items)
    return wanted[0] % len(schema.items) if plain and within else None


def _same(code: CodeType | None, text: str) -> bool:
    return code is not None and _meaning(code) == _meaning_of(text)


@lru_cache(maxsize=256)
def _meaning_of(text: str) -> object:
    return _meaning(eval(text).__code__)


@lru_cache(maxsize=256)
def _meaning(code: CodeType) -> object:
    """Return what code does, whatever its parameter is called."""
    steps = [(i.opname, None if i.opname.startswith("LOAD_FAST") else i.argval) for i in get_instructions(code)]
    return code.co_argcount, steps
