"""What the global names of a flow stand for: from live objects, or from the statements of its file alone."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import ModuleType

from flowcc.environment import Environment
from flowcc.facts import PlaceRef
from flowcc.frontend.parse import parse_file
from flowcc.frontend.symbols import SYMBOLS, full_name_of, symbol_of_object
from flowcc.frontend.values import ElementCode, Known, OtherFlow, PlaceValue, Symbol, Value
from flowcc.places import Cluster, External, Here, Place

CLAIMS = "__flow_claims__"  # as `laws` marks a function
LAWS = ("commutative", "associative", "idempotent", "monotone")
PLAIN = (int, float, str, bytes, bool, type(None), complex)


@dataclass(frozen=True)
class FlowSource:
    """Where the function of another flow is written, and what its names stand for."""

    name: str
    line: int | None
    environment: Environment


def place_ref(place: type[Place]) -> PlaceRef:
    """Return a place class as the IR knows it."""
    kind = "cluster" if issubclass(place, Cluster) else "external" if issubclass(place, External) else "process"
    return PlaceRef("Here" if place is Here else place.__name__, kind, place.members)


def resolve(path: str, environment: Environment) -> Value | None:
    """Return what the dotted ``path`` stands for outside the flow's own names; None when nothing has that name."""
    return _resolve_live(path, environment) if environment.live else _resolve_text(path, environment)


def _resolve_live(path: str, environment: Environment) -> Value | None:
    root, *rest = path.split(".")
    if root not in environment:
        return None
    thing = environment[root]
    for part in rest:
        if not isinstance(thing, ModuleType | type) or not hasattr(thing, part):
            return ElementCode(_expression(path))
        if symbol_of_object(full_name_of(thing), thing) == "chain" and part == "from_iterable":
            return Symbol("chain.from_iterable")
        thing = getattr(thing, part)
    return value_of(thing, path)


def value_of(thing: object, path: str) -> Value:
    """Return what a live object is to the language."""
    source = getattr(thing, "__flow_source__", None)
    if source is not None:
        return OtherFlow(source)
    if isinstance(thing, type) and issubclass(thing, Place):
        return PlaceValue(place_ref(thing))
    if is_plain(thing):
        return Known(thing)
    if callable(thing):
        known = symbol_of_object(full_name_of(thing), thing) if _is_hashable(thing) else None
        if known is not None:
            return Symbol(known)
    return ElementCode(_expression(path))


def is_plain(thing: object) -> bool:
    """Whether a value may be put into code as a literal: numbers, text, None and tuples of those."""
    if type(thing) is tuple:
        return all(map(is_plain, thing))
    return type(thing) in PLAIN or type(thing) is range


def _is_hashable(thing: object) -> bool:
    return type(thing).__hash__ is not None


def _expression(path: str) -> ast.expr:
    return ast.parse(path, mode="eval").body


@lru_cache(maxsize=64)
def _file_names(text: str, filename: str) -> Mapping[str, Value]:
    names: dict[str, Value] = {}
    for statement in _top_level(parse_file(text, filename).body):
        match statement:
            case ast.Import(names=aliases):
                for alias in aliases:
                    module = alias.name if alias.asname else alias.name.partition(".")[0]
                    names[alias.asname or module] = _Imported(module)
            case ast.ImportFrom(module=module, names=aliases, level=0):
                for alias in aliases:
                    full = f"{module}.{alias.name}"
                    names[alias.asname or alias.name] = Symbol(SYMBOLS[full]) if full in SYMBOLS else _Imported(full)
            case ast.ClassDef(name=name):
                names[name] = _class_value(statement, names)
            case ast.FunctionDef(name=name) if _is_flow(statement, names):
                names[name] = OtherFlow(FlowSource(name, None, Environment(filename, text, live=False)))
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                names[name] = ElementCode(ast.Name(name, ast.Load()))
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                names[name] = _literal(name, value)
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                names[name] = _literal(name, value)
            case _:
                names |= {name: ElementCode(ast.Name(name, ast.Load())) for name in _bound_names(statement)}
    return names


def _top_level(body: list[ast.stmt]) -> list[ast.stmt]:
    found = []
    for statement in body:
        if isinstance(statement, ast.If | ast.Try):
            found += _top_level([*statement.body, *statement.orelse])
        else:
            found.append(statement)
    return found


def _bound_names(statement: ast.stmt) -> set[str]:
    """Names that any other statement binds: unpacking, loops, `with`, star imports aside."""
    return {n.id for n in ast.walk(statement) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}


class _Imported(ElementCode):
    """An imported name that the language does not know; its full name decides what its attributes are."""

    def __init__(self, full_name: str) -> None:
        super().__init__(ast.Name(full_name, ast.Load()))


