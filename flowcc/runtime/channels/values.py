"""Single values as plainer ones: how each type that is neither a scalar nor a container travels.

A `Reduction` takes a value apart into values that a frame can hold and builds an equal one of the same type.
Classes of the user's (`record_of`) travel by their registered name, never as code.
"""

from __future__ import annotations

import datetime
import decimal
import enum
import fractions
import pathlib
import sys
import uuid
import zoneinfo
from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass
from operator import attrgetter
from typing import Any

from flowcc.runtime.channels.faults import cannot_travel


@dataclass(frozen=True, slots=True)
class Reduction:
    """``build(reduce(value))`` equals ``value`` and has its type."""

    name: str
    reduce: Callable[[Any], object]
    build: Callable[[Any], object]


def _reduce_datetime(value: datetime.datetime) -> object:
    date = (value.year, value.month, value.day, value.hour, value.minute, value.second, value.microsecond)
    return (*date, value.fold, value.tzinfo)


def _build_datetime(parts: Any) -> datetime.datetime:
    year, month, day, hour, minute, second, micro, fold, zone = parts
    return datetime.datetime(year, month, day, hour, minute, second, micro, zone, fold=fold)


def _build_time(parts: Any) -> datetime.time:
    hour, minute, second, micro, fold, zone = parts
    return datetime.time(hour, minute, second, micro, zone, fold=fold)


def _reduce_timezone(value: datetime.timezone) -> object:
    name = value.tzname(None)
    offset = value.utcoffset(None)
    return (offset, None if datetime.timezone(offset).tzname(None) == name else name)


def _build_timezone(parts: Any) -> datetime.timezone:
    offset, name = parts
    if name is not None:
        return datetime.timezone(offset, name)
    return datetime.timezone(offset) if offset else datetime.UTC


def _reduce_zone(value: zoneinfo.ZoneInfo) -> object:
    if value.key is None:
        raise cannot_travel("ZoneInfo", "it was read from a file and has no key")
    return value.key


def _reduce_path(value: pathlib.PurePath) -> object:
    return str(value)


_REDUCTIONS: dict[type, Reduction] = {
    complex: Reduction("complex", lambda z: (z.real, z.imag), lambda parts: complex(*parts)),
    bytearray: Reduction("bytearray", bytes, bytearray),
    range: Reduction("range", lambda r: (r.start, r.stop, r.step), lambda parts: range(*parts)),
    slice: Reduction("slice", lambda s: (s.start, s.stop, s.step), lambda parts: slice(*parts)),
    type(...): Reduction("Ellipsis", lambda _: None, lambda _: ...),
    decimal.Decimal: Reduction("Decimal", str, decimal.Decimal),
    fractions.Fraction: Reduction(
        "Fraction", lambda f: (f.numerator, f.denominator), lambda parts: fractions.Fraction(*parts)
    ),
    uuid.UUID: Reduction("UUID", attrgetter("bytes"), lambda raw: uuid.UUID(bytes=raw)),
    datetime.date: Reduction("date", datetime.date.toordinal, datetime.date.fromordinal),
    datetime.datetime: Reduction("datetime", _reduce_datetime, _build_datetime),
    datetime.time: Reduction(
        "time", lambda t: (t.hour, t.minute, t.second, t.microsecond, t.fold, t.tzinfo), _build_time
    ),
    datetime.timedelta: Reduction(
        "timedelta", lambda d: (d.days, d.seconds, d.microseconds), lambda parts: datetime.timedelta(*parts)
    ),
    datetime.timezone: Reduction("timezone", _reduce_timezone, _build_timezone),
    zoneinfo.ZoneInfo: Reduction("ZoneInfo", _reduce_zone, zoneinfo.ZoneInfo),
    pathlib.PurePosixPath: Reduction("PurePosixPath", _reduce_path, pathlib.PurePosixPath),
    pathlib.PureWindowsPath: Reduction("PureWindowsPath", _reduce_path, pathlib.PureWindowsPath),
    type(pathlib.Path()): Reduction("Path", _reduce_path, pathlib.Path),
}
_BY_NAME = {reduction.name: reduction for reduction in _REDUCTIONS.values()}


def _reduce_numpy(value: Any) -> object:
    if value.dtype.hasobject or value.dtype.names:
        raise cannot_travel(f"{type(value).__name__} of dtype {value.dtype}")
    return (value.dtype.str, value.tobytes())


def _build_numpy(parts: Any) -> object:
    import numpy  # only where a NumPy value arrived

    dtype, raw = parts
    return numpy.frombuffer(raw, dtype)[0]


def _reduce_array(value: Any) -> object:
    return (value.shape, *_reduce_numpy(value))  # type: ignore[misc]


def _build_array(parts: Any) -> object:
    import numpy

    shape, dtype, raw = parts
    return numpy.frombuffer(bytearray(raw), dtype).reshape(shape)


_BY_NAME["numpy"] = _NUMPY = Reduction("numpy", _reduce_numpy, _build_numpy)
_BY_NAME["ndarray"] = _ARRAY = Reduction("ndarray", _reduce_array, _build_array)


def reduction_of(kind: type) -> Reduction | None:
    """Return how values of exactly ``kind`` are taken apart, or None when nothing is known of it."""
    known = _REDUCTIONS.get(kind)
    numpy = sys.modules.get("numpy")
    if known is None and numpy is not None:
        if issubclass(kind, numpy.generic):
            return _NUMPY
        if kind is numpy.ndarray:
            return _ARRAY
    return known


def reduction_named(name: str) -> Reduction:
    """Return the reduction that was written as ``name``."""
    return _BY_NAME[name]


@dataclass(frozen=True, slots=True)
class Record:
    """A class of the user's: its registered name, its fields in order, and how a value is built from them."""

    name: str
    fields: tuple[str, ...]
    build: Callable[..., object]


def record_of(name: str, kind: type) -> Record | None:
    """Return how values of a NamedTuple, dataclass or enum travel; None where ``kind`` is none of these."""
    if issubclass(kind, enum.Flag):
        return Record(name, ("_value_",), kind)
    if issubclass(kind, enum.Enum):
        return Record(name, ("_name_",), kind.__getitem__)
    if issubclass(kind, tuple) and hasattr(kind, "_fields"):
        return Record(name, tuple(kind._fields), lambda *parts: tuple.__new__(kind, parts))
    if is_dataclass(kind):
        names = tuple(field.name for field in fields(kind))
        return Record(name, names, _dataclass_builder(kind, names))
    return None


def _dataclass_builder(kind: type, names: tuple[str, ...]) -> Callable[..., object]:
    """Return a constructor that sets fields without `__init__`, whose effects the value already shows."""
    create, assign = object.__new__, object.__setattr__

    def build(*parts: object) -> object:
        value: object = create(kind)
        for name, part in zip(names, parts, strict=True):
            assign(value, name, part)
        return value

    return build
