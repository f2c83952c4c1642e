"""Whether an annotation contradicts what was inferred: only where both are known, and no value could be of both types.

A number counts for a wider one, as for type checkers (PEP 484, "The numeric tower"). What is not certain is no
contradiction.
"""

from __future__ import annotations

import builtins
from types import MappingProxyType

from flowcc.environment import Environment
from flowcc.facts import UNKNOWN, Type

WIDER = MappingProxyType({
    "bool": ("bool", "int", "float", "complex"),
    "int": ("int", "float", "complex"),
    "float": ("float", "complex"),
})  # fmt: skip
CONTAINERS = frozenset(("list", "set", "frozenset", "dict", "tuple"))
BUILTIN = frozenset(("bool", "int", "float", "complex", "str", "bytes", "None")) | CONTAINERS
CAPITAL = MappingProxyType({"List": "list", "Set": "set", "FrozenSet": "frozenset", "Dict": "dict", "Tuple": "tuple"})


def contradicts(declared: Type, found: Type, environment: Environment) -> bool:
    """Whether no value of type ``found`` is one of type ``declared``."""
    if declared.name == "|":
        return all(contradicts(part, found, environment) for part in declared.arguments)
    if found.name == "|":
        return all(contradicts(declared, part, environment) for part in found.arguments)
    if UNKNOWN in (declared, found):
        return False
    wanted = CAPITAL.get(declared.name.removeprefix("typing."), declared.name)
    if wanted in BUILTIN and found.name in BUILTIN:
        return wanted not in WIDER.get(found.name, (found.name,)) or _parts_contradict(declared, found, environment)
    wanted_class, found_class = _class(wanted, environment), _class(found.name, environment)
    if wanted_class is None or found_class is None:
        return False
    return not (issubclass(found_class, wanted_class) or issubclass(wanted_class, found_class))


def _parts_contradict(declared: Type, found: Type, environment: Environment) -> bool:
    wanted, given = declared.arguments, found.arguments
    if not wanted or not given:
        return False
    endless = Type("...")
    if declared.name.lower() == "tuple" and (endless in wanted or endless in given):
        if endless in wanted and endless in given:
            return contradicts(wanted[0], given[0], environment)
        pairs = [(wanted[0], part) for part in given] if endless in wanted else [(part, given[0]) for part in wanted]
        return any(contradicts(one, other, environment) for one, other in pairs)
    if len(wanted) != len(given):
        return declared.name.lower() == "tuple"
    return any(contradicts(one, other, environment) for one, other in zip(wanted, given, strict=True))


def _class(name: str, environment: Environment) -> type | None:
    """Return a class of Python's or of the flow's file, where being an instance of it is a plain question."""
    if name == "None":
        return type(None)
    thing = getattr(builtins, name) if name in BUILTIN else environment.get(name) if environment.live else None
    if not isinstance(thing, type) or "__instancecheck__" in vars(type(thing)) or hasattr(thing, "__origin__"):
        return None
    return thing
