"""Exceptions on their way to the caller: as plain data out of a stage, as themselves with the caller.

An exception is rebuilt from its class's name and the arguments `__reduce__` gives, never from code. Classes the
caller has (builtin, handed over by name, or importable under their own name) come back as themselves with their notes,
and with the stage's traceback as their cause; any other comes back as `FlowError` (F538) that names it.
"""

from __future__ import annotations

import builtins
import importlib
import sys
import traceback
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from flowcc.deploy import faults
from flowcc.deploy.modules import is_copied
from flowcc.diagnostics import Diagnostic, FlowError, Label
from flowcc.runtime.channels.codec import Codec
from flowcc.source import Span

Report = dict[str, Any]


class StageTraceback(Exception):
    """Where in a stage an exception was raised; the cause of the exception that reaches the caller."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text

    def __str__(self) -> str:
        return f"\n{self.text}"


def describe_error(error: BaseException, codec: Codec) -> Report:
    """Return ``error`` as data that a frame can hold."""
    report: Report = {
        "module": type(error).__module__,
        "name": type(error).__qualname__,
        "text": _text_of(error),
        "notes": [str(note) for note in getattr(error, "__notes__", [])],
        "traceback": "".join(traceback.format_exception(error)).rstrip(),
    }
    if isinstance(error, FlowError):
        return {**report, "faults": [_fault_data(fault) for fault in error.diagnostics], "sources": error.sources}
    arguments, state = _parts_of(error)
    for key, value in (("arguments", arguments), ("state", state)):
        try:
            codec.encode([value])
        except FlowError:
            return report
        report[key] = value
    return report


def _text_of(error: BaseException) -> str:
    try:
        return str(error)
    except Exception as second:  # a user's own __str__ may raise anything
        return f"<its text cannot be made: {type(second).__name__}>"


def _parts_of(error: BaseException) -> tuple[object, object]:
    """Return the arguments that make ``error`` again, and what else is set on it; None where it does not say."""
    try:
        reduced: Any = error.__reduce__()
        state = reduced[2] if len(reduced) > 2 else None
    except Exception:  # a user's own __reduce__ may raise anything
        return None, None
    if isinstance(state, dict):
        state = {name: value for name, value in state.items() if name != "__notes__"}
    return reduced[1], state or None


def rebuild_error(report: Report, classes: Mapping[str, type], place: str, member: int) -> BaseException:
    """Return the exception that ``report`` describes, or a `FlowError` that names it."""
    error = _rebuilt(report, classes)
    if error is None:
        name = f"{report['module']}.{report['name']}"
        error = faults.failed_elsewhere(name, report["text"], place, member)
    for note in report["notes"]:
        error.add_note(note)
    error.__cause__ = StageTraceback(report["traceback"])
    return error


def _rebuilt(report: Report, classes: Mapping[str, type]) -> BaseException | None:
    if "faults" in report:
        return FlowError([_fault_of(fault) for fault in report["faults"]], report["sources"])
    kind = _class_of(report["module"], report["name"], classes)
    if kind is None or "state" not in report:
        return None
    try:
        error = kind(*report["arguments"])
        if report["state"] is not None:
            error.__setstate__(report["state"])
    except Exception:  # a user's own constructor may raise anything
        return None
    return error if type(error) is kind or isinstance(error, OSError) else None


def _class_of(module: str, name: str, classes: Mapping[str, type]) -> type[BaseException] | None:
    """Return the exception class of that name: handed over, builtin, or in a module that can be imported."""
    found: Any
    if is_copied(module):
        found = classes.get(name)
    else:
        found = vars(builtins).get(name) if module == "builtins" else _imported(module, name)
    return found if isinstance(found, type) and issubclass(found, BaseException) else None


def _imported(module: str, name: str) -> object:
    try:
        found: object = sys.modules.get(module) or importlib.import_module(module)
        for part in name.split("."):
            found = getattr(found, part)
    except Exception:  # importing runs code that may raise anything
        return None
    return found


def _fault_data(fault: Diagnostic) -> dict[str, Any]:
    data: dict[str, Any] = {field.name: getattr(fault, field.name) for field in fields(Diagnostic)}
    data["primary"] = None if fault.primary is None else _label_data(fault.primary)
    data["secondary"] = tuple(map(_label_data, fault.secondary))
    return data


def _label_data(label: Label) -> tuple[object, ...]:
    span = label.span
    return (span.filename, span.line, span.column, span.end_line, span.end_column, label.text)


def _fault_of(data: dict[str, Any]) -> Diagnostic:
    primary = data["primary"]
    secondary = tuple(map(_label_of, data["secondary"]))
    return Diagnostic(**{**data, "primary": None if primary is None else _label_of(primary), "secondary": secondary})


def _label_of(data: Any) -> Label:
    *span, text = data
    return Label(Span(*span), text)
