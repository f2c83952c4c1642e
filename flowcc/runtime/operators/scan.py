"""Items made from items in order, with a state that goes from batch to batch."""

from __future__ import annotations

from collections.abc import Callable
from itertools import accumulate, chain, pairwise, takewhile
from operator import add, index
from typing import Any

from flowcc.runtime.batches import Batch, rows
from flowcc.runtime.node import Node, Step
from flowcc.runtime.operators.early import Counted, Folded

Key = Callable[[Any], Any]


class Scan(Step):
    """``state, out = step(state, item)``: one state, or one for each key. A skipped item leaves the state as it was."""

    __slots__ = ("_node", "by", "init", "states", "step")
    has_columns = True

    def __init__(self, node: Node, step: Callable[[Any, Any], tuple[Any, Any]], init: Any, by: Key | None) -> None:
        self._node = node
        self.step = step
        self.init = init
        self.by = by
        self.states: dict[Any, Any] = {}

    def take(self, batch: Batch) -> Batch:
        """Return what each step gives out."""
        if self.by is None:
            return self._one_state(rows(batch))
        given = []
        by, step, states, init = self.by, self.step, self.states, self.init
        for item in rows(batch):
            try:
                key = by(item)
                states[key], out = step(states.get(key, init), item)
            except Exception as error:  # element code may raise anything
                self._node.fail(error, item)
                continue
            given.append(out)
        return given

    def _one_state(self, items: list[Any]) -> list[Any]:
        given = []
        step, state = self.step, self.states.get(None, self.init)
        for item in items:
            try:
                state, out = step(state, item)
            except Exception as error:  # element code may raise anything
                self._node.fail(error, item)
                continue
            given.append(out)
        self.states[None] = state
        return given


class Accumulate(Step):
    """`itertools.accumulate`: each item combined with all before it."""

    __slots__ = ("_node", "begun", "function", "held")
    has_columns = True

    def __init__(self, node: Node, function: Callable[[Any, Any], Any] | None, initial: Any) -> None:
        self._node = node
        self.function = function
        self.held: tuple[Any, ...] = () if initial is None else (initial,)
        self.begun = initial is None  # whether nothing is to be given before the first item's result

    def take(self, batch: Batch) -> Batch:
        """Return the results for a batch."""
        items = rows(batch)
        if not items:
            return []
        try:
            given = list(accumulate(chain(self.held, items), self.function))
        except Exception:  # element code may raise anything
            given = self._one_by_one(items)
        known = len(self.held) if self.begun else 0
        if given:
            self.held = (given[-1],)
        self.begun = True
        return given[known:] if known else given

    def _one_by_one(self, items: list[Any]) -> list[Any]:
        function = add if self.function is None else self.function
        given = list(self.held)
        for item in items:
            try:
                given.append(function(given[-1], item) if given else item)
            except Exception as error:  # element code may raise anything
                self._node.fail(error, item)
        return given

    def close(self) -> Batch | None:
        """Return the initial value, if nothing came after it."""
        return None if self.begun else list(self.held)


class Enumerate(Step):
    """``enumerate``: (number, item) pairs."""

    __slots__ = ("next",)
    has_columns = True

    def __init__(self, start: Any) -> None:
        enumerate((), start)  # raises what Python does for a start that is no integer
        self.next = index(start)

    def take(self, batch: Batch) -> Batch:
        """Number the items of a batch."""
        start, self.next = self.next, self.next + len(batch)
        return list(enumerate(rows(batch), start))


class Pairwise(Step):
    """`itertools.pairwise`: each item with the one before it."""

    __slots__ = ("last",)
    has_columns = True

    def __init__(self) -> None:
        self.last: list[Any] = []

    def take(self, batch: Batch) -> Batch:
        """Return the pairs that end in this batch."""
        items = rows(batch)
        given = list(pairwise(chain(self.last, items)))
        self.last = items[-1:] or self.last
        return given