def _literal(name: str, value: ast.expr) -> Value:
    try:
        constant = ast.literal_eval(value)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return ElementCode(ast.Name(name, ast.Load()))
    return Known(constant) if is_plain(constant) else ElementCode(ast.Name(name, ast.Load()))


def _is_flow(statement: ast.FunctionDef, names: Mapping[str, Value]) -> bool:
    for decorator in statement.decorator_list:
        target = decorator.func if isinstance(decorator, ast.Call) else decorator
        if isinstance(target, ast.Name) and _full_name(names.get(target.id)) == "flowcc.flow":
            return True
        if ast.unparse(target) == "flowcc.flow":
            return True
    return False


def _full_name(value: Value | None) -> str:
    return value.tree.id if isinstance(value, _Imported) and isinstance(value.tree, ast.Name) else ""


_PLACES = {"flowcc.Process": "process", "flowcc.Cluster": "cluster", "flowcc.External": "external"}


def _class_value(statement: ast.ClassDef, names: Mapping[str, Value]) -> Value:
    for base in statement.bases:
        value = names.get(base.id) if isinstance(base, ast.Name) else None
        kind = _PLACES.get(_full_name(value) or ast.unparse(base))
        if isinstance(value, PlaceValue):
            kind = value.place.kind
        if kind is not None:
            sizes = [word.value.value for word in statement.keywords if isinstance(word.value, ast.Constant)]
            return PlaceValue(PlaceRef(statement.name, kind, next((s for s in sizes if type(s) is int), 1)))
    return ElementCode(ast.Name(statement.name, ast.Load()))


def _resolve_text(path: str, environment: Environment) -> Value | None:
    root, *rest = path.split(".")
    if root in environment.settings:
        return Known(environment.settings[root]) if not rest else ElementCode(_expression(path))
    value = _file_names(environment.text, environment.filename).get(root)
    if value is None:
        if root not in environment:
            return None
        value = Symbol(root) if f"builtins.{root}" in SYMBOLS else ElementCode(_expression(root))
    if not rest:
        return value if not isinstance(value, _Imported) else _imported_value(value, path)
    if isinstance(value, Symbol) and rest == ["from_iterable"]:
        return Symbol("chain.from_iterable")
    full = ".".join([_full_name(value), *rest])
    if full in SYMBOLS:
        return Symbol(SYMBOLS[full])
    return ElementCode(_expression(path))


def _imported_value(value: _Imported, path: str) -> Value:
    if _full_name(value) == "flowcc.Here":
        return PlaceValue(PlaceRef("Here"))
    return ElementCode(_expression(path))


def import_path(path: str, environment: Environment) -> str | None:
    """Return the full name behind an imported dotted name (``dt.now`` → ``datetime.datetime.now``), else None."""
    root, *rest = path.split(".")
    if environment.live:
        thing = environment[root] if root in environment and not is_builtin_name(root, environment) else None
        if isinstance(thing, ModuleType):
            return ".".join([thing.__name__, *rest])
        module, name = getattr(thing, "__module__", None), getattr(thing, "__qualname__", None)
        owner = getattr(thing, "__self__", None)
        if owner is not None and not isinstance(owner, ModuleType):  # bound methods such as random.random
            module = owner.__module__ if isinstance(owner, type) else type(owner).__module__
            name = name if isinstance(owner, type) else getattr(thing, "__name__", name)
        is_foreign = module not in (None, environment.file_names.get("__name__"))
        return ".".join([str(module).removeprefix("_"), str(name), *rest]) if is_foreign and name else None
    value = _file_names(environment.text, environment.filename).get(root)
    return ".".join([_full_name(value), *rest]) if _full_name(value) else None


def is_builtin_name(name: str, environment: Environment) -> bool:
    """Whether ``name`` is a builtin that nothing hides."""
    return not any(name in names for names in (environment.settings, environment.closed_over, environment.file_names))


def is_defined_in_file(name: str, environment: Environment) -> bool:
    """Whether a flow read from text finds ``name`` among the statements of its file."""
    return name in _file_names(environment.text, environment.filename)


def claims_of(name: str, environment: Environment) -> tuple[str, ...]:
    """Return the laws that a function of the flow's file is claimed to keep."""
    if environment.live:
        return tuple(getattr(environment[name], CLAIMS, ())) if name in environment else ()
    if not environment.text:
        return ()
    for statement in parse_file(environment.text, environment.filename).body:
        if isinstance(statement, ast.FunctionDef) and statement.name == name:
            return tuple(mark for d in statement.decorator_list if (mark := ast.unparse(d).rpartition(".")[2]) in LAWS)
    return ()
