"""Names in element code: what each stands for, and how two values from two paths become one."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable
from dataclasses import dataclass, field
from types import CodeType, FunctionType, ModuleType

from flowcc.backend.kernels.values import (
    NOTHING,
    STATIC,
    UNKNOWN,
    Lookup,
    Nothing,
    Static,
    Type,
    Value,
    blank,
    item_of,
    literal,
    refuse,
    width,
)
from flowcc.backend.kernels.writer import Writer
from flowcc.runtime.schema import UTF8, Scalar, Struct

OF_FUNCTIONS = ("__code__", "__defaults__")  # what a call of a function stands for, beside its names


@dataclass(frozen=True, slots=True)
class Captured:
    """A name that element code read from outside; a kernel holds only while it stands for the same object."""

    owner: FunctionType | ModuleType | type
    name: str
    value: object

    def holds(self) -> bool:
        """Tell whether the name still stands for what the kernel was made with."""
        return look_up(self.owner, self.name) is self.value


def look_up(function: FunctionType | ModuleType | type, name: str) -> object:
    """Return what a free name of a function, or a name in a module or class, stands for now, or UNKNOWN."""
    if isinstance(function, ModuleType | type) or name in OF_FUNCTIONS:
        return getattr(function, name, UNKNOWN)
    if name in function.__code__.co_freevars:
        cell = (function.__closure__ or ())[function.__code__.co_freevars.index(name)]
        try:
            return cell.cell_contents
        except ValueError:
            return UNKNOWN
    if name in function.__globals__:
        return function.__globals__[name]
    return getattr(builtins, name, UNKNOWN)


@dataclass
class Scope:
    """The names of one function, where its text goes, and the functions around it that it must not call again."""

    w: Writer
    function: FunctionType
    evaluate: Callable[[Scope, ast.expr], Value]
    captured: dict[tuple[int, str], Captured]
    names: dict[str, Value] = field(default_factory=dict)
    lost: dict[str, str] = field(default_factory=dict)
    stack: tuple[CodeType, ...] = ()
    in_statement: bool = False
    borrowed: set[str] = field(default_factory=set)  # names of the scope around, whose variables are not to be set here

    def value(self, node: ast.expr) -> Value:
        """Translate an expression."""
        return self.evaluate(self, node)

    def capture(self, owner: FunctionType | ModuleType | type, *names: str) -> None:
        """Let the kernel hold only while names stand for what they do now."""
        for name in names:
            self.captured[id(owner), name] = Captured(owner, name, look_up(owner, name))

    def inner(self) -> Scope:
        """Return a scope for a comprehension: it sees these names, and its own do not show here."""
        names, lost = dict(self.names), dict(self.lost)
        return Scope(self.w, self.function, self.evaluate, self.captured, names, lost, self.stack, borrowed=set(names))

    def resolve(self, node: ast.Name) -> Value:
        """Return what a name stands for."""
        if node.id in self.lost:
            raise refuse(self.lost[node.id], node)
        if node.id in self.names:
            return self.names[node.id]
        if node.id in self.function.__code__.co_varnames:
            raise refuse("a local name that may have no value here", node)
        found = look_up(self.function, node.id)
        if found is UNKNOWN:
            raise refuse("an unknown name", node)
        self.captured[id(self.function), node.id] = Captured(self.function, node.id, found)
        return constant(self.w, found, node)

    def bind(self, name: str, value: Value) -> None:
        """Let a name stand for a value, in variables of its own."""
        self.lost.pop(name, None)
        if isinstance(value.type, Static | Nothing | Lookup):
            self.borrowed.discard(name)
            self.names[name] = value
            return
        parts = self.variables(name, value.type)
        for part, source in zip(parts, value.parts, strict=True):
            self.w.line(f"{part} = {source}")
        self.names[name] = Value(value.type, parts, interval=value.interval, settled=value.settled)

    def variables(self, name: str, kind: Type) -> tuple[str, ...]:
        """Return names for the scalars of a variable; those it has already if the type is the same."""
        held = self.names.get(name)
        if name in self.borrowed:
            self.borrowed.discard(name)
            held = None
        if held is not None and held.type == kind and all(part.isidentifier() for part in held.parts):
            return held.parts
        count = width(kind)
        return tuple(self.w.fresh(name if count == 1 else f"{name}_{number}") for number in range(count))

    def unpack(self, target: ast.expr, value: Value) -> None:
        """Bind an assignment target: a name, or a tuple of targets."""
        if isinstance(target, ast.Name):
            self.bind(target.id, value)
            return
        if not isinstance(target, ast.Tuple | ast.List) or any(isinstance(t, ast.Starred) for t in target.elts):
            raise refuse("an assignment to something other than names", target)
        if not isinstance(value.type, Struct) or len(value.type.items) != len(target.elts):
            raise refuse(f"unpacking {value.type}", target)
        if value.type.record is not None and not issubclass(value.type.record, tuple):
            raise refuse("unpacking a record that is no tuple", target)
        items = [self.stored(item_of(value, index)) for index in range(len(target.elts))]
        for inner, item in zip(target.elts, items, strict=True):
            self.unpack(inner, item)

    def stored(self, value: Value) -> Value:
        """Return a value that later assignments to variables cannot change."""
        parts = tuple(self.w.temporary(part) if part.isidentifier() else part for part in value.parts)
        return Value(value.type, parts, value.known, value.interval, value.settled)


def constant(w: Writer, found: object, node: ast.AST | None) -> Value:
    """Return an object known before the kernel runs as a value: scalars and tuples of them, else as itself."""
    if type(found) is str:
        return Value(UTF8, w.constant_text(found, node), found)
    simple = literal(found)
    if simple is not None:
        return simple
    if type(found) is tuple and found:
        items = [constant(w, item, node) for item in found]
        if not any(isinstance(item.type, Static) for item in items):
            return tuple_of(items)
    return Value(STATIC, (), found)


def tuple_of(items: list[Value], names: tuple[str, ...] = (), record: type | None = None) -> Value:
    """Return values side by side as a tuple or record."""
    kinds = []
    for item in items:
        if isinstance(item.type, Static | Lookup):
            raise refuse("an object that has no columns inside a tuple")
        kinds.append(Scalar("int64", True) if isinstance(item.type, Nothing) else item.type)
    parts = tuple(part for item, kind in zip(items, kinds, strict=True) for part in converted(item, kind))
    return Value(Struct(tuple(kinds), names, record), parts)


def join(a: Type, b: Type, node: ast.AST | None) -> Type:
    """Return the type that holds values of both, or refuse: an int is no float here, as in Python's results."""
    if a == b:
        return a
    if isinstance(a, Nothing) and isinstance(b, Scalar):
        return Scalar(b.kind, True)
    if isinstance(b, Nothing) and isinstance(a, Scalar):
        return Scalar(a.kind, True)
    if isinstance(a, Scalar) and isinstance(b, Scalar) and a.kind == b.kind:
        return Scalar(a.kind, True)
    if isinstance(a, Struct) and isinstance(b, Struct) and a.record is b.record and len(a.items) == len(b.items):
        pairs = zip(a.items, b.items, strict=True)
        items = tuple(kind for p, q in pairs if isinstance(kind := join(p, q, node), Scalar | Struct))
        return Struct(items, a.names, a.record)
    raise refuse(f"the type depends on the values (sometimes {a}, sometimes {b})", node)