class Batched(Step):
    """`itertools.batched` of Python 3.12: tuples of ``n`` items, the last one shorter unless that is refused."""

    __slots__ = ("_strict", "n", "rest")
    has_columns = True

    def __init__(self, n: int, strict: bool) -> None:
        if n < 1:
            raise ValueError("n must be at least one")
        self.n = n
        self._strict = strict
        self.rest: list[Any] = []

    def take(self, batch: Batch) -> Batch:
        """Return the tuples that are full."""
        n, items = self.n, [*self.rest, *rows(batch)]
        full = len(items) - len(items) % n
        self.rest = items[full:]
        return [tuple(items[start : start + n]) for start in range(0, full, n)]

    def close(self) -> Batch | None:
        """Return what is left as a shorter tuple."""
        if self.rest and self._strict:
            raise ValueError("batched(): incomplete batch")
        return [tuple(self.rest)] if self.rest else None


class While(Step):
    """``takewhile`` (``taking``): items up to the first that fails the predicate; ``dropwhile``: those from it on."""

    __slots__ = ("_node", "done", "passed", "predicate", "taking")
    has_columns = True

    def __init__(self, node: Node, predicate: Key, taking: bool) -> None:
        self._node = node
        self.predicate = predicate
        self.taking = taking
        self.passed = False  # whether the first item that fails the predicate has come
        self.done = False

    def take(self, batch: Batch) -> Batch:
        """Return the items that are kept; the predicate is not asked after it first failed."""
        items = rows(batch)
        if self.passed:
            return items
        try:
            kept = list(takewhile(self.predicate, items))
        except Exception:  # element code may raise anything
            return self._one_by_one(items)
        self.passed = len(kept) < len(items)
        self.done = self.taking and self.passed
        return kept if self.taking else items[len(kept) :]

    def _one_by_one(self, items: list[Any]) -> list[Any]:
        kept: list[Any] = []
        for number, item in enumerate(items):
            try:
                holds = self.predicate(item)
            except Exception as error:  # element code may raise anything
                self._node.fail(error, item)
                continue
            if not holds:
                self.passed = True
                self.done = self.taking
                return kept if self.taking else items[number:]
            kept.append(item)
        return kept if self.taking else []


class Runs(Step):
    """`itertools.groupby`: (key, items) for each run of items with equal keys."""

    __slots__ = ("_node", "items", "key", "name")
    has_columns = True

    def __init__(self, node: Node, key: Key | None) -> None:
        self._node = node
        self.key = key
        self.name: Any = None
        self.items: list[Any] = []  # of the run that has not ended

    def take(self, batch: Batch) -> Batch:
        """Return the runs that end in this batch."""
        items = names = rows(batch)
        if self.key is not None:
            items, names = self._node.map(self.key, items)
        given = []
        for name, item in zip(names, items, strict=True):
            if self.items and not (self.name is name or self.name == name):
                given.append((self.name, self.items))
                self.items = []
            if not self.items:
                self.name = name
            self.items.append(item)
        return given

    def close(self) -> Batch | None:
        """Return the last run."""
        return [(self.name, self.items)] if self.items else None


def make_scan(node: Node, function: str, arguments: dict[str, Any]) -> Step:
    """Return the step that ``function`` names."""
    match function:
        case "scan":
            return Scan(node, arguments["step"], arguments["init"], arguments.get("by"))
        case "accumulate":
            return Accumulate(node, arguments.get("function"), arguments.get("initial"))
        case "enumerate":
            return Enumerate(arguments.get("start", 0))
        case "pairwise":
            return Pairwise()
        case "batched":
            return Batched(arguments["n"], arguments.get("strict", False))
        case "takewhile" | "dropwhile":
            return While(node, arguments["predicate"], taking=function == "takewhile")
        case "counted":
            return Counted(node)
        case "folded":
            return Folded(node, arguments["function"], arguments.get("by"))
        case "groupby":
            return Runs(node, arguments.get("key"))
    raise AssertionError(f"unknown scan {function}")
