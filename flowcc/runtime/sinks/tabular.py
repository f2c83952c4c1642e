"""Items as rows of a table: the names of their columns and their values, for csv and parquet.

A NamedTuple or dataclass has its fields, a dict its keys, an entry of a dict ``key`` and ``value``, a tuple
``f0``, ``f1``, …, and anything else is the one column ``value``.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable
from operator import attrgetter
from typing import Any

Values = Callable[[Any], tuple[Any, ...]]


def columns_of_items(first: object, entries: bool) -> tuple[tuple[str, ...], Values]:
    """Return the names of the columns and what takes an item apart, as the first item has it."""
    if entries:
        return ("key", "value"), tuple
    kind = type(first)
    if isinstance(first, tuple):
        names = getattr(first, "_fields", None) or tuple(f"f{number}" for number in range(len(first)))
        return tuple(names), tuple
    if dataclasses.is_dataclass(kind):
        names = tuple(field.name for field in dataclasses.fields(kind))
        if len(names) > 1:
            return names, attrgetter(*names)
        return names, lambda item: tuple(getattr(item, name) for name in names)
    if isinstance(first, dict):
        keys = tuple(first)
        return tuple(map(str, keys)), lambda item: tuple(item[key] for key in keys)
    return ("value",), lambda item: (item,)


def columns_of_type(row: object) -> tuple[str, ...]:
    """Return the names of the columns of a row type, for a result without items; none when they are not known."""
    if isinstance(row, type) and dataclasses.is_dataclass(row):
        return tuple(field.name for field in dataclasses.fields(row))
    return tuple(getattr(row, "_fields", ()))


def is_like(item: object, first: object, width: int) -> bool:
    """Whether an item has the columns that the first has."""
    if isinstance(first, dict):
        return isinstance(item, dict) and item.keys() == first.keys()
    return type(item) is type(first) and (not isinstance(item, tuple) or len(item) == width)


def taken_apart(items: Iterable[Any], values: Values) -> list[tuple[Any, ...]]:
    """Return the values of each item."""
    return list(map(values, items))
