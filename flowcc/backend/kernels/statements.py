"""Statements of an inlined function: assignments, branches, loops, `match`, `return`.

Where paths meet, a name keeps one type (None beside a scalar makes it nullable) or is refused at its next use.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from flowcc.backend.kernels.leaving import leaves, returns, without_else
from flowcc.backend.kernels.logic import test
from flowcc.backend.kernels.loops import iterate
from flowcc.backend.kernels.operators import binary
from flowcc.backend.kernels.patterns import match_cases
from flowcc.backend.kernels.scope import Scope, converted, join
from flowcc.backend.kernels.text_loops import split_into
from flowcc.backend.kernels.values import NOTHING, UNKNOWN, Lookup, Refused, Static, Type, Value, blank, refuse, width
from flowcc.runtime.schema import Scalar, Struct

ROUNDS_AT_MOST = 4


@dataclass
class Body:
    """One inlined call: its scope, what it returns so far, and the flag that says it has returned."""

    scope: Scope
    definition: ast.FunctionDef
    result: Type | None = None
    parts: tuple[str, ...] = ()
    done: str = ""
    entries: list[dict[str, Value]] = field(default_factory=list)
    single: bool = False
    only: Value | None = None


class Restart(Exception):
    """The type of the result turned out wider than thought: the body is translated again."""

    def __init__(self, kind: Type) -> None:
        self.kind = kind


def run_body(body: Body) -> Value:
    """Write a function's body and return its result."""
    scope = body.scope
    w, names = scope.w, dict(scope.names)
    key = (scope.stack[-1], tuple(sorted((name, str(value.type)) for name, value in names.items())))
    expected = w.results.get(key)
    for _ in range(ROUNDS_AT_MOST):
        before = (len(w.lines), w.depth, len(w.proofs))
        try:
            return _run_once(body, expected)
        except Restart as wider:
            del w.lines[before[0] :], w.proofs[before[2] :]
            w.depth = before[1]
            scope.names, scope.lost, body.entries = dict(names), {}, []
            expected = w.results[key] = wider.kind
    raise refuse("the type of the result does not settle", body.definition)


def _run_once(body: Body, expected: Type | None) -> Value:
    w = body.scope.w
    body.single = _single_return(body.definition)
    if not body.single:
        _prepare_result(body, expected)
        body.done = w.fresh("done")
        w.line(f"{body.done} = False")
    ends = run(body, body.definition.body)
    if body.single and body.only is not None:
        return body.only
    if not ends:
        with w.block(f"if not {body.done}:"):
            _give(body, Value(NOTHING, (), None), body.definition)
    return Value(body.result or NOTHING, body.parts, None if body.result in (None, NOTHING) else UNKNOWN)


def _single_return(definition: ast.FunctionDef) -> bool:
    """Tell whether the only ``return`` is the last statement, so that its value is the result as it stands."""
    returns = [node for node in ast.walk(definition) if isinstance(node, ast.Return | ast.Raise)]
    return len(returns) == 1 and returns[0] is definition.body[-1] and isinstance(returns[0], ast.Return)


def _prepare_result(body: Body, kind: Type | None) -> None:
    w = body.scope.w
    body.result = kind
    if kind is None:
        return
    body.parts = tuple(w.fresh("result") for _ in range(width(kind)))
    for part, start in zip(body.parts, _blanks(kind), strict=True):
        w.line(f"{part} = {start}")


def _blanks(kind: Type) -> tuple[str, ...]:
    if isinstance(kind, Struct):
        return tuple(part for item in kind.items for part in _blanks(item))
    return blank(kind) if isinstance(kind, Scalar) else ()


def _give(body: Body, value: Value, node: ast.AST) -> None:
    """Store a returned value, or start again when its type is not the one expected."""
    if body.single:
        body.only = value
        return
    if body.result is None:
        if isinstance(value.type, Static | Lookup):
            raise refuse("a function that returns an object without columns", node)
        raise Restart(value.type)
    kind = join(body.result, value.type, node)
    if kind != body.result:
        raise Restart(kind)
    for part, source in zip(body.parts, converted(value, kind), strict=True):
        body.scope.w.line(f"{part} = {source}")
    body.scope.w.line(f"{body.done} = True")


