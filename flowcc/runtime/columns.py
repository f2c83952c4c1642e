"""A batch as NumPy buffers under a schema, and the way from Python objects and back, type for type.

Leaves lie side by side in `buffers`, in the schema's order: `int64`, `float64` and `bool` one array each,
`utf8` int64 offsets (one more than items; the first need not be 0) and uint8 bytes; a nullable leaf is
followed by its mask (True: present; what stands under False is anything). A slice shares its buffers.
What comes from NumPy, Arrow, pandas and polars is in `arrays.py` and `arrow.py`.
"""

from __future__ import annotations

import struct
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from itertools import accumulate, pairwise, repeat
from operator import attrgetter, itemgetter
from types import NoneType
from typing import Any, TypeAlias, overload

import numpy as np
from numpy.typing import NDArray

from flowcc.runtime.garbage import no_search
from flowcc.runtime.loaded import loaded
from flowcc.runtime.schema import KINDS, Scalar, Schema, Struct, record_fields

Buffer: TypeAlias = NDArray[Any]

MANY = 256  # strings that are made with pyarrow if it is loaded: half the time
CODES = {"int64": "q", "float64": "d", "bool": "?"}  # of `struct`
DTYPES = {"int64": np.dtype(np.int64), "float64": np.dtype(np.float64), "bool": np.dtype(np.bool_)}


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """A batch of ``length`` items of one schema; never changed once made."""

    schema: Schema
    buffers: tuple[Buffer, ...]
    length: int

    def __len__(self) -> int:
        return self.length

    def rows(self) -> list[Any]:
        """Return the items as Python objects of exactly the types the schema names."""
        if self.length < MANY or not isinstance(self.schema, Struct):
            return _rows(self.schema, iter(self.buffers), self.length)
        with no_search():
            return _rows(self.schema, iter(self.buffers), self.length)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.rows())

    @overload
    def __getitem__(self, index: slice) -> Columns: ...
    @overload
    def __getitem__(self, index: int) -> Any: ...
    def __getitem__(self, index: slice | int) -> Any:
        if not isinstance(index, slice):
            at = range(self.length)[index]
            return self[at : at + 1].rows()[0]
        start, stop, step = index.indices(self.length)
        if step != 1:
            return self.take(np.arange(start, stop, step, dtype=np.int64))
        stop = max(start, stop)
        buffers = (
            buffer if role == "bytes" else buffer[start : stop + (role == "offsets")]
            for role, buffer in zip(roles(self.schema), self.buffers, strict=True)
        )
        return Columns(self.schema, tuple(buffers), stop - start)

    @property
    def nbytes(self) -> int:
        """The bytes the items take; of shared string bytes, those these items use."""
        total = 0
        for role, buffer in zip(roles(self.schema), self.buffers, strict=True):
            if role == "offsets":
                total += buffer.nbytes + int(buffer[-1] - buffer[0])
            elif role != "bytes":
                total += buffer.nbytes
        return total

    def item(self, index: int) -> Columns:
        """Return one item of a struct (a field) as a column of its own, sharing buffers."""
        assert isinstance(self.schema, Struct)
        start = sum(item.width for item in self.schema.items[:index])
        schema = self.schema.items[index]
        return Columns(schema, self.buffers[start : start + schema.width], self.length)

    def take(self, indices: NDArray[Any]) -> Columns:
        """Return the items at ``indices`` (an integer array), in that order, as new buffers."""
        taken: list[Buffer] = []
        buffers = iter(self.buffers)
        for role in roles(self.schema):
            if role == "offsets":
                taken.extend(_take_utf8(next(buffers), next(buffers), indices))
            elif role != "bytes":
                taken.append(next(buffers)[indices])
        return Columns(self.schema, tuple(taken), len(indices))

    def keep(self, mask: NDArray[np.bool_]) -> Columns:
        """Return the items where ``mask`` is True."""
        return self.take(np.flatnonzero(mask))


def roles(schema: Schema) -> Iterator[str]:
    """Yield what each buffer of a schema holds: ``values``, ``offsets``, ``bytes`` or ``mask``."""
    if isinstance(schema, Struct):
        for item in schema.items:
            yield from roles(item)
        return
    yield from ("offsets", "bytes") if schema.kind == "utf8" else ("values",)
    if schema.nullable:
        yield "mask"


def empty(schema: Schema) -> Columns:
    """Return a batch of no items."""
    columns = columns_of([], schema)
    assert columns is not None
    return columns


def concat(parts: Sequence[Columns]) -> Columns:
    """Return all items of batches of one schema, in order; a single batch is handed back itself."""
    if len(parts) == 1:
        return parts[0]
    schema = parts[0].schema
    assert all(part.schema == schema for part in parts)
    merged: list[Buffer] = []
    names = list(roles(schema))
    for at, role in enumerate(names):
        pieces = [part.buffers[at] for part in parts]
        if role == "offsets":
            merged.extend(_concat_utf8(pieces, [part.buffers[at + 1] for part in parts]))
        elif role != "bytes":
            whole = _side_by_side(pieces, 0)
            merged.append(np.concatenate(pieces) if whole is None else whole)
    return Columns(schema, tuple(merged), sum(part.length for part in parts))


