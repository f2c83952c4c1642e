"""Follows names to what they need, deciding for each: import it, copy its source, or write its value down."""

from __future__ import annotations

import ast
import builtins
import contextlib
import linecache
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import BuiltinFunctionType, FunctionType, ModuleType

from flowcc.backend import faults
from flowcc.backend.bindings import (
    Binding,
    Definition,
    bindings_of,
    class_named,
    definition_at,
    first_line,
    is_builtin,
    lambda_at,
    source_of,
)
from flowcc.backend.imports import Import, gives, import_of_binding, import_of_object
from flowcc.backend.literals import NotPlain, literal_of
from flowcc.backend.naming import free_names
from flowcc.backend.printing import layout
from flowcc.backend.record_classes import records_named_by
from flowcc.diagnostics import Diagnostic, FlowError
from flowcc.environment import Environment
from flowcc.source import Span

Rank = tuple[int, int]  # settings first, then the user's file from top to bottom, then other cells
NAMES_NOTHING = object()  # what a name stands for in a flow that was read from text alone


@dataclass(frozen=True, slots=True)
class Item:
    """One definition: its text, where it goes, and the names that it needs sooner or later."""

    text: str
    rank: Rank
    needs: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Task:
    """A name to be followed: what it stands for, in which names, and what led there."""

    name: str
    value: object
    scope: Mapping[str, object]
    span: Span
    through: str