def run(body: Body, statements: list[ast.stmt]) -> bool:
    """Write statements; tell whether control never reaches their end."""
    for index, statement in enumerate(statements):
        rest = statements[index + 1 :]
        if isinstance(statement, ast.If):
            return _branch(body, statement, rest)
        if isinstance(statement, ast.For | ast.While) and statement.orelse:
            return run(body, [*without_else(statement, body.scope.w.fresh("left")), *rest])
        if isinstance(statement, ast.Match):
            lowered = match_cases(body.scope, statement)
            return run(body, [*lowered, *rest])
        if _step(body, statement):
            return True
        if rest and isinstance(statement, ast.For | ast.While) and returns(statement):
            return _rest_unless_done(body, rest)
    return False


def _rest_unless_done(body: Body, rest: list[ast.stmt]) -> bool:
    scope = body.scope
    names, lost = dict(scope.names), dict(scope.lost)
    with scope.w.captured() as lines:
        run(body, rest)
    after = (scope.names, scope.lost)
    scope.w.extend(f"if not {body.done}:", lines)
    scope.names, scope.lost = after if not names.keys() - after[0].keys() else (names, lost)
    return False


def _step(body: Body, node: ast.stmt) -> bool:
    """Write one simple statement or loop; tell whether control never passes it."""
    scope = body.scope
    match node:
        case ast.Assign(targets=targets, value=value):
            split = split_into(scope, targets[0], value) if len(targets) == 1 else None
            computed = scope.value(value) if split is None else split
            for target in targets:
                scope.unpack(target, computed)
        case ast.AnnAssign(target=target, value=value):
            if value is not None:
                scope.unpack(target, scope.value(value))
        case ast.AugAssign(target=ast.Name(id=name) as target, op=op, value=value):
            held = scope.resolve(ast.copy_location(ast.Name(target.id, ast.Load()), target))
            scope.bind(name, binary(scope, held, op, scope.value(value), node))
        case ast.Return(value=value):
            _give(body, Value(NOTHING, (), None) if value is None else scope.value(value), node)
            if body.entries:
                scope.w.line("break")
            return True
        case ast.While(orelse=[]) | ast.For(orelse=[]):
            _loop(body, node)
        case ast.Break() | ast.Continue() if body.entries:
            _jump(body, node)
            return True
        case ast.Pass() | ast.Expr(value=ast.Constant()):
            pass
        case ast.Raise():
            scope.w.line("bad = -1")
            return _leave(body)
        case ast.Assert(test=asked):
            scope.w.fail_if(f"not {test(scope, asked)}")
        case _:
            raise refuse(f"the statement {type(node).__name__} has no kernel", node)
    return False


def _jump(body: Body, node: ast.stmt) -> None:
    """Write ``break`` or ``continue`` with every name back in the variables the loop knows it by."""
    scope, entry = body.scope, body.entries[-1]
    for name, before in entry.items():
        after = scope.names.get(name)
        if after is None or after.type != before.type:
            raise refuse(f"`{name}` changes its type in a loop that is left here", node)
    _write_back(scope, entry)
    scope.w.line("break" if isinstance(node, ast.Break) else "continue")


def _leave(body: Body) -> bool:
    body.scope.w.line(f"{body.done} = True")
    if body.entries:
        body.scope.w.line("break")
    return True


def _branch(body: Body, node: ast.If, rest: list[ast.stmt]) -> bool:
    """Write ``if``; what follows it goes into the branch that goes on when the other one leaves."""
    scope = body.scope
    held = test(scope, node.test)
    if isinstance(held, bool):
        return run(body, [*(node.body if held else node.orelse), *rest])
    first, second = list(node.body), list(node.orelse)
    if leaves(first):
        second, rest = [*second, *rest], []
    elif second and leaves(second):
        first, rest = [*first, *rest], []
    paths = [_path(body, first), _path(body, second)]
    _meet(scope, paths, node)
    scope.w.extend(f"if {held}:", paths[0].lines)
    if paths[1].lines:
        scope.w.extend("else:", paths[1].lines)
    if paths[0].left and paths[1].left:
        return True
    if not rest:
        return False
    return _rest_unless_done(body, rest) if returns(node) else run(body, rest)


@dataclass
class Path:
    """One branch: its text, its names at the end, and whether control leaves it elsewhere."""

    lines: list[str]
    names: dict[str, Value]
    lost: dict[str, str]
    left: bool


def _path(body: Body, statements: list[ast.stmt]) -> Path:
    scope = body.scope
    names, lost = dict(scope.names), dict(scope.lost)
    with scope.w.captured() as lines:
        left = run(body, statements)
    path = Path(lines, scope.names, scope.lost, left)
    scope.names, scope.lost = names, lost
    return path


