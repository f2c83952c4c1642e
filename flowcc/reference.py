"""What each whole-collection function means, as Python's own functions say it: the tables `interpret` looks into.

Each takes the items as a list and its further arguments by the names that the IR gives them.
"""

from __future__ import annotations

import collections
import functools
import heapq
import itertools
import math
import operator
import statistics
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from typing import Any

from flowcc.operators import sessions, windows

Function = Callable[..., Any]


def _reduce(items: list[Any], function: Function, **initial: Any) -> Any:
    return functools.reduce(function, items, *initial.values())


FOLDS: Mapping[str, Function] = {
    "sum": sum,
    "len": len,
    "min": min,
    "max": max,
    "any": any,
    "all": all,
    "set": set,
    "frozenset": frozenset,
    "tuple": tuple,
    "list": list,
    "dict": dict,
    "Counter": collections.Counter,
    "tally": lambda pairs: _tally(pairs),
    "mean": statistics.mean,
    "fmean": statistics.fmean,
    "fsum": math.fsum,
    "prod": math.prod,
    "reduce": _reduce,
    "item": lambda items, index: items[index],
    "join": lambda items, separator: separator.join(items),
}


def _tally(pairs: list[tuple[Any, int]]) -> collections.Counter[Any]:
    counts: collections.Counter[Any] = collections.Counter()
    for item, count in pairs:
        counts[item] += count
    return counts


def _folded(items: list[Any], function: str, by: Function | None = None) -> list[tuple[Any, Any]]:
    return [(key, FOLDS[function](held)) for key, held in group(items, by, None)]


def _batched(items: Iterable[Any], n: int) -> Iterator[tuple[Any, ...]]:
    if n < 1:
        raise ValueError("n must be at least one")
    rest = iter(items)
    while batch := tuple(itertools.islice(rest, n)):
        yield batch


SCANS: Mapping[str, Function] = {
    "accumulate": lambda items, function=None, initial=None: itertools.accumulate(items, function, initial=initial),
    "enumerate": enumerate,
    "pairwise": itertools.pairwise,
    "batched": _batched,
    "counted": lambda items: list(collections.Counter(items).items()),
    "folded": _folded,
    "takewhile": lambda items, predicate: itertools.takewhile(predicate, items),
    "dropwhile": lambda items, predicate: itertools.dropwhile(predicate, items),
    "groupby": lambda items, key=None: ((name, list(held)) for name, held in itertools.groupby(items, key)),
}

SORTS: Mapping[str, Function] = {
    "sorted": sorted,
    "reversed": reversed,
    "nlargest": lambda items, n, key=None: heapq.nlargest(n, items, key),
    "nsmallest": lambda items, n, key=None: heapq.nsmallest(n, items, key),
}

WINDOWS: Mapping[str, Function] = {
    "windows": lambda items, **arguments: windows(items, **arguments).items(),
    "sessions": lambda items, **arguments: sessions(items, **arguments).items(),
    "windows.late": lambda items, **arguments: windows(items, **arguments).late,
    "sessions.late": lambda items, **arguments: sessions(items, **arguments).late,
}


def group(items: list[Any], by: Function | None, until: Function | None) -> Iterator[tuple[Any, list[Any]]]:
    """Give (key, items) by first appearance; with ``until`` as soon as it holds, and the key begins anew."""
    held: dict[Any, list[Any]] = {}
    for item in items:
        key, value = item if by is None else (by(item), item)
        held.setdefault(key, []).append(value)
        if until is not None and until(held[key]):
            yield key, held.pop(key)
    if until is None:
        yield from held.items()


def forgiving(function: Function) -> Function:
    """Return a reduction that stays as it was at an item which it fails for."""

    def step(held: Any, item: Any) -> Any:
        try:
            return function(held, item)
        except Exception:
            return held

    return step


def accumulate_what_works(items: list[Any], function: Function = operator.add, initial: Any = None) -> Iterator[Any]:
    """Give what `itertools.accumulate` gives for the items that ``function`` does not fail for."""
    rest = iter(items)
    held = next(rest, None) if initial is None else initial
    if not items and initial is None:
        return
    yield held
    for item in rest:
        try:
            held = function(held, item)
        except Exception:
            continue
        yield held


def concat(function: str, lists: list[list[Any]], arguments: Mapping[str, Any]) -> Iterable[Any]:
    """Return all lists as one."""
    return itertools.chain(*lists) if function == "chain" else heapq.merge(*lists, **arguments)


def run_until_still(step: Function, value: Any) -> Any:
    """Apply ``step`` until it gives what it was given."""
    while (after := step(value)) != value:
        value = after
    return value


def merge_shares(values: list[Any], merge: Function | None) -> Any:
    """Make members' values one, in member order; dicts and sets that share no key need no function."""
    if merge is not None or len(values) == 1:
        return functools.reduce(merge or (lambda first, _: first), values)
    if all(isinstance(value, Set) for value in values):
        return functools.reduce(lambda first, second: first | second, values)
    merged = values[0].copy()
    for value in values[1:]:
        assert merged.keys().isdisjoint(value), "members hold one key twice, and nothing says how to merge"
        dict.update(merged, value)
    return merged
