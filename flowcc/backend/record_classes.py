"""Record classes: whose instances travel field by field, and which others their fields and functions name."""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import Iterator
from enum import Enum
from types import FunctionType


def is_record(value: object) -> bool:
    """Whether instances of a class travel field by field: a NamedTuple, a dataclass or an enumeration."""
    if not isinstance(value, type):
        return False
    is_named_tuple = issubclass(value, tuple) and hasattr(value, "_fields")
    is_enumeration = issubclass(value, Enum) and len(value.__members__) > 0
    return is_named_tuple or dataclasses.is_dataclass(value) or is_enumeration


def records_named_by(value: object) -> Iterator[type]:
    """Give the record classes that the annotations of a record class or of a function name."""
    if not is_record(value) and not isinstance(value, FunctionType):
        return
    try:
        hints = typing.get_type_hints(value)
    except (NameError, TypeError, AttributeError, SyntaxError):  # annotations that only type checkers understand
        return
    for hint in hints.values():
        yield from _records_in(hint)


def _records_in(hint: object) -> Iterator[type]:
    if isinstance(hint, type) and is_record(hint):
        yield hint
    for argument in typing.get_args(hint):
        yield from _records_in(argument)
