"""The syntax of a function object: its `def` or `lambda`, found in the file or the linecache it came from."""

from __future__ import annotations

import ast
import inspect
import linecache
from collections.abc import Iterator
from functools import lru_cache
from types import CodeType, FunctionType


def read_function(function: FunctionType) -> ast.FunctionDef | ast.Lambda | None:
    """Return the definition of a function, or None when it cannot be told from its source."""
    if function.__code__.co_flags & (inspect.CO_GENERATOR | inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR):
        return None
    return _definition(function.__code__)


INHERITED = (0, annotations.compiler_flag)  # what `exec` compiles inherits the future imports of who calls it


@lru_cache(maxsize=1024)
def _definition(code: CodeType) -> ast.FunctionDef | ast.Lambda | None:
    tree, codes = _file_tree(code.co_filename, "".join(linecache.getlines(code.co_filename)))
    if code not in codes:
        return None  # edited since it was loaded, or rewritten by an import hook
    kind = ast.Lambda if code.co_name == "<lambda>" else ast.FunctionDef
    found = [node for node in ast.walk(tree) if isinstance(node, kind) and _matches(node, code)]
    return found[0] if len(found) == 1 else None


@lru_cache(maxsize=64)
def _file_tree(filename: str, text: str) -> tuple[ast.Module, frozenset[CodeType]]:
    """Return the syntax of a file and all code it compiles to."""
    try:
        compiled = [compile(text, filename, "exec", flags, dont_inherit=True) for flags in INHERITED]
        return ast.parse(text, filename), frozenset(inner for code in compiled for inner in _all_code(code))
    except (SyntaxError, ValueError):
        return ast.Module([], []), frozenset()


def _all_code(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _all_code(constant)


def _matches(node: ast.FunctionDef | ast.Lambda, code: CodeType) -> bool:
    """Compare name, first line and parameters; for a lambda also where its body stands."""
    arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    if [argument.arg for argument in arguments] != list(code.co_varnames[: len(arguments)]):
        return False
    if isinstance(node, ast.FunctionDef):
        first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
        return node.name == code.co_name and first == code.co_firstlineno
    lines = [line for line, *_ in code.co_positions() if line is not None]
    columns = [column for line, _, column, _ in code.co_positions() if line == node.body.lineno and column is not None]
    return node.lineno == code.co_firstlineno and node.body.lineno in lines and node.body.col_offset in columns
