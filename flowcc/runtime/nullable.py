"""Batches whose schemas differ only in where None may be, brought under one schema."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

import numpy as np

from flowcc.runtime.columns import Buffer, Columns
from flowcc.runtime.schema import Scalar, Schema, Struct


def alike(parts: Sequence[Columns]) -> list[Columns] | None:
    """Return the same batches under one schema, sharing buffers; None where they differ in more than None."""
    if all(part.schema == parts[0].schema for part in parts):
        return list(parts)
    schemas: list[Schema | None] = [part.schema for part in parts]
    common = reduce(_common, schemas)
    return None if common is None else [_under(common, part) for part in parts]


def _common(left: Schema | None, right: Schema | None) -> Schema | None:
    if isinstance(left, Scalar) and isinstance(right, Scalar):
        return Scalar(left.kind, left.nullable or right.nullable) if left.kind == right.kind else None
    if not isinstance(left, Struct) or not isinstance(right, Struct):
        return None
    if (left.names, left.record, len(left.items)) != (right.names, right.record, len(right.items)):
        return None
    items = [_common(one, other) for one, other in zip(left.items, right.items, strict=True)]
    known = tuple(item for item in items if item is not None)
    return Struct(known, left.names, left.record) if len(known) == len(items) else None


def _under(schema: Schema, part: Columns) -> Columns:
    return Columns(schema, tuple(_buffers(schema, part)), part.length)


def _buffers(schema: Schema, part: Columns) -> list[Buffer]:
    if isinstance(schema, Struct):
        return [buffer for at, item in enumerate(schema.items) for buffer in _buffers(item, part.item(at))]
    assert isinstance(part.schema, Scalar)
    added = schema.nullable and not part.schema.nullable
    return [*part.buffers, *([np.ones(part.length, np.bool_)] if added else [])]
