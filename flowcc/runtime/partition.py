"""Which member owns a key: the same one in every process and on every machine, and one for all keys that are equal.

Python's own ``hash`` will not do, because that of strings differs between processes. Numbers have one that does not,
and that agrees for equal numbers of any type; everything else is taken apart until numbers, strings and bytes are left.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from dataclasses import fields, is_dataclass
from enum import Enum
from numbers import Number
from pathlib import PurePath
from typing import Any
from uuid import UUID
from zlib import crc32

from flowcc.runtime.batches import Batch, rows
from flowcc.runtime.faults import key_not_shared

MASK = (1 << 64) - 1
GOLDEN = 0x9E3779B97F4A7C15  # 2**64 over the golden ratio: spreads neighbouring numbers (Knuth, TAOCP 6.4)
TEXT, BYTES, TUPLE, SET, RECORD, TIME = range(1, 7)  # tell kinds apart that are never equal
REMEMBERED = 1 << 16  # keys whose owner is kept


class Owners(dict[Any, int]):
    """Key → the member that owns it, kept for a while once found. Raises TypeError for a key that cannot be hashed."""

    def __init__(self, members: int) -> None:
        super().__init__()
        self.members = members

    def __missing__(self, key: Any) -> int:
        if len(self) >= REMEMBERED:
            self.clear()
        member = self[key] = owner(key, self.members)
        return member


def owner(key: object, members: int) -> int:
    """Return the number of the member, of ``members``, that owns ``key``; raises `FlowError` (F521) if none can."""
    return stable_hash(key) * members >> 64


def partition(batch: Batch, keys: Sequence[object], members: int) -> list[tuple[int, Batch]]:
    """Return (member, items) for the members that own items of the batch, each in the batch's order."""
    return partition_by(batch, keys, Owners(members))


def partition_by(batch: Batch, keys: Sequence[object], owners: Owners) -> list[tuple[int, Batch]]:
    """Return (member, items) as `partition` does, with owners that are known from earlier batches."""
    shares: list[list[Any]] = [[] for _ in range(owners.members)]
    puts = [share.append for share in shares]
    for key, item in zip(keys, rows(batch), strict=True):
        puts[owners[key]](item)
    return [(member, share) for member, share in enumerate(shares) if share]


def stable_hash(key: Any) -> int:
    """Return 64 bits that depend on the key's value alone, and are the same for equal keys."""
    kind = type(key)
    if kind is str:
        return _mixed(TEXT << 32 | crc32(key.encode("utf-8", "surrogatepass")))
    if kind is int or kind is float or kind is bool:
        return _of_number(key)
    if kind is tuple:
        return _of_sequence(TUPLE, key)
    return _of_other(key)


def _mixed(bits: int) -> int:
    """Return 64 well-spread bits (the finaliser of SplitMix64), of which the upper ones may be used alone."""
    bits = (bits * GOLDEN) & MASK
    bits = ((bits ^ bits >> 30) * 0xBF58476D1CE4E5B9) & MASK
    bits = ((bits ^ bits >> 27) * 0x94D049BB133111EB) & MASK
    return bits ^ bits >> 31


def _of_number(key: Any) -> int:
    return _mixed(hash(key) & MASK if key == key else 0)  # the hash of nan is that of the object


def _of_sequence(tag: int, parts: Sequence[Any]) -> int:
    bits = tag
    for part in parts:
        bits = _mixed(bits + stable_hash(part))
    return bits


def _of_datetime(key: datetime.datetime) -> int:
    offset = key.utcoffset()
    if offset is None:
        return _of_sequence(TIME, (key.replace(fold=0).isoformat(),))
    return _of_sequence(TIME, (key.replace(tzinfo=None, fold=0) - offset - datetime.datetime.min,))


def _of_time(key: datetime.time) -> int:
    offset = key.utcoffset()
    since = datetime.timedelta(hours=key.hour, minutes=key.minute, seconds=key.second, microseconds=key.microsecond)
    return _of_sequence(TIME, (since if offset is None else since - offset, offset is None))


def _of_range(key: range) -> int:
    """Hash what `range.__eq__` compares: the numbers in it."""
    shape = (len(key), *(key[:1] or ()), *((key.step,) if len(key) > 1 else ()))
    return _of_sequence(RECORD, ("range", *shape))


Hash = Callable[[Any], int]
KINDS: tuple[tuple[type, Hash], ...] = (
    (str, lambda key: stable_hash(str.__str__(key))),  # before Enum: members of StrEnum equal strings
    (int, _of_number),
    (Number, _of_number),
    (tuple, lambda key: _of_sequence(TUPLE, key)),
    (bytes, lambda key: _mixed(BYTES << 32 | crc32(key))),
    (memoryview, lambda key: _mixed(BYTES << 32 | crc32(key.tobytes()))),
    (frozenset, lambda key: _mixed(SET + sum(map(stable_hash, key)) & MASK)),
    (Enum, lambda key: _of_sequence(RECORD, (type(key).__qualname__, key.name))),
    (datetime.datetime, _of_datetime),
    (datetime.date, lambda key: _of_sequence(TIME, (key.toordinal(),))),
    (datetime.time, _of_time),
    (datetime.timedelta, lambda key: _of_sequence(TIME, (key.days, key.seconds, key.microseconds))),
    (UUID, lambda key: _of_sequence(RECORD, ("UUID", key.int))),
    (PurePath, lambda key: _of_sequence(RECORD, ("path", key.as_posix()))),
    (range, _of_range),
    (type, lambda key: _of_sequence(RECORD, ("type", key.__module__, key.__qualname__))),
    (type(None), lambda _: _mixed(RECORD)),
    (type(...), lambda _: _mixed(TIME)),
)


def _of_other(key: Any) -> int:
    hash(key)  # raises Python's own TypeError for what cannot be a key
    for kind, function in KINDS:
        if isinstance(key, kind):
            return function(key)
    if is_dataclass(key):
        values = [getattr(key, field.name) for field in fields(key) if field.compare]
        return _of_sequence(RECORD, (type(key).__qualname__, *values))
    raise key_not_shared(key)
