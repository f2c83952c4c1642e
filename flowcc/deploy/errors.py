"""Exceptions on their way to the caller: as plain data out of a stage, as themselves with the caller.

An exception is rebuilt from its class's name and what `__reduce__` gives, never from code. Where that is Python's own,
the class's constructor is not run again: it may take other arguments than `args`. Classes the caller has (builtin,
handed over by name, or importable under their own name) come back as themselves with their notes, and with the stage's
traceback as their cause; any other comes back as `FlowError` (F538) that names it.
"""

from __future__ import annotations

import builtins
import importlib
import sys
import traceback
from collections.abc import Callable, Mapping
from dataclasses import fields
from functools import partial
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
    described = describe_briefly(error, codec)
    return {**described, "traceback": "".join(traceback.format_exception(error)).rstrip()}


def describe_briefly(error: BaseException, codec: Codec) -> Report:
    """Return ``error`` as data that a frame can hold, but for where it was raised."""
    report: Report = {
        "module": type(error).__module__,
        "name": type(error).__qualname__,
        "text": _text_of(error),
        "notes": [str(note) for note in getattr(error, "__notes__", [])],
    }
    if isinstance(error, FlowError):
        return {**report, "faults": [_fault_data(fault) for fault in error.diagnostics], "sources": error.sources}
    arguments, state = _parts_of(error)
    for key, value in (("arguments", arguments), ("state", state), ("constructed", _is_constructed(type(error)))):
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


def _is_constructed(kind: type[BaseException]) -> bool:
    """Whether a class says itself what its constructor is to be called with."""
    return next(base for base in kind.__mro__ if "__reduce__" in vars(base)).__module__ != "builtins"


def rebuild_error(report: Report, classes: Mapping[str, type], place: str, member: int) -> BaseException:
    """Return the exception that ``report`` describes, or a `FlowError` that names it."""
    error = rebuilt(report, classes)
    if error is None:
        module = report["module"]
        name = report["name"] if is_copied(module) else f"{module}.{report['name']}"
        error = faults.failed_elsewhere(name, report["text"], place, member)
    for note in report["notes"]:
        error.add_note(note)
    error.__cause__ = StageTraceback(report["traceback"])
    return error


def rebuilt(report: Report, classes: Mapping[str, type]) -> BaseException | None:
    """Return the exception that ``report`` describes, or None where its class is not to be had or does not make it."""
    if "faults" in report:
        return FlowError([_fault_of(fault) for fault in report["faults"]], report["sources"])
    kind = _class_of(report["module"], report["name"], classes)
    if kind is None or "constructed" not in report:
        return None
    makers = (kind,) if report["constructed"] else (partial(_bare, kind), kind)
    return next((error for make in makers if (error := _made(make, kind, report)) is not None), None)


def _made(make: Callable[..., BaseException], kind: type[BaseException], report: Report) -> BaseException | None:
    try:
        error = make(*report["arguments"])
        if report["state"] is not None:
            error.__setstate__(report["state"])
        str(error)
    except Exception:  # a user's own constructor or __str__ may raise anything
        return None
    return error if type(error) is kind or isinstance(error, OSError) else None


def _bare(kind: type[BaseException], *arguments: object) -> BaseException:
    """Return an exception with these ``args`` as Python's own classes make one: without the user's constructor."""
    error: BaseException = kind.__new__(kind, *arguments)
    own: Any = next(base for base in type(error).__mro__ if base.__module__ == "builtins")
    own.__init__(error, *arguments)
    return error


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