def converted(value: Value, kind: Type) -> tuple[str, ...]:
    """Return the scalars of a value as those of a type it was joined into."""
    if value.type == kind:
        return value.parts
    if isinstance(kind, Scalar):
        if isinstance(value.type, Nothing):
            return blank(kind)
        return (*value.parts, "True")
    assert isinstance(kind, Struct)
    return tuple(part for index, item in enumerate(kind.items) for part in converted(item_of(value, index), item))


def choose(
    scope: Scope, condition: str, left: Callable[[], Value], right: Callable[[], Value], node: ast.AST | None
) -> Value:
    """Return ``left()`` where a condition holds, else ``right()``; only the one taken is computed."""
    w = scope.w
    with w.captured() as lines_left:
        a = left()
    with w.captured() as lines_right:
        b = right()
    if a.type == b.type == NOTHING:
        return a
    kind = join(a.type, b.type, node)
    if isinstance(kind, Static | Lookup):
        raise refuse("a choice between objects that have no columns", node)
    names = tuple(w.fresh() for _ in range(width(kind)))
    indent = "    " * (w.depth + 1)
    lines_left.extend(f"{indent}{name} = {part}" for name, part in zip(names, converted(a, kind), strict=True))
    lines_right.extend(f"{indent}{name} = {part}" for name, part in zip(names, converted(b, kind), strict=True))
    w.extend(f"if {condition}:", lines_left)
    w.extend("else:", lines_right)
    return Value(kind, names, interval=_either(a, b))


def _either(a: Value, b: Value) -> Callable[[int], tuple[int, int]] | None:
    if a.interval is None or b.interval is None:
        return None
    first, second = a.interval, b.interval
    return lambda bound: (min(first(bound)[0], second(bound)[0]), max(first(bound)[1], second(bound)[1]))


def nothing_left(value: Value) -> bool:
    """Tell whether a value is None whatever the input."""
    return isinstance(value.type, Nothing)
