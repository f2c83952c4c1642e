"""What a flow reads outside itself, and whether that is what it was: a notebook's next cell may change it."""

from __future__ import annotations

import dis
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import CodeType, FunctionType
from typing import Any

MISSING = object()
MOST_FUNCTIONS = 200


@dataclass(frozen=True, slots=True)
class Outside:
    """The objects that global names and the variables of enclosing functions stood for."""

    names: tuple[tuple[Mapping[str, object], str, object], ...]
    cells: tuple[tuple[Any, object], ...]

    def is_same(self) -> bool:
        """Whether every name still stands for the same object."""
        for names, name, thing in self.names:
            if names.get(name, MISSING) is not thing:
                return False
        return all(_content(cell) is thing for cell, thing in self.cells)


def outside_of(function: FunctionType) -> Outside:
    """Return what a function reads outside itself, and what the functions of its own file and other flows do."""
    names: dict[tuple[int, str], tuple[Mapping[str, object], str, object]] = {}
    cells: list[tuple[Any, object]] = []
    waiting, seen = [function], {function}
    while waiting:
        read = waiting.pop()
        held = read.__globals__
        found = [(cell, _content(cell)) for cell in read.__closure__ or ()]
        cells += found
        globals_read = [(name, held.get(name, MISSING)) for name in dict.fromkeys(_globals_of(read.__code__))]
        names |= {(id(held), name): (held, name, thing) for name, thing in globals_read}
        for thing in [thing for _, thing in (*found, *globals_read)]:
            other = getattr(thing, "plain", None) if hasattr(type(thing), "__flow_source__") else thing
            if not isinstance(other, FunctionType) or other in seen or len(seen) >= MOST_FUNCTIONS:
                continue
            if other is not thing or other.__globals__ is held:
                seen.add(other)
                waiting.append(other)
    return Outside(tuple(names.values()), tuple(cells))


def _globals_of(code: CodeType) -> Iterator[str]:
    for instruction in dis.get_instructions(code):
        if instruction.opname in ("LOAD_GLOBAL", "LOAD_NAME"):
            yield str(instruction.argval)
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _globals_of(constant)


def _content(cell: Any) -> object:
    try:
        return cell.cell_contents
    except ValueError:  # not filled yet
        return MISSING
