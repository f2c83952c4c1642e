"""Row types: the NamedTuple, dataclass, tuple or dict that a file's columns become."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import NoneType, UnionType
from typing import Any, Union, cast, get_args, get_origin, get_type_hints

from flowcc.runtime.narrow import narrowed_class
from flowcc.runtime.schema import Struct, schema_of_annotation
from flowcc.runtime.sources import faults

NO_DEFAULT: Any = object()


@dataclass(frozen=True, slots=True)
class Field:
    """One column a row type wants: its name (its number, of a tuple), its type without None, what to take if absent."""

    name: str
    kind: Any
    optional: bool = False
    default: Callable[[], object] | None = None

    @property
    def kind_name(self) -> str:
        """Return the type as a message names it."""
        return str(getattr(self.kind, "__name__", self.kind)) if get_origin(self.kind) is None else str(self.kind)


@dataclass(frozen=True, slots=True)
class RowType:
    """A row type taken apart. Without ``fields`` every column is taken, as text, into a dict."""

    name: str
    fields: tuple[Field, ...]
    named: bool  # columns are matched by name, not by position
    schema: Struct | None
    make: Callable[[Sequence[Sequence[object]]], list[Any]]  # columns in the order of fields → rows


def row_type(row: object, subject: str) -> RowType | None:
    """Return a row type taken apart, or None for dicts of all columns; any other type is a fault."""
    if row is None or row is dict or get_origin(row) is dict:
        return None
    if get_origin(row) is tuple and Ellipsis not in get_args(row):
        fields = tuple(_field(str(number), hint) for number, hint in enumerate(get_args(row)))
        return RowType(str(row), fields, False, _schema(row), _tuples)
    if isinstance(row, type) and issubclass(row, tuple) and hasattr(row, "_fields"):
        return RowType(row.__name__, _named_tuple_fields(row, subject), True, _schema(row), _maker_of_tuples(row))
    if isinstance(row, type) and dataclasses.is_dataclass(row):
        return RowType(row.__name__, _dataclass_fields(row, subject), True, _schema(row), _maker_of_records(row))
    name = getattr(row, "__name__", None) or str(row)
    help = "give a NamedTuple, a dataclass, a tuple type like tuple[int, str], or nothing for dicts"
    raise faults.unreadable_row(subject, f"`{name}` is no type of rows", help)


def narrowed(kind: RowType, row: object, only: tuple[str, ...] | None) -> RowType:
    """Return ``row``'s type with the fields ``only``, with one where that is none; unchanged where it must be whole."""
    if only is None or not kind.named or not isinstance(row, type):
        return kind
    record = narrowed_class(row, only or _cheapest(kind.fields))
    if record is None:
        return kind
    fields = tuple(field for field in kind.fields if field.name in record._fields)
    hints = (Union[field.kind, None] if field.optional else field.kind for field in fields)  # noqa: UP007  # see _field
    items = tuple(item for hint in hints if (item := schema_of_annotation(hint)) is not None)
    schema = Struct(items, record._fields, record) if len(items) == len(fields) else None
    return RowType(kind.name, fields, True, schema, _maker_of_tuples(record))


def _cheapest(fields: Sequence[Field]) -> tuple[str, ...]:
    """Return the name of a field that is read fast, to know how many rows there are."""
    return tuple(field.name for field in sorted(fields, key=lambda field: field.kind not in (int, bool)))[:1]


def row_schema(kind: RowType, present: Sequence[Field]) -> Struct | None:
    """Return the schema of columns that hold all fields, or None when some have none or are filled in."""
    return kind.schema if len(present) == len(kind.fields) else None


def _schema(row: object) -> Struct | None:
    schema = schema_of_annotation(row)
    return schema if isinstance(schema, Struct) else None


def _named_tuple_fields(row: type, subject: str) -> tuple[Field, ...]:
    hints = _hints(row, subject)
    defaults: dict[str, object] = getattr(row, "_field_defaults", {})
    names: tuple[str, ...] = row._fields  # type: ignore[attr-defined]  # the caller saw that it has them
    return tuple(_field(name, hints.get(name, str), defaults.get(name, NO_DEFAULT)) for name in names)


def _dataclass_fields(row: type, subject: str) -> tuple[Field, ...]:
    hints = _hints(row, subject)
    fields = []
    for field in dataclasses.fields(row):
        if not field.init:
            continue
        if field.default_factory is not dataclasses.MISSING:
            fields.append(dataclasses.replace(_field(field.name, hints[field.name]), default=field.default_factory))
        else:
            default = NO_DEFAULT if field.default is dataclasses.MISSING else field.default
            fields.append(_field(field.name, hints[field.name], default))
    return tuple(fields)


def _field(name: str, hint: Any, default: object = NO_DEFAULT) -> Field:
    optional = False
    if get_origin(hint) in (Union, UnionType):
        members = [member for member in get_args(hint) if member is not NoneType]
        optional = len(members) < len(get_args(hint))
        hint = members[0] if len(members) == 1 else Union[tuple(members)]  # noqa: UP007  # made from a list
    return Field(name, hint, optional, None if default is NO_DEFAULT else lambda: default)


def _hints(row: type, subject: str) -> dict[str, Any]:
    try:
        return get_type_hints(row)
    except (NameError, TypeError, SyntaxError) as error:
        help = "the types of a row must be known where its class stands"
        what = f"the annotations of {row.__name__} are not understood: {error}"
        raise faults.unreadable_row(subject, what, help) from None


def _tuples(columns: Sequence[Sequence[object]]) -> list[Any]:
    return list(zip(*columns, strict=True))


def _maker_of_tuples(row: type) -> Callable[[Sequence[Sequence[object]]], list[Any]]:
    plain = "__new__" not in row.__dict__ or row.__bases__ == (tuple,)
    if plain:
        make = cast("Callable[[Any], Any]", row._make)  # type: ignore[attr-defined]  # every NamedTuple has it
        return lambda columns: list(map(make, zip(*columns, strict=True)))
    return lambda columns: [row(*values) for values in zip(*columns, strict=True)]


def _maker_of_records(row: type) -> Callable[[Sequence[Sequence[object]]], list[Any]]:
    fields = [field for field in dataclasses.fields(row) if field.init]
    if not any(field.kw_only for field in fields):
        return lambda columns: [row(*values) for values in zip(*columns, strict=True)]
    names = [field.name for field in fields]
    return lambda columns: [row(**dict(zip(names, values, strict=True))) for values in zip(*columns, strict=True)]
