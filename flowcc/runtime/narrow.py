"""Records with only the fields that anything reads, so that less is read, copied and sent.

A narrowed record is a NamedTuple of the kept fields, named after its class. Only what reads nothing but fields sees
one (`passes/needed_columns.py`), and its ``repr``, in the note of an exception, says that fields were left out.
What holds no records, or not of these fields, stays as it is: a class with a method or property of that name, say.
"""

from __future__ import annotations

from collections import namedtuple
from functools import cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from flowcc.runtime.batches import Batch
from flowcc.runtime.schema import Scalar, Struct, record_fields

if TYPE_CHECKING:
    from flowcc.runtime.columns import Columns

WHOLE = "_narrowed_from"  # the attribute of a narrowed class that says of which one
SECOND = "[1]"  # of pairs, the second is meant


def narrow(batch: Batch, only: tuple[str, ...]) -> Batch:
    """Return a batch whose records have the fields ``only``, and one where that is none: they still are so many.

    Where `SECOND` stands first, it is the records in pairs that have those behind it.
    """
    columns: Any = batch
    if only[:1] == (SECOND,):
        return _narrow_seconds(batch, only[1:]) if isinstance(batch, list) else _narrow_pairs(columns, only[1:])
    return _narrow_objects(batch, only) if isinstance(batch, list) else _narrow_columns(columns, only)


def _narrow_seconds(pairs: list[Any], only: tuple[str, ...]) -> list[Any]:
    if set(map(type, pairs)) != {tuple} or set(map(len, pairs)) != {2}:
        return pairs
    seconds = [second for _, second in pairs]
    narrowed = _narrow_objects(seconds, only)
    return pairs if narrowed is seconds else list(zip((first for first, _ in pairs), narrowed, strict=True))


def _narrow_pairs(batch: Columns, only: tuple[str, ...]) -> Columns:
    schema = batch.schema
    if not isinstance(schema, Struct) or schema.record is not None or len(schema.items) != 2:
        return batch
    first, second = batch.item(0), _narrow_columns(batch.item(1), only)
    return type(batch)(Struct((first.schema, second.schema)), (*first.buffers, *second.buffers), len(batch))


def _narrow_columns(batch: Columns, only: tuple[str, ...]) -> Columns:
    schema = batch.schema
    if not isinstance(schema, Struct) or (narrowed := narrow_schema(schema, only)) is schema:
        return batch
    parts = [batch.item(schema.names.index(name)) for name in narrowed.names]
    return type(batch)(narrowed, tuple(buffer for part in parts for buffer in part.buffers), len(batch))


def narrow_schema(schema: Struct, only: tuple[str, ...]) -> Struct:
    """Return the schema of records that were narrowed; of other tuples the same schema."""
    if schema.record is None:
        return schema
    kind = narrowed_class(schema.record, only or (_cheapest(schema),))
    if kind is None:
        return schema
    return Struct(tuple(schema.items[schema.names.index(name)] for name in kind._fields), kind._fields, kind)


def _narrow_objects(items: list[Any], only: tuple[str, ...]) -> list[Any]:
    kinds = set(map(type, items))
    if len(kinds) != 1:
        return items
    (record,) = kinds
    kind = narrowed_class(record, only or (record_fields(record) or ("",))[:1])
    if kind is None:
        return items
    try:
        if len(kind._fields) == 1:
            return list(map(kind, map(attrgetter(kind._fields[0]), items)))
        return list(map(kind._make, map(attrgetter(*kind._fields), items)))
    except AttributeError:  # an object that was not made by its class's constructor
        return items


def _cheapest(schema: Struct) -> str:
    """Return a field that takes little room."""
    widths = [item.width if isinstance(item, Scalar) else 99 for item in schema.items]
    return schema.names[widths.index(min(widths))]


@cache
def narrowed_class(record: type, only: tuple[str, ...]) -> Any:
    """Return the class of ``record`` with the fields ``only``; None where there is none, or that is all of them.

    The same class comes back for the same fields, so that schemas compare equal.
    """
    fields = record_fields(record)
    kept = tuple(name for name in fields or () if name in only)
    if fields is None or kept == fields or len(kept) < len(set(only)) or any(name.startswith("_") for name in kept):
        return None
    return _made(getattr(record, WHOLE, record), kept)


def _made(record: type, kept: tuple[str, ...]) -> Any:
    make: Any = namedtuple  # whose fields are known only now
    kind = make(record.__name__, kept, module=record.__module__)
    setattr(kind, WHOLE, record)
    kind.__repr__ = _repr
    return _known.setdefault((record, kept), kind)  # for all threads the one that was first


_known: dict[tuple[type, tuple[str, ...]], Any] = {}


def narrowed_from(kind: type) -> type | None:
    """Return the class that ``kind`` was narrowed from, None for any other."""
    return getattr(kind, WHOLE, None) if issubclass(kind, tuple) else None


def _repr(item: Any) -> str:
    shown = ", ".join(f"{name}={value!r}" for name, value in zip(item._fields, item, strict=True))
    return f"{type(item).__name__}({shown}, …)"
