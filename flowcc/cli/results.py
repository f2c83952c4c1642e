"""Prints what a flow gave: one item a line, the fields of an item separated by tabs; or one JSON document."""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Iterable, Mapping
from itertools import islice

import click

from flowcc.cli.report import show_json

CHUNK = 4096  # lines printed at once: each `echo` flushes


def show_result(value: object, *, as_json: bool = False) -> None:
    """Print a result. A tuple that holds collections is several results: each in turn, an empty line between two."""
    value = _as_python(value)
    if as_json:
        show_json(to_plain(value), indent=None)
    elif isinstance(value, tuple) and any(_is_collection(_as_python(part)) for part in value):
        for index, part in enumerate(value):
            if index:
                click.echo("")
            show_result(part)
    else:
        lines = iter(_lines(value))
        while chunk := list(islice(lines, CHUNK)):
            click.echo("\n".join(chunk))


def to_plain(value: object) -> object:
    """A value as JSON can hold it: records as objects, sets as lists, a dict whose keys are no texts as pairs."""
    value = _as_python(value)
    if isinstance(value, enum.Enum):
        return to_plain(value.value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: to_plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return {name: to_plain(part) for name, part in zip(value._fields, value, strict=True)}
    if isinstance(value, Mapping):
        if all(isinstance(key, str) for key in value):
            return {key: to_plain(part) for key, part in value.items()}
        return [[to_plain(key), to_plain(part)] for key, part in value.items()]
    if isinstance(value, list | tuple | set | frozenset):
        return [to_plain(part) for part in value]
    if value is None or isinstance(value, str | int | float | bool):
        return value
    return str(value)


def _lines(value: object) -> Iterable[str]:
    if isinstance(value, Mapping):
        return (_fields(pair) for pair in value.items())
    if isinstance(value, list | set | frozenset):
        return (_fields(item) for item in value)
    return (_fields(value),)


def _fields(item: object) -> str:
    if isinstance(item, tuple):
        return "\t".join(str(part) for part in item)
    return str(item)


def _is_collection(value: object) -> bool:
    return isinstance(value, Mapping | list | set | frozenset)


def _as_python(value: object) -> object:
    """Columns (NumPy, Arrow, pandas, polars) as the lists they stand for."""
    for method in ("to_pylist", "to_list", "tolist"):
        convert = getattr(value, method, None)
        if callable(convert):
            converted: object = convert()
            return converted
    return value
