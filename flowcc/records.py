"""The classes of a flow's environment whose instances may travel between stages, or be raised by one, by name."""

from __future__ import annotations

import dataclasses
import enum

from flowcc.environment import Environment


def records_of(environment: Environment) -> dict[str, type]:
    """Return the NamedTuples, dataclasses, enums and exceptions that the flow's file names."""
    return {
        name: thing
        for names in (environment.file_names, environment.closed_over, environment.settings)
        for name, thing in names.items()
        if isinstance(thing, type) and (is_record(thing) or issubclass(thing, BaseException))
    }


def is_record(thing: type) -> bool:
    """Whether instances of a class are data: a NamedTuple, a dataclass or an enum."""
    named_tuple = issubclass(thing, tuple) and hasattr(thing, "_fields")
    return named_tuple or dataclasses.is_dataclass(thing) or issubclass(thing, enum.Enum)
