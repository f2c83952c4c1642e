"""What element code names of its flow, written beside it: functions, and values made by code.

A definition is the text of one function or of one assignment. In a flow no two definitions have the same name, and
each piece of element code has its own in an order in which they can be executed.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from flowcc.scopes import free_names, names_read_now, replace_names, replace_names_in_text


class OtherNames(Protocol):
    """Gives identifiers that nothing else has."""

    def __call__(self, hint: str, /) -> str:
        """Return another identifier like ``hint``, and take it."""
        ...


@dataclass
class DefinitionNames:
    """The definitions of a flow so far: what each name means, and what a text is called that wanted another's name."""

    texts: dict[str, str] = field(default_factory=dict)
    others: dict[tuple[str, str], str] = field(default_factory=dict)

    def settle(
        self, tree: ast.expr, wanted: Mapping[str, str], another: OtherNames
    ) -> tuple[ast.expr, tuple[str, ...]]:
        """Return element code and its definitions under names that mean the same in the whole flow."""
        texts = dict(wanted)
        while taken := self._taken(texts, another):
            tree = replace_names(tree, taken)
            texts = {taken.get(name, name): replace_names_in_text(text, taken) for name, text in texts.items()}
        self.texts |= texts
        return tree, tuple(texts[name] for name in in_order(texts))

    def _taken(self, texts: Mapping[str, str], another: OtherNames) -> dict[str, str]:
        """Return other names for the definitions whose name means something else in this flow."""
        found = {}
        for name, text in texts.items():
            if self.texts.get(name, text) != text:
                if (name, text) not in self.others:
                    self.others[name, text] = another(name)
                found[name] = self.others[name, text]
        return found


def in_order(texts: Mapping[str, str]) -> list[str]:
    """Return the names of definitions so that each stands behind all that executing it may read."""
    parsed = {name: ast.parse(text).body[0] for name, text in texts.items()}
    ordered: list[str] = []
    begun: set[str] = set()

    def place(name: str) -> None:
        if name in begun:
            return
        begun.add(name)
        read = names_read_now if isinstance(parsed[name], ast.FunctionDef) else free_names  # a lambda may be called now
        for needed in reachable(sorted(read(parsed[name]))):
            place(needed)
        ordered.append(name)

    def reachable(names: Iterable[str]) -> list[str]:
        """Functions that are called while a definition is executed read what they name."""
        found: list[str] = []
        waiting = [name for name in names if name in parsed]
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.append(name)
                waiting += [other for other in sorted(free_names(parsed[name])) if other in parsed]
        return found[::-1]

    for name in parsed:
        place(name)
    return ordered
