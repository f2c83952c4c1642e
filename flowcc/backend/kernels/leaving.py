"""How control leaves statements: whether it reaches their end, and a loop's ``else`` as an ``if`` behind it."""

from __future__ import annotations

import ast


def leaves(statements: list[ast.stmt]) -> bool:
    """Tell whether control never reaches the end of statements."""
    for statement in statements:
        if isinstance(statement, ast.Return | ast.Raise | ast.Break | ast.Continue):
            return True
        if isinstance(statement, ast.If) and leaves(statement.body) and leaves(statement.orelse):
            return True
    return False


def returns(node: ast.AST) -> bool:
    """Tell whether a function may end within a statement."""
    return any(isinstance(inner, ast.Return | ast.Raise) for inner in ast.walk(node))


def without_else(loop: ast.For | ast.While, flag: str) -> list[ast.stmt]:
    """Return statements that mean the same; the variable ``flag`` tells that the loop was left by ``break``."""
    body = [_Breaks(flag).visit(statement) for statement in loop.body]
    bare = type(loop)(**{**dict(ast.iter_fields(loop)), "body": _flat(body), "orelse": []})
    test = ast.If(ast.UnaryOp(ast.Not(), ast.Name(flag, ast.Load())), loop.orelse, [])
    statements = [_assigned(flag, False), bare, test]
    return [ast.fix_missing_locations(ast.copy_location(statement, loop)) for statement in statements]


class _Breaks(ast.NodeTransformer):
    """Sets a flag before every ``break`` of one loop; those of loops within it are theirs."""

    def __init__(self, flag: str) -> None:
        self.flag = flag

    def visit_Break(self, node: ast.Break) -> list[ast.stmt]:
        return [ast.copy_location(_assigned(self.flag, True), node), node]

    def visit_For(self, node: ast.For) -> ast.For:
        return ast.copy_location(ast.For(node.target, node.iter, node.body, self._behind(node)), node)

    def visit_While(self, node: ast.While) -> ast.While:
        return ast.copy_location(ast.While(node.test, node.body, self._behind(node)), node)

    def _behind(self, node: ast.For | ast.While) -> list[ast.stmt]:
        return _flat([self.visit(statement) for statement in node.orelse])


def _flat(statements: list[ast.stmt | list[ast.stmt]]) -> list[ast.stmt]:
    return [inner for found in statements for inner in (found if isinstance(found, list) else [found])]


def _assigned(flag: str, held: bool) -> ast.stmt:
    return ast.Assign([ast.Name(flag, ast.Store())], ast.Constant(held))
