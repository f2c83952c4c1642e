"""Find a function in the text of its file and parse it, with positions in the whole file.

libcst reads the function exactly as written: it says what is not Python and keeps every byte for `SourceText`.
The element code in it goes on as `ast`, since that is what evaluates, compiles and prints it; its nodes
keep the line and column of the user's file.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import lru_cache

import libcst as cst

from flowcc.diagnostics import FlowError
from flowcc.frontend import faults
from flowcc.source import SourceText, Span

DEEPEST = 150


@dataclass(frozen=True)
class ParsedFunction:
    """One function: its `ast` with positions of the whole file, its libcst tree, and the file it stands in.

    A function nested more than `DEEPEST` levels deep has no libcst tree: the time to make it grows with the square.
    """

    node: ast.FunctionDef
    tree: cst.FunctionDef | None
    source: SourceText

    def span(self, node: ast.AST) -> Span:
        """Return where ``node`` stands in the file."""
        return self.source.span_of(node)


@lru_cache(maxsize=64)
def parse_file(text: str, filename: str) -> ast.Module:
    """Parse a whole file; a syntax error is F107 at its line."""
    try:
        return ast.parse(text, filename)
    except (SyntaxError, ValueError, RecursionError) as error:
        raise FlowError([faults.not_python(_error_span(error, filename), str(error))], {filename: text}) from None


def _error_span(error: Exception, filename: str) -> Span:
    line = getattr(error, "lineno", None) or 1
    column = max((getattr(error, "offset", None) or 1) - 1, 0)
    return Span(filename, line, column, line, column + 1)


@lru_cache(maxsize=4)  # a flow is parsed for its signature and then compiled
def parse_function(text: str, filename: str, name: str, line: int | None = None) -> ParsedFunction:
    """Return the function ``name``; ``line`` (of its ``def`` or first decorator) chooses among several."""
    source = SourceText(filename, text)
    node = _find(parse_file(text, filename), name, line)
    if node is None:
        raise FlowError([faults.no_such_function(filename, name)], {filename: text})
    if not isinstance(node, ast.FunctionDef):
        raise FlowError([faults.not_straight(source.span_of(node), "an `async def`")], {filename: text})
    return ParsedFunction(node, None if _is_deep(node, source) else _read_exactly(source, node), source)


def _is_deep(node: ast.FunctionDef, source: SourceText) -> bool:
    lines = source.lines[node.lineno - 1 : node.end_lineno]
    if max(map(len, lines), default=0) < 2 * DEEPEST and len(lines) < DEEPEST:
        return False
    level: list[ast.AST] = [node]
    for _ in range(DEEPEST):
        level = [child for each in level for child in ast.iter_child_nodes(each)]
        if not level:
            return False
    return True


def _find(module: ast.Module, name: str, line: int | None) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
    nodes = module.body if line is None else ast.walk(module)
    found = [
        node
        for node in nodes
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == name
        if line is None or line in range(_first_line(node), (node.end_lineno or node.lineno) + 1)
    ]
    if line is None:
        return found[-1] if found else None  # the last definition is the one a module keeps
    return max(found, key=lambda node: node.lineno, default=None)


def _first_line(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])


def _read_exactly(source: SourceText, node: ast.FunctionDef) -> cst.FunctionDef:
    lines = list(source.lines[_first_line(node) - 1 : node.end_lineno])
    if node.col_offset:  # a function inside another: the enclosing block makes its indentation legal
        lines.insert(0, "if True:")
    try:
        module = cst.parse_module("\n".join(lines) + "\n")
    except cst.ParserSyntaxError as error:
        where = Span(source.filename, _first_line(node), node.col_offset, node.lineno, node.col_offset + 1)
        raise FlowError([faults.not_python(where, error.message)], {source.filename: source.text}) from None
    for statement in _statements(module):
        if isinstance(statement, cst.FunctionDef):
            return statement
    raise FlowError([faults.no_such_function(source.filename, node.name)], {source.filename: source.text})


def _statements(module: cst.Module) -> list[cst.BaseStatement | cst.BaseSmallStatement]:
    first = module.body[0] if module.body else None
    if isinstance(first, cst.If):
        return list(first.body.body)
    return list(module.body)
