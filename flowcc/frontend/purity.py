"""Refuse element code that gives another answer each time it runs, or that acts on the world (F401).

Functions of the flow's own file are read, however deep; those of other files by the names their code uses.
A function that says ``@impure(because=…)`` is taken at its word.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from types import CodeType, FunctionType, MappingProxyType, ModuleType

from flowcc.diagnostics import Diagnostic
from flowcc.environment import Environment
from flowcc.frontend import faults
from flowcc.frontend.meanings import is_member_verb
from flowcc.frontend.names import import_path
from flowcc.frontend.parse import parse_file
from flowcc.frontend.symbols import MUTATING
from flowcc.ir import Code, Op, codes_of
from flowcc.scopes import FUNCTIONS, Definition, argument_names, names_bound, target_names
from flowcc.source import SourceText

IMPURE_BUILTINS = MappingProxyType({
    "open": "files change", "print": "it writes", "input": "it waits for a person", "id": "it differs from run to run",
    "hash": "for text it differs from run to run", "globals": "globals change", "locals": "it depends on the compiler",
    "vars": "objects change", "exec": "it may do anything", "eval": "it may do anything",
    "__import__": "it loads code", "breakpoint": "it stops the program", "setattr": "it changes an object",
    "delattr": "it changes an object",
})  # fmt: skip
IMPURE_MODULES = MappingProxyType({
    "random": "chance", "secrets": "chance", "numpy.random": "chance", "socket": "the network", "time": "the clock",
    "subprocess": "other programs", "threading": "threads", "multiprocessing": "processes", "urllib": "the network",
    "http": "the network", "requests": "the network", "httpx": "the network", "shutil": "files", "tempfile": "files",
    "os": "the operating system", "sys": "the interpreter", "signal": "signals", "asyncio": "the clock",
    "uuid.uuid1": "the clock", "uuid.uuid4": "chance", "datetime.datetime.now": "the clock",
    "datetime.datetime.today": "the clock", "datetime.datetime.utcnow": "the clock",
    "datetime.date.today": "the clock", "io.open": "files", "sqlite3": "files", "logging": "it writes",
})  # fmt: skip
TRUSTED = frozenset("flowcc numpy dataclasses enum typing functools collections itertools operator re abc".split())
PURE_PARTS = ("os.path", "os.sep", "os.linesep", "os.fspath", "sys.maxsize", "sys.float_info", "sys.byteorder",
              "urllib.parse", "time.gmtime", "time.strftime", "time.struct_time", "http.HTTPStatus",
              "random.Random", "threading.local")  # fmt: skip


def check_purity(ops: Sequence[Op], environment: Environment, source: SourceText) -> list[Diagnostic]:
    """Return one fault for each impure thing that the element code of ``ops`` does."""
    reader = _Reader(environment)
    found: dict[str, Diagnostic] = {}
    for op in ops:
        for code in codes_of(op):
            for node, path, why in reader.read(code):
                where = source.span_of(node) if hasattr(node, "lineno") else op.span
                where = where if op.span.filename == source.filename else op.span
                found.setdefault(f"{path} {where}", faults.impure(where, path, why))
    return list(found.values())


class _Reader:
    """Reads element code and the functions it calls, each function once."""

    def __init__(self, environment: Environment) -> None:
        self.environment = environment
        self.seen: set[str] = set()
        statements = parse_file(environment.text, environment.filename).body if environment.text else []
        self.functions = {s.name: s for s in statements if isinstance(s, ast.FunctionDef)}
        self.lambdas = {
            target.id: s.value
            for s in statements
            if isinstance(s, ast.Assign) and isinstance(s.value, ast.Lambda)
            for target in s.targets
            if isinstance(target, ast.Name)
        }

    def read(self, code: Code) -> Iterator[tuple[ast.AST, str, str]]:
        """Give (node, what is called, why it is refused)."""
        if code.tree is not None:
            yield from self.tree(code.tree, frozenset())
        for definition in code.definitions:
            for statement in ast.parse(definition).body:
                for _, path, why in self.statement(statement):
                    yield ast.AST(), path, why

    def statement(self, statement: ast.stmt) -> Iterator[tuple[ast.AST, str, str]]:
        if isinstance(statement, ast.FunctionDef):
            yield from self.function(statement)
        else:
            yield from self.tree(statement, frozenset())

    def members(self, function: ast.FunctionDef, own: frozenset[str]) -> Iterator[tuple[ast.AST, str, str]]:
        """Where a function asks for the number of members, which a flow sees only in its own expressions."""
        for node in ast.walk(function):
            if isinstance(node, ast.Name | ast.Attribute):
                written = ast.unparse(node)
                if written.partition(".")[0] not in own and is_member_verb(written, self.environment):
                    yield node, written, "it differs with the number of members"

    def function(self, function: ast.FunctionDef) -> Iterator[tuple[ast.AST, str, str]]:
        """What a function does that element code must not do."""
        if any("impure" in ast.unparse(decorator) for decorator in function.decorator_list):
            return
        own = frozenset(name for scope in _scopes(function) for name in names_bound(scope))
        yield from self.members(function, own)
        made = _assigned(function) - _aliases(function)
        for statement in function.body:
            yield from self.tree(statement, own, made)
            yield from _changes(statement, made)

    def tree(
        self, tree: ast.AST, bound: frozenset[str], own: frozenset[str] = frozenset()
    ) -> Iterator[tuple[ast.AST, str, str]]:
        """Go through code in which the names ``bound`` are its own variables, ``own`` those it made itself."""
        inner = bound | {
            name
            for node in ast.walk(tree)
            for name in (
                argument_names(node.args) if isinstance(node, ast.Lambda)
                else target_names(node.target) if isinstance(node, ast.comprehension) else ()
            )
        }  # fmt: skip
        for node in ast.walk(tree):
            match node:
                case ast.Global():
                    yield node, f"global {', '.join(node.names)}", "globals change"
                case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=method)) if (
                    method in MUTATING and name not in own and not self.is_module(name, inner)
                ):
                    yield node, f"{name}.{method}", "it changes a value that is not its own"
                case ast.Attribute() | ast.Name():
                    yield from self.use(node, inner)

    def is_module(self, name: str, bound: frozenset[str]) -> bool:
        """Whether a name stands for an imported module."""
        return name not in bound and import_path(name, self.environment) is not None

    def use(self, node: ast.Attribute | ast.Name, bound: frozenset[str]) -> Iterator[tuple[ast.AST, str, str]]:
        """What the use of a name or an attribute of a module may do."""
        written = ast.unparse(node)
        root = written.partition(".")[0]
        if not written.replace(".", "").isidentifier() or root in bound:
            return
        if isinstance(node, ast.Name) and written in IMPURE_BUILTINS and self.is_builtin(written):
            yield node, written, IMPURE_BUILTINS[written]
        elif isinstance(node, ast.Name) and written in self.lambdas:
            if written not in self.seen:
                self.seen.add(written)
                for _, path, why in self.tree(self.lambdas[written], frozenset()):
                    yield node, f"{written} → {path}", why
        elif isinstance(node, ast.Name) and (changing := self.changing(written)):
            yield node, written, changing
        elif isinstance(node, ast.Name) and written in self.functions:
            if written not in self.seen:
                self.seen.add(written)
                for _, path, why in self.function(self.functions[written]):
                    yield node, f"{written} → {path}", why
        else:
            found = import_path(written, self.environment)
            reason = impurity_of(found) if found else None
            if reason and not (isinstance(node, ast.Name) and self.is_bare_module(written)):
                yield node, written, reason
            elif found and self.environment.live:
                yield from ((node, f"{written} → {what}", why) for what, why in self.foreign(written))

    def changing(self, name: str) -> str:
        """Return what makes a live object another one each time it is used; empty when nothing is known to."""
        thing = self.environment.get(name) if self.environment.live else None
        if hasattr(type(thing), "__next__"):
            return "an iterator changes as it is gone over"
        module = type(thing).__module__
        return "chance" if module == "random" or module.startswith("numpy.random") else ""

    def is_builtin(self, name: str) -> bool:
        """Whether nothing hides the builtin of this name."""
        return name not in self.functions and import_path(name, self.environment) is None

    def is_bare_module(self, name: str) -> bool:
        """A module by itself does nothing; what is taken from it may."""
        thing = self.environment[name] if self.environment.live and name in self.environment else None
        return isinstance(thing, ModuleType) or (
            thing is None and "." not in (import_path(name, self.environment) or "")
        )

    def foreign(self, path: str) -> Iterator[tuple[str, str]]:
        """What a function of another file does, by the names its code uses."""
        root, *rest = path.split(".")
        thing = self.environment.get(root)
        for part in rest:
            thing = getattr(thing, part, None)
        if isinstance(thing, FunctionType) and not hasattr(thing, "__flow_impure__"):
            yield from _foreign(thing, self.seen)


def _scopes(function: ast.FunctionDef) -> Iterator[Definition | ast.Lambda | ast.ClassDef]:
    """Give a function and all functions and classes in it."""
    for node in ast.walk(function):
        if isinstance(node, (*FUNCTIONS, ast.ClassDef)):
            yield node


def _assigned(function: ast.FunctionDef) -> frozenset[str]:
    """Return what a function and those in it bind themselves: variables, and the instances of their own classes."""
    found: set[str] = set()
    for scope in _scopes(function):
        arguments = set() if isinstance(scope, ast.ClassDef) else set(argument_names(scope.args))
        found |= names_bound(scope) - arguments
        if isinstance(scope, ast.ClassDef):
            methods = [each for each in scope.body if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)]
            found |= {method.args.args[0].arg for method in methods if method.args.args}
    return frozenset(found)


def _aliases(function: ast.FunctionDef) -> frozenset[str]:
    """Return the variables of a function that stand for what is not its own: ``held = TABLE``."""
    own = _assigned(function)
    return frozenset(
        target.id
        for node in ast.walk(function)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Name) and node.value.id not in own
        for target in node.targets
        if isinstance(target, ast.Name)
    )


def _changes(statement: ast.stmt, made: frozenset[str]) -> Iterator[tuple[ast.AST, str, str]]:
    """Where a statement stores into an object that is not the function's own."""
    for node in ast.walk(statement):
        if not isinstance(node, ast.Subscript | ast.Attribute) or isinstance(node.ctx, ast.Load):
            continue
        root: ast.expr = node
        while isinstance(root, ast.Subscript | ast.Attribute):
            root = root.value
        if isinstance(root, ast.Name) and root.id not in made:
            yield node, f"{ast.unparse(node)} = …", "it changes a value that is not its own"


