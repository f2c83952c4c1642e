"""The functions and classes the language knows, by their full names; `calls` and `verbs` say what each becomes."""

from __future__ import annotations

import sys
from functools import lru_cache
from types import MappingProxyType

BUILTIN_NAMES = (
    "sum len min max any all sorted enumerate zip reversed range map filter set frozenset dict list tuple iter next "
    "globals locals vars exec eval open input print"
).split()

LIBRARY_NAMES = MappingProxyType({
    "itertools": "accumulate chain islice takewhile dropwhile pairwise batched groupby product starmap "
    "filterfalse chain.from_iterable",
    "functools": "reduce",
    "collections": "Counter",
    "heapq": "nlargest nsmallest merge",
    "math": "fsum prod",
    "statistics": "mean fmean",
    "flowcc": "send broadcast scatter route gather size member group scan windows sessions fixpoint tick sample "
    "feedback merge unordered trust",
})  # fmt: skip

SYMBOLS = MappingProxyType(
    {f"builtins.{name}": name for name in BUILTIN_NAMES}
    | {
        f"{module}.{name}": "heapq.merge" if (module, name) == ("heapq", "merge") else name
        for module, names in LIBRARY_NAMES.items()
        for name in names.split()
    }
)

VERBS = frozenset("send broadcast scatter route gather".split())
OPERATORS = frozenset("group scan windows sessions fixpoint merge unordered trust".split())
MUTATING = frozenset(
    "append extend insert remove pop clear sort reverse add update discard setdefault popitem subtract".split()
)
NOT_YET = frozenset("tick sample feedback".split())


@lru_cache(maxsize=4096)
def symbol_of_object(full_name: str, thing: object) -> str | None:
    """Return the short name of the very object ``thing`` when it is what ``full_name`` stands for."""
    known = SYMBOLS.get(full_name)
    if known is None:
        return None
    module, _, path = full_name.partition(".")
    home: object = sys.modules.get(module)
    for part in path.split("."):
        home = getattr(home, part, None)
    return known if home is thing or home == thing else None


def full_name_of(thing: object) -> str:
    """Return the name under which the language would know ``thing``: its public module and its path there."""
    module = str(getattr(thing, "__module__", None) or "")
    name = str(getattr(thing, "__qualname__", ""))
    public = module.removeprefix("_").partition(".")[0]
    return f"{public}.{name}"