def _meet(scope: Scope, paths: list[Path], node: ast.AST) -> None:
    """Give every name one type and place after a branch; one that has none is lost."""
    going = [path for path in paths if not path.left]
    if len(going) < 2:
        if going:
            scope.names, scope.lost = going[0].names, going[0].lost
        return
    a, b = going
    scope.lost = a.lost | b.lost
    merged: dict[str, Value] = {}
    for name in a.names.keys() | b.names.keys():
        if name not in a.names or name not in b.names:
            scope.lost[name] = "a name that only some paths bind"
        elif (value := _met(scope, name, a, b, node)) is not None:
            merged[name] = value
    scope.names = merged


def _met(scope: Scope, name: str, a: Path, b: Path, node: ast.AST) -> Value | None:
    left, right = a.names[name], b.names[name]
    if left == right:
        return left
    try:
        kind = join(left.type, right.type, node)
    except Refused as refused:
        scope.lost[name] = refused.refusal.reason
        return None
    if isinstance(kind, Static | Lookup):
        scope.lost[name] = "an object that depends on the path"
        return None
    if left.parts == right.parts and left.type == right.type:
        return Value(kind, left.parts)
    parts = tuple(scope.w.fresh(name) for _ in range(width(kind)))
    for path, value in ((a, left), (b, right)):
        indent = "    " * (scope.w.depth + 1)
        path.lines.extend(f"{indent}{p} = {s}" for p, s in zip(parts, converted(value, kind), strict=True))
    return Value(kind, parts)


def _loop(body: Body, node: ast.While | ast.For) -> None:
    """Write a loop, again with wider types until its names have the same types after a round as before it."""
    scope = body.scope
    for _ in range(ROUNDS_AT_MOST):
        entry = _settle(scope, node)
        saved = (len(scope.w.lines), len(scope.w.proofs), dict(scope.names), dict(scope.lost))
        body.entries.append(entry)
        _write_loop(body, node)
        body.entries.pop()
        widened = _widened(scope, entry, node)
        if not widened:
            scope.names = {name: value for name, value in scope.names.items() if name in entry} | entry
            break
        del scope.w.lines[saved[0] :], scope.w.proofs[saved[1] :]
        scope.names, scope.lost = dict(saved[2]), saved[3]
        for name, kind in widened.items():
            scope.bind(name, Value(kind, converted(saved[2][name], kind)))
    else:
        raise refuse("the types of a loop's names do not settle", node)
    if body.entries and returns(node):
        scope.w.line(f"if {body.done}:")
        scope.w.line("    break")


def _settle(scope: Scope, node: ast.While | ast.For) -> dict[str, Value]:
    """Give every name that the loop assigns variables of its own, of which nothing but the type is known."""
    assigned = {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    for name in sorted(assigned & scope.names.keys()):
        value = scope.names[name]
        if isinstance(value.type, Scalar | Struct):
            scope.names.pop(name)
            scope.bind(name, value)
            scope.names[name] = Value(value.type, scope.names[name].parts)
    return dict(scope.names)


def _write_loop(body: Body, node: ast.While | ast.For) -> None:
    scope = body.scope
    if isinstance(node, ast.For):
        scope.in_statement = any(isinstance(n, ast.Break | ast.Continue | ast.Return) for n in ast.walk(node))
        iterate(scope, node.target, node.iter, lambda: _round(body, node.body))
        return
    with scope.w.block("while bad >= 0:"):
        held = test(scope, node.test)
        scope.w.line(f"if not {held}:")
        scope.w.line("    break")
        _round(body, node.body)


def _round(body: Body, statements: list[ast.stmt]) -> None:
    """Write one round of a loop; at its end every name is back in the variables it had."""
    entry = dict(body.scope.names)
    if not run(body, statements):
        _write_back(body.scope, entry)


def _write_back(scope: Scope, entry: dict[str, Value]) -> None:
    for name, before in entry.items():
        after = scope.names.get(name)
        if after is not None and after.type == before.type and after.parts != before.parts:
            for part, source in zip(before.parts, after.parts, strict=True):
                scope.w.line(f"{part} = {source}")
            scope.names[name] = before


def _widened(scope: Scope, entry: dict[str, Value], node: ast.AST) -> dict[str, Type]:
    """Return the types that names must have before the loop so that a round keeps them."""
    wider = {}
    for name, before in entry.items():
        after = scope.names.get(name)
        if after is None:
            raise refuse(f"`{name}` has another type after a round of this loop", node)
        if after.type != before.type:
            wider[name] = join(before.type, after.type, node)
    return wider
