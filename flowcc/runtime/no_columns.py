"""Why items have no columns, in words: for people who wonder what keeps their code in Python."""

from __future__ import annotations

from collections.abc import Sequence
from types import NoneType
from typing import Any

from flowcc.runtime.columns import schema_of
from flowcc.runtime.schema import KINDS, record_fields


def why_no_columns(items: Sequence[Any]) -> str:
    """Return what about items keeps them from being columns, as far as their types say."""
    return f"the items have no columns ({_reason(items)})"


def _reason(items: Sequence[Any]) -> str:
    types = sorted(set(map(type, items)) - {NoneType}, key=lambda kind: kind.__name__)
    if not types:
        return "all are None" if items else "there are none"
    if len(types) > 1:
        return f"some are {types[0].__name__}, some {types[1].__name__}"
    (only,) = types
    present = [item for item in items if item is not None]
    if only in KINDS:
        return f"{only.__name__}s that a column of 64 bits or of UTF-8 cannot hold"
    fields = _fields(present, only)
    if fields is None:
        return "tuples of different lengths" if only is tuple else f"a {only.__name__} is a Python object"
    if len(present) < len(items):
        return f"some are {only.__name__}, some None"
    for name, values in fields:
        if schema_of(values) is None:
            return f"{name} of {only.__name__}: {_reason(values)}"
    return "their fields do not fit"


def _fields(items: Sequence[Any], record: type) -> list[tuple[str, list[Any]]] | None:
    """Return the name of each field and its values; None where items are more, or less, than their fields."""
    if record is tuple:
        count = len(items[0])
        if any(len(item) != count for item in items) or not count:
            return None
        return [(f"item {at}", [item[at] for item in items]) for at in range(count)]
    names = record_fields(record)
    return [(f"`{name}`", [getattr(item, name) for item in items]) for name in names] if names else None
