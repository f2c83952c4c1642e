"""The numbers of keys that are looked up, and the buffers that kernels find them by.

A key of several parts, or one that may be None, is numbered part by part; the numbers of the parts make one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from flowcc.runtime.columnar.groups.keys import Library, chunks, keys_of
from flowcc.runtime.columns import Buffer, Columns
from flowcc.runtime.schema import INT64, UTF8, Scalar, Struct, parts_of_key

MOST = 2**62  # numbers that keys of several parts may have


@dataclass(frozen=True)
class Numbered:
    """The number of each key, how many there are, and the buffers that keys are found by."""

    ids: Buffer
    known: int
    buffers: tuple[Buffer, ...]


def numbers_of(keys: Columns, library: Library) -> Numbered | None:
    """Number keys; those of parts by the numbers of their parts, None where that would take more than 64 bits."""
    parts = parts_of_key(keys.schema)
    if not parts:
        return _whole(keys, library)
    columns = [keys.item(n) for n in range(len(parts))] if isinstance(keys.schema, Struct) else [keys]
    whole, size = np.zeros(len(keys), np.int64), 1
    buffers: tuple[Buffer, ...] = ()
    for column in columns:
        part = _part(column, library)
        size *= part.known
        if size >= MOST:
            return None
        whole = whole * part.known + part.ids
        buffers += part.buffers
    found = _whole(Columns(INT64, (whole,), len(keys)), library)
    return Numbered(found.ids, found.known, (*buffers, *found.buffers))


def _part(part: Columns, library: Library) -> Numbered:
    """Number a part of a key; None has the number behind all others."""
    assert isinstance(part.schema, Scalar)
    if not part.schema.nullable:
        return _whole(part, library)
    *values, mask = part.buffers
    present = Columns(Scalar(part.schema.kind), tuple(values), len(part)).keep(mask)
    found = _whole(present, library)
    ids = np.full(len(part), found.known, np.int64)
    ids[mask] = found.ids
    return Numbered(ids, found.known + 1, found.buffers)


def _whole(keys: Columns, library: Library) -> Numbered:
    numbered = keys_of(UTF8 if keys.schema == UTF8 else INT64, library, len(keys))
    ids = np.concatenate([numbered.number(part) for (part,) in chunks(as_numbers(keys))])
    return Numbered(ids, numbered.known, numbered.buffers())


def as_numbers(keys: Columns) -> Columns:
    """Return keys as whole numbers that are equal where the keys are; texts as they are."""
    match keys.schema:
        case Scalar("bool"):
            return Columns(INT64, (keys.buffers[0].astype(np.int64),), len(keys))
        case Scalar("float64"):
            return Columns(INT64, ((keys.buffers[0] + 0.0).view(np.int64),), len(keys))  # -0.0 becomes 0.0
    return keys