def columns_of(items: list[Any], schema: Schema | None = None, *, any_nan: bool = False) -> Columns | None:
    """Return ``items`` as columns, or None when that would lose anything about them.

    Lost would be: a type (`bool` is no `int`, a subclass is not its base), an integer past 64 bits, a lone
    surrogate, a mixture, and which `nan` is the same object as which (sets and `in` can tell) unless ``any_nan``.
    With a schema, items must be of it (None counts only where it is nullable); without, and without items, None.
    """
    if schema is None and (schema := _schema_of(items)) is None:
        return None
    try:
        buffers = _buffers(items, schema, any_nan)
    except (OverflowError, struct.error, UnicodeEncodeError):
        return None
    return None if buffers is None else Columns(schema, tuple(buffers), len(items))


def schema_of(items: list[Any]) -> Schema | None:
    """Return the one schema all items have, as far as their types say, or None."""
    return _schema_of(items)


def _are_all(items: Sequence[Any], only: type) -> bool:
    """Whether items are of a type, and of none derived from it."""
    return list(map(type, items)).count(only) == len(items)  # half the time of a set


def _schema_of(items: Sequence[Any]) -> Schema | None:
    types = {type(items[0])} if items and _are_all(items, type(items[0])) else set(map(type, items))
    nullable = NoneType in types
    types.discard(NoneType)
    if len(types) != 1:
        return None
    (only,) = types
    if only in KINDS:
        return Scalar(KINDS[only], nullable)
    if nullable:
        return None
    fields = fields_of(items, only)
    if fields is None:
        return None
    names, values = fields
    schemas = tuple(inner for column in values if (inner := _schema_of(column)) is not None)
    record = None if only is tuple else only
    return Struct(schemas, names, record) if len(schemas) == len(values) else None


def fields_of(items: Sequence[Any], record: type) -> tuple[tuple[str, ...], list[tuple[Any, ...]]] | None:
    """Return the field names (none for a tuple) and a tuple of values for each field."""
    if record is tuple:
        return None if len(set(map(len, items))) != 1 or not items[0] else ((), _unzipped(items, len(items[0])))
    names = record_fields(record)
    return None if not names else (names, _columns_of_record(items, record, names))


def _unzipped(items: Sequence[Any], count: int) -> list[tuple[Any, ...]]:
    """Return ``zip(*items)``, without an iterator for every item, which garbage collection would look at."""
    return [tuple(map(itemgetter(number), items)) for number in range(count)]


def _columns_of_record(items: Sequence[Any], record: type, names: tuple[str, ...]) -> list[tuple[Any, ...]]:
    if issubclass(record, tuple) and record.__getitem__ is tuple.__getitem__:
        return _unzipped(items, len(names))
    return [tuple(map(attrgetter(name), items)) for name in names]


def _buffers(items: Sequence[Any], schema: Schema, any_nan: bool) -> list[Buffer] | None:
    if isinstance(schema, Scalar):
        return _scalar_buffers(items, schema, any_nan)
    if not _are_all(items, schema.record or tuple):
        return None
    values: Sequence[Sequence[Any]]
    if not items:
        values = [()] * len(schema.items)
    elif schema.record is None:
        if set(map(len, items)) != {len(schema.items)}:
            return None
        values = _unzipped(items, len(schema.items))
    else:
        values = _columns_of_record(items, schema.record, schema.names)
    joined: list[Buffer] = []
    for column, inner in zip(values, schema.items, strict=True):
        if (buffers := _buffers(column, inner, any_nan)) is None:
            return None
        joined.extend(buffers)
    return joined


MANY_TEXTS = 64
BLANKS: dict[str, Any] = {"int64": 0, "float64": 0.0, "bool": False, "utf8": ""}
EXACT = {kind: only for only, kind in KINDS.items()}


def _scalar_buffers(items: Sequence[Any], schema: Scalar, any_nan: bool) -> list[Buffer] | None:
    masks: list[Buffer] = []
    if schema.nullable:
        masks = [np.fromiter((item is not None for item in items), np.bool_, len(items))]
        if not masks[0].all():
            blank = BLANKS[schema.kind]
            items = [blank if item is None else item for item in items]
    if not _are_all(items, EXACT[schema.kind]):
        return None
    if schema.kind == "utf8":
        return [*_encode(items), *masks]
    values = _packed(items, schema.kind)
    if schema.kind == "float64" and not any_nan and np.isnan(values).any():
        return None
    return [values, *masks]


