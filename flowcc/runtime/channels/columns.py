"""Columns in frames: a short description, then the batch's own buffers, neither written nor read item by item."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np

from flowcc.runtime.batches import Batch
from flowcc.runtime.channels.codec import Codec
from flowcc.runtime.channels.faults import foreign_frame
from flowcc.runtime.channels.frame import Buffer, Frame
from flowcc.runtime.columnar.groups.mapping import Mapping, mapping_of
from flowcc.runtime.columns import DTYPES, Columns, roles
from flowcc.runtime.schema import BUFFERS, Scalar, Schema, Struct

_BYTES: dict[str, np.dtype[Any]] = {
    "offsets": np.dtype(np.int64),
    "bytes": np.dtype(np.uint8),
    "mask": np.dtype(np.bool_),
}
KINDS: dict[str, type | None] = {"": None, "dict": dict, "Counter": Counter}


class ColumnsCodec:
    """Writes and reads columns; remembers the schemas it has met, as they come again with every batch."""

    def __init__(self, codec: Codec) -> None:
        self._codec = codec
        self._written: dict[tuple[Schema, str], bytes | None] = {}
        self._read: dict[bytes, tuple[Schema, type | None]] = {}

    def write(self, batch: Batch) -> tuple[int, tuple[Buffer, ...]] | None:
        """Return how long the columns of a frame are, and its buffers; None where it is to be written as objects.

        That is where a schema names a class that is not registered, or what is held in some other way.
        """
        mapping = None if type(batch) is Columns else mapping_of(batch)
        columns, kind = (batch, "") if mapping is None else (mapping.pairs, mapping.kind.__name__)
        buffers = self._write(columns, kind) if isinstance(columns, Columns) else None
        return None if buffers is None else (len(columns), buffers)

    def _write(self, batch: Columns, kind: str) -> tuple[Buffer, ...] | None:
        schema = batch.schema
        if (schema, kind) not in self._written:
            described = _describe(schema, self._codec)
            self._written[schema, kind] = None if described is None else self._codec.encode([described, kind])
        described_bytes = self._written[schema, kind]
        if described_bytes is None:
            return None
        if type(schema) is Scalar and schema.kind != "utf8":
            return (described_bytes, *map(_view, batch.buffers))
        return (described_bytes, *map(_view, _cut(batch)))

    def read(self, frame: Frame) -> Columns | Mapping:
        """Return the batch of a frame, over the frame's own memory; raises `FlowError` (F535) where it is damaged."""
        described = bytes(frame.buffers[0])
        try:
            known = self._read.get(described)
            if known is None:
                plain, kind = self._codec.decode(described)
                known = self._read[described] = _schema(plain, self._codec), KINDS[str(kind)]
                _check_kind(*known)
            schema, mapping = known
            buffers = tuple(map(np.frombuffer, frame.buffers[1:], _dtypes(schema)))
            _check(schema, buffers, frame.items)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise foreign_frame(f"its columns cannot be read ({error})") from None
        columns = Columns(schema, tuple(each if each.flags.aligned else each.copy() for each in buffers), frame.items)
        return columns if mapping is None else Mapping(mapping, columns)


def _cut(batch: Columns) -> Iterator[np.ndarray[Any, Any]]:
    """Give the buffers of a batch, of shared string bytes only those its items use."""
    first = last = 0
    for role, buffer in zip(roles(batch.schema), batch.buffers, strict=True):
        if role == "offsets":
            first, last = int(buffer[0]), int(buffer[-1])
            yield buffer - first if first else buffer
        else:
            yield buffer[first:last] if role == "bytes" else buffer


def _view(buffer: np.ndarray[Any, Any]) -> memoryview:
    return np.ascontiguousarray(buffer).view(np.uint8).data


def _describe(schema: Schema, codec: Codec) -> object:
    if isinstance(schema, Scalar):
        return (schema.kind, schema.nullable)
    items = [_describe(item, codec) for item in schema.items]
    record = "" if schema.record is None else codec.name_of(schema.record)
    return None if record is None or None in items else (items, schema.names, record)


def _schema(described: Any, codec: Codec) -> Schema:
    if len(described) == 2:
        kind, nullable = described
        if kind not in BUFFERS:
            raise ValueError(f"no column holds {kind!r}")
        return Scalar(kind, bool(nullable))
    items, names, record = described
    return Struct(tuple(_schema(item, codec) for item in items), names, codec.class_named(record) if record else None)


def _check_kind(schema: Schema, kind: type | None) -> None:
    """Raise ValueError where the entries of a mapping are no pairs."""
    if kind is not None and not (isinstance(schema, Struct) and len(schema.items) == 2):
        raise ValueError("its entries are no pairs")


def _dtypes(schema: Schema) -> Iterator[np.dtype[Any]]:
    if isinstance(schema, Struct):
        for item in schema.items:
            yield from _dtypes(item)
        return
    for role in roles(schema):
        yield _values_dtype(schema) if role == "values" else _BYTES[role]


def _values_dtype(leaf: Scalar) -> np.dtype[Any]:
    dtype: np.dtype[Any] = DTYPES[leaf.kind]
    return dtype


def _check(schema: Schema, buffers: tuple[np.ndarray[Any, Any], ...], length: int) -> None:
    """Raise ValueError where buffers are missing, or too short for what the schema says of them."""
    offsets = None
    for role, buffer in zip(roles(schema), buffers, strict=True):
        if role == "bytes":
            assert offsets is not None
            if offsets[0] != 0 or offsets[-1] != len(buffer) or (np.diff(offsets) < 0).any():
                raise ValueError("the offsets of its strings are wrong")
        elif len(buffer) != length + (role == "offsets"):
            raise ValueError("its columns differ in length")
        offsets = buffer if role == "offsets" else None
