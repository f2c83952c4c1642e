"""The type of a column: what one item of a batch is, leaf by leaf.

A schema describes exactly the values that survive a trip through buffers unchanged, type included:
`int` that fits 64 bits, `float`, `bool`, `str` without lone surrogates, `None` beside one of them, and
tuples, NamedTuples and frozen dataclasses of such. What has no schema travels as Python objects.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from types import NoneType, UnionType
from typing import Literal, TypeAlias, Union, get_args, get_origin, get_type_hints

Kind: TypeAlias = Literal["int64", "float64", "bool", "utf8"]

KINDS: dict[type, Kind] = {int: "int64", float: "float64", bool: "bool", str: "utf8"}
BUFFERS: dict[Kind, int] = {"int64": 1, "float64": 1, "bool": 1, "utf8": 2}


@dataclass(frozen=True, slots=True)
class Scalar:
    """One leaf: values, or for ``utf8`` int64 offsets and uint8 bytes; a bool mask (True: present) when nullable."""

    kind: Kind
    nullable: bool = False

    @property
    def width(self) -> int:
        """The number of buffers this leaf takes."""
        return BUFFERS[self.kind] + self.nullable

    def __str__(self) -> str:
        return self.kind + "?" * self.nullable


@dataclass(frozen=True, slots=True)
class Struct:
    """A tuple of items; with ``record`` a NamedTuple or frozen dataclass and its field names."""

    items: tuple[Schema, ...]
    names: tuple[str, ...] = ()
    record: type | None = None

    @property
    def width(self) -> int:
        """The number of buffers of all items together."""
        return sum(item.width for item in self.items)

    def __str__(self) -> str:
        if self.record is None:
            return f"({', '.join(map(str, self.items))})"
        return f"{self.record.__name__}({', '.join(f'{n}: {i}' for n, i in zip(self.names, self.items, strict=True))})"


Schema: TypeAlias = Scalar | Struct


def field_names(schema: Struct) -> tuple[str, ...]:
    """Return the names of the fields of a record; those of a tuple are ``f0``, ``f1`` and so on."""
    return schema.names or tuple(f"f{number}" for number in range(len(schema.items)))


@dataclass(frozen=True, slots=True)
class Table:
    """What is looked into by key: the schemas of its keys and of its values; sets have none.

    A ``Counter`` tells by its ``kind`` that it has a value for a key that it lacks: 0. Items that are found by a key
    of theirs are ``rows``, and ``row`` where no two have the same; only their keys may be None or tuples. Where their
    values are ``narrow``, all whole numbers fit 32 bits. The keys of a ``list`` are the places of its items.
    """

    kind: Literal["dict", "Counter", "set", "list", "row", "rows"]
    key: Schema
    value: Schema | None = None
    narrow: bool = False

    def __str__(self) -> str:
        return f"{self.kind}[{self.key}]" if self.value is None else f"{self.kind}[{self.key}, {self.value}]"


def parts_of_key(key: Schema) -> tuple[Scalar, ...]:
    """Return the parts that a key is looked up by, one after the other; none where it is looked up whole."""
    if isinstance(key, Scalar):
        return (key,) if key.nullable else ()
    return tuple(leaves(key))


INT64, FLOAT64, BOOL, UTF8 = Scalar("int64"), Scalar("float64"), Scalar("bool"), Scalar("utf8")


def leaves(schema: Schema) -> Iterator[Scalar]:
    """Yield the scalars of a schema in the order of their buffers."""
    if isinstance(schema, Scalar):
        yield schema
    else:
        for item in schema.items:
            yield from leaves(item)


def record_fields(record: type) -> tuple[str, ...] | None:
    """Return the field names of a class whose objects are nothing but their fields, else None.

    That is a class made by `NamedTuple`/`namedtuple` itself, or a frozen dataclass with the generated
    constructor, every field in it, and no code of its own that runs when an object is made.
    """
    if issubclass(record, tuple):
        own_code = any(name in record.__dict__ for name in ("__iter__", "__getitem__", "__getattribute__"))
        plain = record.__bases__ == (tuple,) and hasattr(record, "_fields") and not own_code
        return tuple(getattr(record, "_fields", ())) if plain else None
    if not dataclasses.is_dataclass(record) or record.__bases__ != (object,):
        return None
    if not record.__dataclass_params__.frozen or not record.__dataclass_params__.init:  # type: ignore[attr-defined]
        return None
    if any(hasattr(record, name) for name in ("__post_init__", "__getattr__")):
        return None
    if record.__new__ is not object.__new__ or "__getattribute__" in record.__dict__:
        return None
    fields = dataclasses.fields(record)
    if not all(field.init and not field.kw_only for field in fields):
        return None
    return tuple(field.name for field in fields)


def schema_of_annotation(annotation: object) -> Schema | None:
    """Return the schema that a type annotation promises, or None when it has no columns."""
    if isinstance(annotation, type) and annotation in KINDS:
        return Scalar(KINDS[annotation])
    if get_origin(annotation) in (Union, UnionType):
        return _optional(get_args(annotation))
    if get_origin(annotation) is tuple:
        return _struct(get_args(annotation), (), None)
    if isinstance(annotation, type) and (names := record_fields(annotation)):
        hints = get_type_hints(annotation)
        return _struct(tuple(hints.get(name) for name in names), names, annotation)
    return None


def _optional(members: tuple[object, ...]) -> Schema | None:
    rest = [member for member in members if member is not NoneType]
    if len(rest) != 1 or len(members) != 2:
        return None
    inner = schema_of_annotation(rest[0])
    return Scalar(inner.kind, True) if isinstance(inner, Scalar) else None


def _struct(members: tuple[object, ...], names: tuple[str, ...], record: type | None) -> Schema | None:
    items = tuple(item for member in members if (item := schema_of_annotation(member)) is not None)
    if len(items) != len(members) or not items:
        return None
    return Struct(items, names, record)
