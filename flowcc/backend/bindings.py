"""The statements of a file that give names at its top level, and their exact text."""

from __future__ import annotations

import ast
import builtins
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import CodeType

from flowcc.backend.naming import free_names

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@dataclass(frozen=True)
class Binding:
    """One statement that binds a name; ``alias`` says which part of an import, ``typing_only`` that it never runs."""

    statement: ast.stmt
    alias: ast.alias | None = None
    typing_only: bool = False


@lru_cache(maxsize=64)
def parse_text(text: str) -> ast.Module:
    """Return the tree of a file; an empty one where the text is not Python."""
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError):
        return ast.Module([], [])


@lru_cache(maxsize=64)
def bindings_of(text: str) -> Mapping[str, tuple[Binding, ...]]:
    """Return the statements that bind each name at the top level of a file, those inside ``if`` and ``try`` too."""
    found: dict[str, tuple[Binding, ...]] = {}
    for name, binding in _bindings(parse_text(text).body, typing_only=False):
        found[name] = (*found.get(name, ()), binding)
    return found


def _bindings(body: list[ast.stmt], *, typing_only: bool) -> Iterator[tuple[str, Binding]]:
    for statement in body:
        match statement:
            case ast.Import(names) | ast.ImportFrom(names=names):
                for alias in names:
                    yield alias.asname or alias.name.partition(".")[0], Binding(statement, alias, typing_only)
            case ast.FunctionDef(name) | ast.AsyncFunctionDef(name) | ast.ClassDef(name):
                yield name, Binding(statement, typing_only=typing_only)
            case ast.If(test, inner, orelse):
                is_typing = ast.unparse(test).rpartition(".")[2] == "TYPE_CHECKING"
                yield from _bindings(inner, typing_only=typing_only or is_typing)
                yield from _bindings(orelse, typing_only=typing_only)
            case ast.Try(inner, handlers, orelse, final):
                parts = [inner, *(handler.body for handler in handlers), orelse, final]
                yield from _bindings([each for part in parts for each in part], typing_only=typing_only)
            case ast.With(body=inner) | ast.For(body=inner) | ast.While(body=inner):
                yield from _bindings(inner, typing_only=typing_only)
            case ast.Assign() | ast.AnnAssign() | ast.AugAssign():
                for node in ast.walk(statement):
                    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                        yield node.id, Binding(statement, typing_only=typing_only)
            case _ if hasattr(statement, "type_params") and hasattr(statement, "name"):  # ``type X = …``
                yield ast.unparse(statement.name), Binding(statement, typing_only=typing_only)


def definition_at(text: str, name: str, line: int) -> Definition | None:
    """Return the function called ``name`` whose first line (a decorator's, where it has one) is ``line``."""
    for node in ast.walk(parse_text(text)):
        is_named = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == name
        if is_named and first_line(node) == line:  # type: ignore[arg-type]
            return node  # type: ignore[return-value]
    return None


def class_named(text: str, name: str) -> ast.ClassDef | None:
    """Return the last class called ``name`` in a file, at any depth."""
    nodes = [node for node in ast.walk(parse_text(text)) if isinstance(node, ast.ClassDef) and node.name == name]
    return max(nodes, key=lambda node: node.lineno, default=None)


def first_line(statement: ast.stmt) -> int:
    """Return the line on which a statement begins, its decorators included."""
    marks: list[ast.expr] = getattr(statement, "decorator_list", [])
    return min([statement.lineno, *(mark.lineno for mark in marks)])


def source_of(text: str, statement: ast.stmt) -> str:
    """Return the text of a statement exactly, with the comment above it, moved to the margin."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    start, end = first_line(statement) - 1, statement.end_lineno or statement.lineno
    indent = lines[start][: len(lines[start]) - len(lines[start].lstrip())]
    while start > 1 and lines[start - 1].startswith(f"{indent}#"):
        start -= 1
    source = textwrap.dedent("\n".join(lines[start:end])).rstrip()
    if not indent or _means(source) == ast.dump(statement):
        return source
    return ast.unparse(statement)  # a string over several lines, which moving would change


def _means(source: str) -> str:
    body = parse_text(source).body
    return ast.dump(body[0]) if len(body) == 1 else ""


def early_names(source: str) -> frozenset[str]:
    """Return the names that a definition reads when it is executed, not only when it is called."""
    names: set[str] = set()
    for statement in ast.parse(source).body:
        for part in _early_parts(statement):
            names |= {node.id for node in ast.walk(part) if isinstance(node, ast.Name)}
    return frozenset(names) & free_names(source)


def _early_parts(node: ast.stmt) -> Iterator[ast.AST]:
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            yield from node.decorator_list
            yield node.args
            if node.returns is not None:
                yield node.returns
        case ast.ClassDef():
            yield from (*node.decorator_list, *node.bases, *(word.value for word in node.keywords))
            for inner in node.body:
                yield from _early_parts(inner)
        case _:
            yield node


def future_imports(text: str) -> frozenset[str]:
    """Return the names that a file imports from ``__future__``."""
    body = parse_text(text).body
    found = [node for node in body if isinstance(node, ast.ImportFrom) and node.module == "__future__"]
    return frozenset(alias.name for node in found for alias in node.names)


def is_builtin(name: str) -> bool:
    """Whether Python itself gives the name."""
    return hasattr(builtins, name)


def lambda_at(text: str, code: CodeType) -> str:
    """Return the source of the lambda that ``code`` was compiled from, empty where it cannot be told."""
    nodes = [node for node in ast.walk(parse_text(text)) if isinstance(node, ast.Lambda)]
    found = {ast.unparse(node) for node in nodes if node.lineno == code.co_firstlineno and _might_be(node, code)}
    return found.pop() if len(found) == 1 else ""


def _might_be(node: ast.Lambda, code: CodeType) -> bool:
    compiled = compile(ast.Expression(node), "<lambda>", "eval").co_consts[0]
    names = {*code.co_names, *code.co_freevars}
    if not code.co_freevars and compiled.co_code != code.co_code:
        return False
    return compiled.co_varnames == code.co_varnames and {*compiled.co_names, *compiled.co_freevars} == names