def _packed(items: Sequence[Any], kind: str) -> Buffer:
    """Return numbers as an array, in a third of the time that NumPy takes to look at each."""
    dtype = DTYPES[kind]
    room = bytearray(dtype.itemsize * len(items))
    struct.pack_into(f"{len(items)}{CODES[kind]}", room, 0, *items)
    return np.frombuffer(room, dtype)


def _encode(items: Sequence[str]) -> tuple[Buffer, Buffer]:
    """Return offsets and UTF-8 bytes; a lone surrogate raises UnicodeEncodeError."""
    if len(items) >= MANY and (arrow := loaded("pyarrow")) and _pandas_costs_nothing():
        _, bounds, data = arrow.array(items, arrow.large_string()).buffers()
        return np.frombuffer(bounds, np.int64, len(items) + 1), np.frombuffer(data or b"", np.uint8)
    joined = "".join(items)
    data = joined.encode()
    lengths = map(len, items) if joined.isascii() else (len(item.encode()) for item in items)
    offsets = np.fromiter(accumulate(lengths, initial=0), np.int64, len(items) + 1)
    return offsets, np.frombuffer(data, np.uint8)


def _rows(schema: Schema, buffers: Iterator[Buffer], length: int) -> list[Any]:
    if isinstance(schema, Struct):
        return made_of(schema, [_rows(item, buffers, length) for item in schema.items])
    values: list[Any]
    values = _decode(next(buffers), next(buffers)) if schema.kind == "utf8" else next(buffers).tolist()
    if schema.nullable:
        values = [value if present else None for value, present in zip(values, next(buffers).tolist(), strict=True)]
    return values


def made_of(schema: Struct, fields: Sequence[list[Any]]) -> list[Any]:
    """Return the tuples or records that have these values in their fields."""
    if schema.record is None:
        return list(zip(*fields, strict=True))
    if issubclass(schema.record, tuple):
        return list(map(tuple.__new__, repeat(schema.record), zip(*fields, strict=True)))
    return list(map(schema.record, *fields))


def _pandas_costs_nothing() -> bool:
    """Whether pyarrow makes arrays of lists at once: with the first it imports pandas, where it finds it."""
    return "pandas" in sys.modules or not _has_pandas()


@cache
def _has_pandas() -> bool:
    return find_spec("pandas") is not None


def _decode(offsets: Buffer, data: Buffer) -> list[str]:
    if len(offsets) > MANY and (arrow := loaded("pyarrow")):
        buffers = [None, arrow.py_buffer(np.ascontiguousarray(offsets)), arrow.py_buffer(np.ascontiguousarray(data))]
        texts: list[str] = arrow.Array.from_buffers(arrow.large_string(), len(offsets) - 1, buffers, 0).to_pylist()
        return texts
    first, last = int(offsets[0]), int(offsets[-1])
    used = data[first:last].tobytes()
    bounds = (offsets - first).tolist()
    if used.isascii():
        text = used.decode("ascii")
        return [text[start:stop] for start, stop in pairwise(bounds)]
    if len(bounds) < MANY_TEXTS or b"\0" in used:
        return [used[start:stop].decode() for start, stop in pairwise(bounds)]
    separated = np.insert(data[first:last], (offsets - first)[1:-1], 0)  # so that all are decoded at once
    return separated.tobytes().decode().split("\0")


def _take_utf8(offsets: Buffer, data: Buffer, indices: NDArray[Any]) -> tuple[Buffer, Buffer]:
    starts = offsets[:-1][indices]
    lengths = offsets[1:][indices] - starts
    taken = np.zeros(len(indices) + 1, np.int64)
    np.cumsum(lengths, out=taken[1:])
    positions = np.arange(taken[-1], dtype=np.int64) + np.repeat(starts - taken[:-1], lengths)
    return taken, data[positions]


def _side_by_side(pieces: Sequence[Buffer], shared: int) -> Buffer | None:
    """Return pieces of one array that lie one behind the other as one piece, without a copy; they share some ends."""
    base, first = pieces[0].base, pieces[0]
    if not isinstance(base, np.ndarray) or base.dtype != first.dtype or base.strides != (base.itemsize,):
        return None
    begin = at = first.ctypes.data
    for piece in pieces:
        if piece.base is not base or piece.ctypes.data != at or piece.strides != base.strides:
            return None
        at += piece.nbytes - shared * base.itemsize
    start = (begin - base.ctypes.data) // base.itemsize
    return base[start : start + (at - begin) // base.itemsize + shared]


def _concat_utf8(offsets: list[Buffer], data: list[Buffer]) -> tuple[Buffer, Buffer]:
    if all(piece is data[0] for piece in data) and (whole := _side_by_side(offsets, 1)) is not None:
        return whole, data[0]
    used = [piece[at[0] : at[-1]] for at, piece in zip(offsets, data, strict=True)]
    ends = np.cumsum([0, *(len(piece) for piece in used)])
    moved = [at[1:] - at[0] + end for at, end in zip(offsets, ends, strict=False)]
    return np.concatenate([np.zeros(1, np.int64), *moved]), np.concatenate(used)
