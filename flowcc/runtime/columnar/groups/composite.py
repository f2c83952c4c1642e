"""Groups by keys of any columns: bools, floats, what may be None, tuples and records, beside whole numbers and texts.

Each part of a key is numbered by itself, and pairs of numbers are numbered again. Of equal keys (0.0 and -0.0) the
first one counts, as in a dict. A key with nan equals no other, not even one like it: `are_keys` tells of those.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeAlias

import numpy as np

from flowcc.runtime.columnar.groups.keys import NUMBERING, IntKeys, Keys, Library, keys_of
from flowcc.runtime.columns import Buffer, Columns, concat, empty
from flowcc.runtime.schema import FLOAT64, INT64, Scalar, Schema, Struct, leaves

HALF = 32


Numbering: TypeAlias = "Keys | FirstKeys"


def routines_of(schema: Schema) -> Sequence[Callable[..., int]] | None:
    """Return the routines that numbering keys of a schema takes; None where they are not equal as their parts are."""
    if schema in NUMBERING:
        return NUMBERING[schema]
    if not _equal_by_parts(schema):
        return None
    kinds = {Scalar(leaf.kind) for leaf in leaves(schema)} & NUMBERING.keys() | {INT64}
    return [routine for kind in NUMBERING if kind in kinds for routine in NUMBERING[kind]]


def _equal_by_parts(schema: Schema) -> bool:
    if isinstance(schema, Scalar):
        return True
    record: Any = schema.record or tuple
    if issubclass(record, tuple):
        own = record.__eq__ is tuple.__eq__ and record.__hash__ is tuple.__hash__
    else:  # a dataclass, whose own comparison is made from text
        code = getattr(record.__eq__, "__code__", None)
        made = code is not None and code.co_filename == "<string>" and record.__hash__ is not None
        own = made and all(field.compare for field in dataclasses.fields(record))
    return own and all(map(_equal_by_parts, schema.items))


def numbering_of(schema: Schema, library: Library) -> Numbering:
    """Return an empty numbering of keys of a schema, with its `routines_of` in the library."""
    return keys_of(schema, library) if schema in NUMBERING else FirstKeys(schema, library)


def are_keys(columns: Columns) -> bool:
    """Whether equal items of a column are equal as keys, whatever objects they are made as."""
    start = 0
    for leaf in leaves(columns.schema):
        if leaf.kind == "float64":
            missing = np.isnan(columns.buffers[start])
            if bool((missing & columns.buffers[start + 1] if leaf.nullable else missing).any()):
                return False
        start += leaf.width
    return True


class FirstKeys:
    """Numbers by what parts of keys are equal to, and the first key of each number."""

    def __init__(self, schema: Schema, library: Library) -> None:
        self._numbers = _part(schema, library)
        self._firsts: list[Columns] = [empty(schema)]

    @property
    def known(self) -> int:
        """How many groups there are."""
        return self._numbers.known

    def number(self, keys: Columns) -> Buffer:
        """Return the group of each of at most `CHUNK` keys; new ones are added."""
        before = self._numbers.known
        ids = self._numbers.number(keys)
        if self._numbers.known > before:
            greatest = np.maximum.accumulate(ids)
            is_first = np.diff(greatest, prepend=before - 1) > 0
            self._firsts.append(keys.keep(is_first & (greatest >= before)))
        return ids

    def columns(self) -> Columns:
        """Return the keys of all groups."""
        self._firsts = [concat(self._firsts)]
        return self._firsts[0]


class _Part(Protocol):
    """What numbers parts of keys, in order of first appearance."""

    @property
    def known(self) -> int: ...

    def number(self, keys: Columns) -> Buffer: ...


def _part(schema: Schema, library: Library) -> _Part:
    if isinstance(schema, Struct):
        return _Parts(schema, library)
    if schema.nullable:
        return _Optional(schema, library)
    return keys_of(schema, library) if schema in NUMBERING else _Coded(schema, library)


class _Codes:
    """Numbers of what is said by one whole number."""

    def __init__(self, library: Library) -> None:
        self._codes = IntKeys(library, 0)

    @property
    def known(self) -> int:
        return self._codes.known

    def of(self, codes: Buffer) -> Buffer:
        return self._codes.number(Columns(INT64, (codes,), len(codes)))


class _Coded:
    """Bools and floats."""

    def __init__(self, schema: Scalar, library: Library) -> None:
        self._codes = _Codes(library)
        self._float = schema == FLOAT64

    @property
    def known(self) -> int:
        return self._codes.known

    def number(self, keys: Columns) -> Buffer:
        values = keys.buffers[0]
        return self._codes.of((values + 0.0).view(np.int64) if self._float else values.astype(np.int64))


class _Optional:
    """What may be None."""

    def __init__(self, schema: Scalar, library: Library) -> None:
        self._present = Scalar(schema.kind)
        self._numbers = _part(self._present, library)
        self._codes = _Codes(library)

    @property
    def known(self) -> int:
        return self._codes.known

    def number(self, keys: Columns) -> Buffer:
        *buffers, mask = keys.buffers
        ids = self._numbers.number(Columns(self._present, tuple(buffers), len(keys)))
        return self._codes.of(np.where(mask, ids + 1, 0))


class _Parts:
    """Tuples and records."""

    def __init__(self, schema: Struct, library: Library) -> None:
        self._parts = [_part(item, library) for item in schema.items]
        self._pairs = [_Codes(library) for _ in schema.items[1:]]

    @property
    def known(self) -> int:
        return self._pairs[-1].known if self._pairs else self._parts[0].known

    def number(self, keys: Columns) -> Buffer:
        ids = self._parts[0].number(keys.item(0))
        for at, (part, pairs) in enumerate(zip(self._parts[1:], self._pairs, strict=True), 1):
            ids = pairs.of(ids << HALF | part.number(keys.item(at)))
        return ids