class Carrier:
    """What has been found to be needed so far; `carry` adds a name, `follow` everything that follows from it."""

    def __init__(self, environment: Environment) -> None:
        self.imports: dict[str, list[Import]] = {}
        self.typed: dict[str, list[Import]] = {}
        self.items: dict[str, Item] = {}
        self.objects: dict[str, object] = {}
        self._environment = environment
        self._bindings = bindings_of(environment.text)
        self._tasks: list[_Task] = []
        self._faults: list[Diagnostic] = []
        self._task = _Task("", None, environment.file_names, Span("", 1, 0, 1, 0), "")

    def carry(self, name: str, span: Span) -> str | None:
        """Take up a name that element code reads; return its name in the definitions, None for Python's own."""
        env = self._environment
        own = env.closed_over if name in env.closed_over else env.file_names
        own = env.settings if name in env.settings else own
        if name in own:
            clash = own is not env.file_names and (name in env.file_names or is_builtin(name))
            there = f"{name}_of_flow" if clash else name
            self._tasks.append(_Task(there, own[name], env.file_names, span, name))
            return there
        if not env.live and name in self._bindings:
            self._tasks.append(_Task(name, NAMES_NOTHING, {}, span, name))
            return name
        return None

    def follow(self) -> None:
        """Follow everything taken up to the end."""
        while self._tasks:
            self._task = task = self._tasks.pop()
            if task.name not in self.objects:
                self.objects[task.name] = task.value
                self._define(task)
                self._take_records(task)
            elif not _is_same(self.objects[task.name], task.value):
                self._fault(faults.two_meanings(task.name, task.span))

    def raise_faults(self) -> None:
        """Raise all that was found to be in the way."""
        if self._faults:
            raise FlowError(self._faults, {self._environment.filename: self._environment.text})

    def _define(self, task: _Task) -> None:
        binding = self._binding_of(task)
        if task.value is NAMES_NOTHING:
            assert binding is not None, f"`{task.name}` is bound by no statement"
            self._by_statement(task, binding)
        elif binding is not None and isinstance(binding.statement, ast.Import | ast.ImportFrom):
            self._by_statement(task, binding)
        elif (found := self._import_of(task.name, task.value)) is not None:
            self.imports[task.name] = [found]
        elif hasattr(task.value, "__flow_source__"):
            self._cannot(task, "a flow; only its caller can run it")
        elif binding is not None and isinstance(binding.statement, Definition):
            self._copy(task, self._environment.text, binding.statement, (1, first_line(binding.statement)))
        elif isinstance(task.value, FunctionType | type):
            self._by_source(task, binding)
        else:
            self._by_value(task, binding)

    def _binding_of(self, task: _Task) -> Binding | None:
        """Return the statement of the flow's file that binds the name to what it stands for."""
        if task.scope is not self._environment.file_names and task.value is not NAMES_NOTHING:
            return None
        found = [each for each in self._bindings.get(task.name, ()) if not each.typing_only]
        if task.value is NAMES_NOTHING:
            return found[-1] if found else self._bindings[task.name][-1]
        if self._environment.file_names.get(task.name, self) is not task.value:
            return None
        return next((each for each in reversed(found) if self._binds(each, task.value)), None)

    def _binds(self, binding: Binding, value: object) -> bool:
        match binding.statement:
            case ast.Import() | ast.ImportFrom():
                found = import_of_binding(binding, self._package())
                return found is not None and gives(found, value)
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                inner = getattr(value, "__wrapped__", value)
                is_plain = isinstance(inner, FunctionType) and not binding.statement.decorator_list
                if not is_plain:
                    return not isinstance(value, type)
                assert isinstance(inner, FunctionType)
                code = inner.__code__
                return (code.co_name, code.co_firstlineno) == (binding.statement.name, first_line(binding.statement))
            case ast.ClassDef():
                is_class = isinstance(value, type) and value.__name__ == binding.statement.name
                return is_class or bool(binding.statement.decorator_list)
            case _:
                return True

    def _package(self) -> str:
        return str(self._environment.file_names.get("__package__") or "")

    def _by_statement(self, task: _Task, binding: Binding) -> None:
        if not isinstance(binding.statement, ast.Import | ast.ImportFrom):
            rank = (1, first_line(binding.statement))
            self._copy(task, self._environment.text, binding.statement, rank)
            return
        together = [each for each in self._bindings[task.name] if isinstance(each.statement, ast.Import)]
        found = [import_of_binding(each, self._package()) for each in {id(b): b for b in [binding, *together]}.values()]
        self.imports[task.name] = [each for each in found if each is not None]

    def _import_of(self, name: str, value: object) -> Import | None:
        """Return an import of something that lives in a module other than the flow's own."""
        found = import_of_object(name, value)
        own = self._environment.file_names.get("__name__")
        return None if found is None or found.module in (own, "__main__") else found

    def _by_source(self, task: _Task, binding: Binding | None) -> None:
        """Copy a function or class from where it is written: in another cell, or inside another function."""
        value = task.value
        name = str(getattr(value, "__name__", ""))
        if name not in (task.name, "<lambda>") and self._environment.file_names.get(name) is value:
            self._add(task, f"{task.name} = {name}", (1, first_line(binding.statement)) if binding else (0, 0))
            return
        text, statement = self._source_of(value)
        if statement is not None:
            self._copy(task, text, statement, (1 if text == self._environment.text else 0, first_line(statement)))
        elif binding is not None and isinstance(binding.statement, ast.Assign | ast.AnnAssign):
            self._by_statement(task, binding)
        elif isinstance(value, FunctionType) and (source := lambda_at(text, value.__code__)):
            self._add(task, f"{task.name} = {source}", (1, value.__code__.co_firstlineno))
        else:
            self._cannot(task, f"a {'class' if isinstance(value, type) else 'function'} whose source is not known")

    def _source_of(self, value: object) -> tuple[str, Definition | None]:
        if isinstance(value, FunctionType):
            text = self._text_of(value.__code__.co_filename)
            return text, definition_at(text, value.__name__, value.__code__.co_firstlineno)
        assert isinstance(value, type)
        files = {each.__code__.co_filename for each in vars(value).values() if isinstance(each, FunctionType)}
        cells = [name for name in linecache.cache if name.startswith("<") or "ipykernel" in name]
        for filename in (*sorted(files), self._environment.filename, *reversed(cells)):
            text = self._text_of(filename)
            if found := class_named(text, value.__name__):
                return text, found
        return "", None

    def _text_of(self, filename: str) -> str:
        if filename == self._environment.filename:
            return self._environment.text
        return "".join(linecache.getlines(filename))

    def _copy(self, task: _Task, text: str, statement: ast.stmt, rank: Rank) -> None:
        source = source_of(text, statement)
        name = getattr(statement, "name", task.name)
        renamed = f"\n\n\n{task.name} = {name}" if name != task.name and task.value is not NAMES_NOTHING else ""
        self._add(task, source + renamed, rank)

    def _add(self, task: _Task, text: str, rank: Rank) -> None:
        """Keep a definition and take up what it needs: from around its functions, its module, or for its types."""
        around = _closed_over(task.value)
        scope = self._scope_of(task.value)
        needs = free_names(text) - {task.name}
        self.items[task.name] = Item(text, rank, needs)
        for need in sorted(needs):
            if need in around:
                self._tasks.append(_Task(need, around[need], around, task.span, task.through))
            elif need in scope:
                self._tasks.append(_Task(need, scope[need], scope, task.span, task.through))
            elif not self._take_type(need) and not self._environment.live and need in self._bindings:
                self._tasks.append(_Task(need, NAMES_NOTHING, {}, task.span, task.through))

    def _scope_of(self, value: object) -> Mapping[str, object]:
        """Return the global names of the functions of ``value``."""
        own = self._environment.file_names
        if isinstance(value, type):
            module = sys.modules.get(value.__module__)
            return own if module is None or value.__module__ == own.get("__name__") else vars(module)
        functions = _functions_of(value)
        return functions[0].__globals__ if functions else own

    def _take_records(self, task: _Task) -> None:
        """Take up the records that a class or function of another module names, of which values may travel."""
        if task.name not in self.imports:
            return
        for record in records_named_by(task.value):
            name = record.__name__
            if name not in self.objects and self._environment.file_names.get(name, record) is record:
                self._tasks.append(replace(task, name=name, value=record, scope={}))

    def _take_type(self, name: str) -> bool:
        """Take up a name that only type checkers import."""
        found = [each for each in self._bindings.get(name, ()) if each.typing_only]
        statements = [import_of_binding(each, self._package()) for each in found if each.alias is not None]
        if not statements or len(found) < len(self._bindings[name]):
            return False
        self.typed[name] = [each for each in statements if each is not None]
        return True

    def _by_value(self, task: _Task, binding: Binding | None) -> None:
        """Write down what a name is now; where that has no expression but is made by one, copy that."""
        rank = (0, 0) if binding is None else (1, first_line(binding.statement))
        try:
            text = literal_of(task.value, self._reference)
        except NotPlain as found:
            made = type(task.value).__module__ in _MADE_BY_EXPRESSION or isinstance(task.value, BuiltinFunctionType)
            if binding is not None and made and isinstance(binding.statement, ast.Assign | ast.AnnAssign):
                self._by_statement(task, binding)
            else:
                self._cannot(task, _described(found.value, whole=found.value is task.value))
            return
        self._add(task, "\n".join(layout(ast.parse(text, mode="eval").body, 0, f"{task.name} = ")), rank)

    def _reference(self, value: object) -> str:
        """Return how a value names a class, function or module, and take that up."""
        name = str(getattr(value, "__name__", ""))
        scope = self._environment.file_names
        if getattr(builtins, name, None) is value:
            return name
        if name == self._task.name and value is self._task.value:
            raise NotPlain(value)
        if name.isidentifier() and scope.get(name) is value:
            self._tasks.append(replace(self._task, name=name, value=value, scope=scope))
            return name
        if not isinstance(value, FunctionType | BuiltinFunctionType | ModuleType | type):
            raise NotPlain(value)
        found = self._import_of(name, value)
        if found is not None:
            module = sys.modules[found.module]
            alias = found.module.replace(".", "_")
            alias += "_" if scope.get(alias, module) is not module else ""
            self._tasks.append(replace(self._task, name=alias, value=module, scope={}))
            return f"{alias}.{found.attribute}" if found.attribute else alias
        if not name.isidentifier():
            return self._lambda(value)
        self._tasks.append(replace(self._task, name=name, value=value, scope={}))
        return name

    def _lambda(self, value: object) -> str:
        """Return a lambda's source, where that can be told and reads nothing from a function around it."""
        if not isinstance(value, FunctionType) or value.__closure__:
            raise NotPlain(value)
        source = lambda_at(self._text_of(value.__code__.co_filename), value.__code__)
        if not source:
            raise NotPlain(value)
        return f"({source})"

    def _cannot(self, task: _Task, what: str) -> None:
        self._fault(faults.cannot_be_carried(task.name, what, task.span, task.through))

    def _fault(self, fault: Diagnostic) -> None:
        if fault not in self._faults:
            self._faults.append(fault)


_MADE_BY_EXPRESSION = ("functools", "typing", "types")


def _is_same(first: object, second: object) -> bool:
    plain = int | float | str | bytes | None
    return first is second or (type(first) is type(second) and isinstance(first, plain) and repr(first) == repr(second))


def _functions_of(value: object) -> list[FunctionType]:
    if isinstance(value, type):
        held = [getattr(each, "__func__", getattr(each, "fget", each)) for each in vars(value).values()]
        return [each for each in held if isinstance(each, FunctionType)]
    inner = getattr(value, "__wrapped__", value)
    return [inner] if isinstance(inner, FunctionType) else []


def _closed_over(value: object) -> dict[str, object]:
    """Return the names that functions take from the functions around them, with their values now."""
    found: dict[str, object] = {}
    for function in _functions_of(value):
        for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
            with contextlib.suppress(ValueError):  # a cell that is not filled
                found[name] = cell.cell_contents
    found.pop("__class__", None)
    return found


def _described(value: object, *, whole: bool) -> str:
    kind = type(value).__name__
    article = "an" if kind[:1] in "AEIOUaeiou" else "a"
    return f"{article} `{kind}`" if whole else f"data that holds {article} `{kind}`"
