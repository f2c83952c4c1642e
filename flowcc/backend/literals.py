"""Values as expressions that make them again: numbers, text, collections, dates, records, patterns, references.

What holds a resource or has no expression (an open file, a lock, an instance of a class that is no record) is not
plain. Sets are written in a settled order, so that equal values give equal text.
"""

from __future__ import annotations

import dataclasses
import datetime
import decimal
import enum
import fractions
import functools
import math
import operator
import pathlib
import re
import uuid
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable

Reference = Callable[[object], str]  # how a class, function or module is named; raises NotPlain

MOST_DEEP = 50
MOST_NUMBERS = 100_000


class NotPlain(Exception):
    """A value that no expression makes again."""

    def __init__(self, value: object) -> None:
        self.value = value
        super().__init__(value)


def literal_of(value: object, reference: Reference, depth: int = 0) -> str:
    """Return an expression for ``value``. Raises `NotPlain` with the part that has none."""
    if depth > MOST_DEEP:
        raise NotPlain(value)

    def again(part: object) -> str:
        return literal_of(part, reference, depth + 1)

    kind = type(value)
    if isinstance(value, enum.Enum):
        text = f"{reference(kind)}[{_member_name(value)!r}]"
    elif isinstance(value, int | str | bytes | bytearray | None | type(...)) or kind in (float, complex):
        text = _scalar(value, again)
    elif kind in (tuple, list, set, frozenset, dict, range, slice):
        text = _collection(value, again)
    elif isinstance(value, _STANDARD):
        text = _standard(value, again, reference)
    elif kind.__module__ == "numpy":
        text = _numbers(value, again, reference)
    elif dataclasses.is_dataclass(value) or (isinstance(value, tuple) and hasattr(value, "_fields")):
        text = _record(value, again, reference)
    else:
        text = reference(value)
    return text


def _member_name(value: enum.Enum) -> str:
    name = value.name
    if name is None or name not in type(value).__members__:  # a combination of flags
        raise NotPlain(value)
    return name


def _scalar(value: object, again: Callable[[object], str]) -> str:
    if type(value) in (int, bool, str, bytes, bytearray, type(None)):
        return repr(value)
    if value is ...:
        return "..."
    if type(value) is float:
        return repr(value) if math.isfinite(value) else f'float("{value}")'
    if type(value) is complex:
        return f"complex({again(value.real)}, {again(value.imag)})"
    raise NotPlain(value)


def _collection(value: object, again: Callable[[object], str]) -> str:
    match value:
        case tuple():
            return f"({', '.join(map(again, value))}{',' if len(value) == 1 else ''})"
        case list():
            return f"[{', '.join(map(again, value))}]"
        case dict():
            return "{" + ", ".join(f"{again(key)}: {again(held)}" for key, held in value.items()) + "}"
        case set() | frozenset():
            inner = ", ".join(sorted(map(again, value)))
            shown = f"{{{inner}}}" if inner else ""
            return f"frozenset({shown})" if isinstance(value, frozenset) else shown or "set()"
        case range(start=start, stop=stop, step=step):
            return f"range({start}, {stop}, {step})" if step != 1 else f"range({start}, {stop})"
        case slice(start=start, stop=stop, step=step):
            return f"slice({again(start)}, {again(stop)}, {again(step)})"
    raise NotPlain(value)


_STANDARD = (
    datetime.date, datetime.time, datetime.timedelta, datetime.timezone, decimal.Decimal, fractions.Fraction,
    uuid.UUID, pathlib.PurePath, re.Pattern, Counter, OrderedDict, defaultdict, deque, functools.partial,
    operator.itemgetter, operator.attrgetter, operator.methodcaller,
)  # fmt: skip


def _standard(value: object, again: Callable[[object], str], reference: Reference) -> str:
    name = "" if isinstance(value, re.Pattern) else reference(type(value))
    match value:
        case re.Pattern():
            flags = int(value.flags) & ~int(re.UNICODE)
            return f"{reference(re)}.compile({again(value.pattern)}{f', {flags}' if flags else ''})"
        case Counter() | OrderedDict():
            return f"{name}({again(dict(value))})"
        case defaultdict():
            return f"{name}({again(value.default_factory)}, {again(dict(value))})"
        case deque():
            return f"{name}({again(list(value))}, {again(value.maxlen)})"
        case functools.partial():
            keywords = [f"{key}={again(held)}" for key, held in value.keywords.items()]
            return f"{name}({', '.join([again(value.func), *map(again, value.args), *keywords])})"
        case decimal.Decimal() | uuid.UUID() | pathlib.PurePath():
            return f"{name}({str(value)!r})"
        case fractions.Fraction():
            return f"{name}({value.numerator}, {value.denominator})"
        case operator.itemgetter() | operator.attrgetter() | operator.methodcaller():
            text = repr(value)
            return f"{name}{text[text.index('(') :]}"
        case datetime.timedelta():
            return f"{name}({value.days}, {value.seconds}, {value.microseconds})"
        case _:
            return _moment(value, reference)


def _moment(value: object, reference: Reference) -> str:
    """Return a date or time as its own text says it, in a module that may go by another name here."""
    zone = getattr(value, "tzinfo", None)
    if type(value).__module__ != "datetime" or not isinstance(zone, datetime.timezone | None):
        raise NotPlain(value)
    return re.sub(r"\bdatetime\.(?=[a-z]+[(.])", f"{reference(datetime)}.", repr(value))


def _numbers(value: object, again: Callable[[object], str], reference: Reference) -> str:
    import numpy

    if isinstance(value, numpy.ndarray) and value.dtype.kind in "biufU" and value.size <= MOST_NUMBERS:
        listed = re.sub(r"\b(nan|inf)\b", r'float("\1")', repr(value.tolist()))
        return f"{reference(numpy)}.array({listed}, dtype={value.dtype.str!r}).reshape({value.shape})"
    if isinstance(value, numpy.bool | numpy.number) and value.dtype.kind in "biuf":
        return f"{reference(numpy)}.{value.dtype.type.__name__}({again(value.item())})"
    return reference(value)


def _record(value: object, again: Callable[[object], str], reference: Reference) -> str:
    if isinstance(value, type):
        return reference(value)
    name = reference(type(value))
    if isinstance(value, tuple):
        return f"{name}({', '.join(map(again, value))})"
    fields = dataclasses.fields(value)  # type: ignore[arg-type]
    if hasattr(type(value), "__post_init__") or not all(field.init for field in fields):
        raise NotPlain(value)
    return f"{name}({', '.join(f'{field.name}={again(getattr(value, field.name))}' for field in fields)})"
