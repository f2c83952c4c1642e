"""Import statements: from live objects or a file's own statements, sorted and grouped as ruff sorts them."""

from __future__ import annotations

import ast
import importlib.util
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from types import ModuleType

from flowcc.backend.bindings import Binding
from flowcc.backend.printing import INDENT, WIDTH


@dataclass(frozen=True, slots=True, order=True)
class Import:
    """``import module`` or, with ``attribute``, ``from module import attribute``; maybe by another name."""

    module: str
    attribute: str = ""
    asname: str = ""

    @property
    def bound(self) -> str:
        """The name that the statement binds."""
        return self.asname or self.attribute or self.module.partition(".")[0]


def import_of_binding(binding: Binding, package: str) -> Import | None:
    """Return the import that a file's statement makes, made absolute; None for a star or where it cannot be."""
    statement, alias = binding.statement, binding.alias
    if alias is None or alias.name == "*":
        return None
    if isinstance(statement, ast.Import):
        return Import(alias.name, asname=alias.asname or "")
    assert isinstance(statement, ast.ImportFrom)
    module = "." * statement.level + (statement.module or "")
    if statement.level:
        if not package:
            return None
        module = importlib.util.resolve_name(module, package)
    return Import(module, alias.name, "" if alias.asname in (None, alias.name) else str(alias.asname))


def gives(statement: Import, value: object) -> bool:
    """Whether the import, made now, would bind ``value``."""
    module = sys.modules.get(statement.module)
    if statement.attribute:
        found = getattr(module, statement.attribute, None)
        return found is value or sys.modules.get(f"{statement.module}.{statement.attribute}") is value
    return (module if statement.asname else sys.modules.get(statement.bound)) is value


def import_of_object(name: str, value: object) -> Import | None:
    """Return the import that binds ``name`` to a module, function or class of an importable module, if there is one."""
    if isinstance(value, ModuleType):
        found = value.__name__
        if sys.modules.get(found) is not value or value.__spec__ is None:
            return None
        return Import(found, asname="" if found == name else name)
    module, qualname = getattr(value, "__module__", None), getattr(value, "__qualname__", "")
    if not isinstance(module, str) or not isinstance(qualname, str) or not qualname.isidentifier():
        return None
    home = sys.modules.get(module)
    if home is None or getattr(home, "__spec__", None) is None or getattr(home, qualname, None) is not value:
        return None
    return Import(module, qualname, "" if qualname == name else name)


def import_lines(imports: Iterable[Import]) -> list[list[str]]:
    """Return import statements in groups: the standard library, what is installed, what stands beside."""
    groups: dict[int, list[Import]] = {}
    for statement in sorted(set(imports)):
        groups.setdefault(_group(statement), []).append(statement)
    return [_statements(groups[number]) for number in sorted(groups)]


def _group(statement: Import) -> int:
    if statement.module == "__future__":
        return 0
    if statement.module == "definitions":
        return 3
    return 1 if statement.module.partition(".")[0] in sys.stdlib_module_names else 2


def _statements(imports: Sequence[Import]) -> list[str]:
    plain = [each for each in imports if not each.attribute]
    lines = [f"import {each.module}" + (f" as {each.asname}" if each.asname else "") for each in plain]
    members = [each for each in imports if each.attribute]
    for module, found in groupby(members, key=lambda each: each.module):
        together = sorted(found, key=_member_order)
        same = [each.attribute for each in together if not each.asname]
        if same:
            lines += _from(module, same)
        lines += [f"from {module} import {each.attribute} as {each.asname}" for each in together if each.asname]
    return lines


def _member_order(statement: Import) -> tuple[int, str]:
    name = statement.attribute
    kind = 0 if name.isupper() and len(name) > 1 else 1 if name[:1].isupper() else 2
    return kind, name


def _from(module: str, names: Sequence[str]) -> list[str]:
    line = f"from {module} import {', '.join(names)}"
    if len(line) <= WIDTH:
        return [line]
    return [f"from {module} import (", *(f"{INDENT}{name}," for name in names), ")"]