def _foreign(function: FunctionType, seen: set[str]) -> Iterator[tuple[str, str]]:
    name = f"{function.__module__}.{function.__qualname__}"
    if name in seen or len(seen) > 500 or function.__module__.partition(".")[0] in TRUSTED:
        return
    seen.add(name)
    names = set(_names_of(function.__code__))
    for used in sorted(names):
        thing = function.__globals__.get(used)
        if isinstance(thing, ModuleType):
            paths = [f"{thing.__name__}.{part}" for part in sorted(names)]
            yield from (
                (path, why)
                for path in paths
                if (why := impurity_of(path)) and hasattr(thing, path[len(thing.__name__) + 1 :])
            )
        elif thing is None and used in ("open", "print", "input") and used not in function.__globals__:
            yield used, IMPURE_BUILTINS[used]
        elif isinstance(thing, FunctionType) and thing.__module__ == function.__module__:
            yield from _foreign(thing, seen)


def _names_of(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names_of(constant)


def impurity_of(path: str) -> str | None:
    """Return what makes the thing of this full name impure; None when it is not known to be."""
    if any(path == part or path.startswith(part + ".") for part in PURE_PARTS):
        return None
    pieces = path.split(".")
    for length in range(len(pieces), 0, -1):
        why = IMPURE_MODULES.get(".".join(pieces[:length]))
        if why is not None:
            return why
    return None
