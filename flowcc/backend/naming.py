"""Names: which ones element code reads, and new ones that meet no other."""

from __future__ import annotations

import ast
import keyword
import re
import symtable
from collections.abc import Iterable
from functools import lru_cache
from itertools import chain, count
from typing import assert_never

from flowcc.ir import (
    Apply,
    Claim,
    Code,
    Concat,
    Each,
    Entries,
    Fixpoint,
    Fold,
    Group,
    GroupFold,
    Join,
    Literal,
    Merge,
    Move,
    Op,
    Result,
    Scan,
    Sort,
    Source,
    Take,
    Window,
    Zip,
)


@lru_cache(maxsize=4096)
def free_names(text: str, mode: str = "exec") -> frozenset[str]:
    """Return the names that ``text`` reads and does not bind itself, annotations included."""
    return frozenset(_free(symtable.symtable(text, "<names>", mode)))


def _free(table: symtable.SymbolTable) -> set[str]:
    names = {symbol.get_name() for symbol in table.get_symbols() if _is_read_outside(table, symbol)}
    for child in table.get_children():
        names |= _free(child)
    if table.get_type() == "module":
        names -= {symbol.get_name() for symbol in table.get_symbols() if symbol.is_assigned() or symbol.is_imported()}
    return names


def _is_read_outside(table: symtable.SymbolTable, symbol: symtable.Symbol) -> bool:
    if table.get_type() == "module":
        return symbol.is_referenced() and not symbol.is_assigned()
    return symbol.is_global()


def names_of_code(code: Code) -> frozenset[str]:
    """Return the free names of element code: of its expression and its nested functions, but not these themselves."""
    names = set(free_names(code.text, "eval"))
    for definition in code.definitions:
        names |= free_names(definition)
    return frozenset(names - {defined_name(definition) for definition in code.definitions})


@lru_cache(maxsize=1024)
def defined_name(definition: str) -> str:
    """Return the name that a definition binds: the source text of a function, or of an assignment."""
    for statement in ast.parse(definition).body:
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            return statement.name
        if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
            return statement.targets[0].id
    raise AssertionError(f"no definition of one name: {definition!r}")


def codes_of(op: Op) -> list[Code]:
    """Return all element code of an operator."""
    codes: list[Code | None] = []
    match op:
        case Literal():
            codes = [op.items]
        case Each() | Apply():
            codes = [op.code]
        case Join():
            codes = [op.code, op.key]
        case Group():
            codes = [op.by, op.until]
        case GroupFold():
            codes = [op.by, op.result, op.where, *(code for _, code in op.asked)]
            codes += [code for _, _, named in op.folds for _, code in named]
        case Fold() | Scan() | Sort() | Concat() | Window():
            codes = [code for _, code in op.arguments]
        case Take():
            codes = [op.start, op.stop, op.step]
        case Fixpoint():
            codes = [op.step, op.grow, op.follow]
        case Move():
            codes = [op.by, op.merge]
        case Source() | Entries() | Zip() | Merge() | Claim() | Result():
            pass
        case _:
            assert_never(op)
    return [code for code in codes if code is not None]


class Names:
    """Names already taken in one module; `fresh` takes another."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = set(taken)

    def fresh(self, hint: str) -> str:
        """Return ``hint``, or with the first number that makes it new, and take it."""
        if keyword.iskeyword(hint) or not hint.isidentifier():
            hint = re.sub(r"\W", "_", hint) + "_"
        candidates = chain([hint], (f"{hint}_{number}" for number in count(2)))
        name = next(name for name in candidates if name not in self._taken)
        self._taken.add(name)
        return name


def snake_case(name: str) -> str:
    """Return a class's name as a module or function is named: ``EastCoast`` as ``east_coast``."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()
