"""Columns in frames: a short description, then the batch's own buffers, neither written nor read item by item."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

import numpy as np

from flowcc.runtime.channels.codec import Codec
from flowcc.runtime.channels.faults import foreign_frame
from flowcc.runtime.channels.frame import Buffer, Frame
from flowcc.runtime.columns import DTYPES, Columns, roles
from flowcc.runtime.schema import BUFFERS, Scalar, Schema, Struct

_BYTES: dict[str, np.dtype[Any]] = {
    "offsets": np.dtype(np.int64),
    "bytes": np.dtype(np.uint8),
    "mask": np.dtype(np.bool_),
}


def write_columns(batch: Columns, codec: Codec) -> tuple[Buffer, ...] | None:
    """Return the buffers of a frame, or None where the schema names a class that is not registered."""
    described = _describe(batch.schema, codec)
    if described is None:
        return None
    buffers: list[np.ndarray[Any, Any]] = []
    first = last = 0
    for role, buffer in zip(roles(batch.schema), batch.buffers, strict=True):
        if role == "offsets":
            first, last = int(buffer[0]), int(buffer[-1])
            buffers.append(buffer - first if first else buffer)
        else:
            buffers.append(buffer[first:last] if role == "bytes" else buffer)
    return (codec.encode([described, len(batch)]), *(_view(buffer) for buffer in buffers))


def _view(buffer: np.ndarray[Any, Any]) -> memoryview:
    return np.ascontiguousarray(buffer).view(np.uint8).data


def _describe(schema: Schema, codec: Codec) -> object:
    if isinstance(schema, Scalar):
        return (schema.kind, schema.nullable)
    items = [_describe(item, codec) for item in schema.items]
    record = "" if schema.record is None else codec.name_of(schema.record)
    return None if record is None or None in items else (items, schema.names, record)


def read_columns(frame: Frame, codec: Codec) -> Columns:
    """Return the batch of a frame, over the frame's own memory; raises `FlowError` (F535) where it is damaged."""
    try:
        described, length = cast("tuple[Any, int]", codec.decode(frame.buffers[0]))
        schema = _schema(described, codec)
        buffers = tuple(map(np.frombuffer, frame.buffers[1:], _dtypes(schema)))
        _check(schema, buffers, length)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise foreign_frame(f"its columns cannot be read ({error})") from None
    return Columns(schema, tuple(buffer if buffer.flags.aligned else buffer.copy() for buffer in buffers), length)


def _schema(described: Any, codec: Codec) -> Schema:
    if len(described) == 2:
        kind, nullable = described
        if kind not in BUFFERS:
            raise ValueError(f"no column holds {kind!r}")
        return Scalar(kind, bool(nullable))
    items, names, record = described
    return Struct(tuple(_schema(item, codec) for item in items), names, codec.class_named(record) if record else None)


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
