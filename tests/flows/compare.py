"""Whether two results are the same: type for type, float for float, in order where there is one."""

from __future__ import annotations

import struct
from collections import Counter
from collections.abc import Mapping, Set


def form(value: object) -> object:
    """Return ``value`` as something that is equal only for the same values: types and the bits of floats included."""
    match value:
        case bool() | int() | str() | None:
            return (type(value).__name__, value)
        case float():
            return ("float", "nan" if value != value else struct.pack("<d", value))
        case Mapping():
            entries = Counter((form(key), form(held)) for key, held in value.items())
            return ("dict" if _is_ours(value) else type(value).__name__, frozenset(entries.items()))
        case Set():
            return (type(value).__name__, frozenset(form(item) for item in value))
        case tuple():
            return (type(value).__name__, tuple(form(item) for item in value))
        case list():
            return ("list", tuple(form(item) for item in value))
    return (type(value).__name__, repr(value))


def _is_ours(value: object) -> bool:
    """Whether a dict is of flowcc's own class: what plain windows give has their late items besides."""
    return type(value).__module__.startswith("flowcc.")


def agree(expected: object, found: object, ordered: tuple[bool, ...]) -> bool:
    """Whether a program's results are the expected ones; those in no order are compared as bags."""
    if len(ordered) == 1:
        return _same(expected, found, ordered[0])
    assert isinstance(expected, tuple)
    if not isinstance(found, tuple) or len(found) != len(expected):
        return False
    return all(_same(one, other, order) for one, other, order in zip(expected, found, ordered, strict=True))


def _same(expected: object, found: object, ordered: bool) -> bool:
    if isinstance(expected, list) and isinstance(found, list) and not ordered:
        return Counter(map(form, expected)) == Counter(map(form, found))
    return form(expected) == form(found)
