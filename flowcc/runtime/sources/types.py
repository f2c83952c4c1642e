"""Row types as text and back, without evaluating anything: ``tuple[int, str | None]``, ``Flight``, ``list[Flight]``."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Mapping
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin

from flowcc.runtime.sources import faults

PLAIN = {"int", "float", "str", "bool", "bytes", "object", "dict", "list", "set", "frozenset", "tuple"}


def type_text(hint: Any, subject: str) -> str:
    """Return a type as text that `type_of_text` reads; one that is made in other ways is a fault."""
    if hint is None or hint is NoneType:
        return "None"
    if hint is Ellipsis:
        return "..."
    origin = get_origin(hint)
    if origin in (Union, UnionType):
        return " | ".join(type_text(member, subject) for member in get_args(hint))
    if isinstance(origin, type):
        members = ", ".join(type_text(member, subject) for member in get_args(hint)) or "()"
        return f"{origin.__name__}[{members}]"
    if isinstance(hint, type):
        return hint.__name__
    help = "use classes, and list, dict, set, tuple and X | None of them"
    raise faults.unreadable_row(subject, f"`{hint}` is no type of rows that can be sent to a stage", help)


def type_of_text(text: str, records: Mapping[str, type]) -> Any:
    """Return the type that ``text`` names; its classes are Python's plain ones and ``records``. Else `KeyError`."""
    return _type(ast.parse(text, mode="eval").body, records)


def _type(node: ast.expr, records: Mapping[str, type]) -> Any:
    match node:
        case ast.Constant(value=None):
            return None
        case ast.Constant(value=value) if value is Ellipsis:
            return Ellipsis
        case ast.Name(id=name):
            return records[name] if name in records or name not in PLAIN else getattr(builtins, name)
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return Union[_type(left, records), _type(right, records)]  # noqa: UP007  # None | None is no union
        case ast.Subscript(value=origin, slice=ast.Tuple(elts=members)):
            return _type(origin, records)[tuple(_type(member, records) for member in members)]
        case ast.Subscript(value=origin, slice=member):
            return _type(origin, records)[_type(member, records)]
    raise KeyError(ast.unparse(node))
