"""What the names in element code mean: laws are known of `min` or `operator.add`, not of a function of that name."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Iterator
from types import MappingProxyType, ModuleType

from flowcc.environment import Environment
from flowcc.frontend.names import import_path, is_defined_in_file, resolve
from flowcc.frontend.values import Symbol

BUILTIN = "len set frozenset any all sum min max sorted bool dict isinstance or and".split()
HOMES = MappingProxyType(
    dict.fromkeys(BUILTIN, ("builtins",))
    | dict.fromkeys("add mul and_ or_ xor iadd ior".split(), ("operator",))
    | dict.fromkeys("gcd lcm fsum prod".split(), ("math",))
    | dict.fromkeys(("mean", "fmean"), ("statistics",))
    | {"Counter": ("collections",), "union": ("builtins.set", "builtins.frozenset")}
    | dict.fromkeys(("size", "member"), ("flowcc", "flowcc.verbs"))
)


def hidden_names(trees: Iterable[ast.AST], own: Iterable[str], environment: Environment) -> tuple[str, ...]:
    """Return the names and dotted names that only look like functions whose laws are known.

    ``own`` are names that nested functions of the flow hide.
    """
    found: set[str] = set()
    for tree in trees:
        bound = {*own, *_bound(tree)}
        for node, name in _known_looking(tree):
            written = ast.unparse(node)
            if written.partition(".")[0] in bound or not is_home(written, name, environment):
                found.add(written)
    return tuple(sorted(found))


def asks_members(trees: Iterable[ast.AST], own: Iterable[str], environment: Environment) -> bool:
    """Whether code calls flowcc's `size` or `member`, by whatever name."""
    for tree in trees:
        bound = {*own, *_bound(tree)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Name | ast.Attribute):
                written = ast.unparse(node)
                if written.partition(".")[0] not in bound and is_member_verb(written, environment):
                    return True
    return False


def is_member_verb(written: str, environment: Environment) -> bool:
    """Whether a dotted name is flowcc's `size` or `member`."""
    if not written.replace(".", "").isidentifier():
        return False
    if environment.live:
        return any(_live(written, environment) is _at_home("flowcc.verbs", name) for name in ("size", "member"))
    value = resolve(written, environment)
    return isinstance(value, Symbol) and value.name in ("size", "member")


def _known_looking(tree: ast.AST) -> Iterator[tuple[ast.Name | ast.Attribute, str]]:
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Load()) | ast.Attribute(attr=name) if name in HOMES:
                yield node, name


def _bound(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name):
                yield name


def is_home(written: str, name: str, environment: Environment) -> bool:
    """Whether what is written stands for the function that the language knows as ``name``."""
    if not written.replace(".", "").isidentifier():
        return False
    if environment.live:
        return any(_live(written, environment) is _at_home(home, name) for home in homes(name))
    value = resolve(written, environment)
    if isinstance(value, Symbol):
        return value.name == name
    full = import_path(written, environment)
    if full is None and not is_defined_in_file(written.partition(".")[0], environment):
        full = f"builtins.{written}"
    return full in [f"{home}.{name}" for home in homes(name)]


def homes(name: str) -> tuple[str, ...]:
    """Return the modules and classes whose function of this name is meant."""
    return HOMES.get(name, ("builtins",))


def _live(written: str, environment: Environment) -> object:
    root, *rest = written.split(".")
    thing = environment.get(root)
    for part in rest:
        if not isinstance(thing, ModuleType | type):
            return None
        thing = getattr(thing, part, None)
    return thing


def _at_home(home: str, name: str) -> object:
    module, _, part = home.partition(".")
    thing: object = sys.modules.get(home) or sys.modules.get(module)
    if part and home not in sys.modules:
        thing = getattr(thing, part, None)
    return getattr(thing, name, _NOTHING)


_NOTHING = object()
