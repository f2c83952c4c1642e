"""Turns what was typed into arguments: `--in`, `--set` and `--members`. Wrong ones are F555 to F558, all at once."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from flowcc.cli import faults
from flowcc.diagnostics import Diagnostic, FlowError

if TYPE_CHECKING:
    from flowcc.cli.program import AnyFlow

SET_FORM = "NAME=VALUE"

WORDS = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a flow: its annotation as text, whether it is a collection, whether it may be left out."""

    name: str
    annotation: str
    is_collection: bool
    is_optional: bool


set_option = click.option(
    "--set", "values", multiple=True, metavar=SET_FORM, help="A parameter that is no collection, as in rounds=20."
)


def parameters_of(flow: AnyFlow) -> list[Parameter]:
    """The parameters of a flow as the command line sees them."""
    return [
        Parameter(name, annotation, is_collection, default is not inspect.Parameter.empty)
        for name, annotation, is_collection, default in flow.parameters
    ]


def settings_of(flow: AnyFlow, given: Iterable[str]) -> dict[str, object]:
    """Read what ``--set`` gives for a flow that is only looked at; raises `FlowError` when something is missing."""
    parameters = [parameter for parameter in parameters_of(flow) if not parameter.is_collection]
    pairs = split_pairs("--set", given, SET_FORM)
    check_names(parameters, (), pairs)
    return read_values(parameters, pairs)


def split_pairs(option: str, given: Iterable[str], form: str) -> dict[str, str]:
    """Split ``NAME=VALUE`` texts; a name may be given once."""
    pairs: dict[str, str] = {}
    wrong: list[Diagnostic] = []
    for text in given:
        name, equals, value = text.partition("=")
        if not (equals and name.strip() and value):
            wrong.append(faults.option_unreadable(option, text, form))
        elif name.strip() in pairs:
            wrong.append(faults.given_twice(option, name.strip()))
        else:
            pairs[name.strip()] = value
    if wrong:
        raise FlowError(wrong)
    return pairs


def check_names(parameters: Sequence[Parameter], inputs: Iterable[str], values: Iterable[str]) -> None:
    """See that each name given is a parameter of the right sort, and that nothing needed is missing."""
    sorts = {
        "--in": [parameter.name for parameter in parameters if parameter.is_collection],
        "--set": [parameter.name for parameter in parameters if not parameter.is_collection],
    }
    inputs, values = list(inputs), list(values)
    wrong = [_misnamed("--in", name, "collection", sorts) for name in inputs if name not in sorts["--in"]]
    wrong += [_misnamed("--set", name, "value", sorts) for name in values if name not in sorts["--set"]]
    needed = [parameter for parameter in parameters if not parameter.is_optional]
    if missing := [p.name for p in needed if p.is_collection and p.name not in inputs]:
        wrong.append(faults.missing_values("--in", missing))
    if missing := [p.name for p in needed if not p.is_collection and p.name not in values]:
        wrong.append(faults.missing_values("--set", missing))
    if wrong:
        raise FlowError(wrong)


def _misnamed(option: str, name: str, kind: str, sorts: Mapping[str, list[str]]) -> Diagnostic:
    for right, names in sorts.items():
        if name in names:
            return faults.wrong_option(option, name, right)
    return faults.unknown_name(option, name, kind, sorts[option])


def read_values(parameters: Sequence[Parameter], given: Mapping[str, str]) -> dict[str, object]:
    """Read each ``--set`` value as its parameter's annotation says, else as a Python literal, else as text."""
    annotations = {parameter.name: parameter.annotation for parameter in parameters}
    values: dict[str, object] = {}
    wrong: list[Diagnostic] = []
    for name, text in given.items():
        annotation = annotations.get(name, "")
        try:
            values[name] = _READERS.get(annotation, _literal)(text)
        except (ValueError, KeyError):
            wrong.append(faults.option_unreadable("--set", f"{name}={text}", f"{name}=VALUE of type {annotation}"))
    if wrong:
        raise FlowError(wrong)
    return values


def read_members(given: Iterable[str]) -> dict[str, int]:
    """Read ``--members Place=3``; the number is 1 or more."""
    form = "PLACE=NUMBER"
    members: dict[str, int] = {}
    wrong: list[Diagnostic] = []
    for name, text in split_pairs("--members", given, form).items():
        if text.isascii() and text.isdigit() and int(text) > 0:
            members[name] = int(text)
        else:
            wrong.append(faults.option_unreadable("--members", f"{name}={text}", form, "the number is 1 or more"))
    if wrong:
        raise FlowError(wrong)
    return members


def _literal(text: str) -> object:
    try:
        value: object = ast.literal_eval(text)
    except (SyntaxError, ValueError):
        return text
    return value


def _truth(text: str) -> bool:
    return WORDS[text.lower()]


_READERS: dict[str, Callable[[str], object]] = {"int": int, "float": float, "bool": _truth, "str": str}
