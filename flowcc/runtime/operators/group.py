"""Groups: a dict key → items, whole, closed early, or folded."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from flowcc.runtime.batches import Batch, rows
from flowcc.runtime.node import Node, Step
from flowcc.runtime.operators.fold import ON_LISTS, Fold, make_fold

Key = Callable[[Any], Any]
Spec = tuple[str, str, dict[str, Any]]
PENDING = 1 << 20  # items that `GroupFold` keeps before it folds them, which costs a fold's state for every key


def keyed(node: Node, by: Key | None, batch: Batch) -> Sequence[tuple[Any, Any]]:
    """Return (key, item) pairs; without ``by`` the items are such pairs."""
    items = rows(batch)
    if by is None:
        return items
    kept, keys = node.map(by, items)
    return list(zip(keys, kept, strict=True))


def put_into(held: defaultdict[Any, list[Any]], node: Node, by: Key | None, items: list[Any]) -> None:
    """Add each item to the list of its key; without ``by`` the items are (key, value) pairs."""
    if by is None:
        node.add(lambda pairs: _put_pairs(held, pairs), items)
        return
    for item in items:
        try:
            held[by(item)].append(item)
        except Exception as error:  # element code may raise anything
            node.fail(error, item)


def _put_pairs(held: defaultdict[Any, list[Any]], pairs: Sequence[tuple[Any, Any]]) -> None:
    for key, value in pairs:
        held[key].append(value)


class Group(Step):
    """All items by key, in order of first appearance."""

    __slots__ = ("_by", "_held", "_node")

    def __init__(self, node: Node, by: Key | None) -> None:
        self._node = node
        self._by = by
        self._held: defaultdict[Any, list[Any]] = defaultdict(list)

    def take(self, batch: Batch) -> None:
        """Put each item into its group."""
        put_into(self._held, self._node, self._by, rows(batch))

    def close(self) -> Batch:
        """Return the entries."""
        return list(self._held.items())


class GroupUntil(Step):
    """Items by key; an entry is given as soon as ``until`` of its items holds, and the key begins anew."""

    __slots__ = ("_by", "_held", "_node", "_until")

    def __init__(self, node: Node, by: Key | None, until: Key) -> None:
        self._node = node
        self._by = by
        self._until = until
        self._held: dict[Any, list[Any]] = {}

    def take(self, batch: Batch) -> Batch:
        """Return the entries that close now."""
        closed = []
        for pair in keyed(self._node, self._by, batch):
            try:
                key, item = pair
                items = self._held.setdefault(key, [])
            except Exception as error:  # element code may raise anything
                self._node.fail(error, pair)
                continue
            items.append(item)
            if self._is_done(items):
                closed.append((key, self._held.pop(key)))
        return closed

    def _is_done(self, items: list[Any]) -> bool:
        try:
            return bool(self._until(items))
        except Exception as error:  # element code may raise anything
            self._node.fail(error, items.pop())
            return False


class GroupFold(Step):
    """Entries made of each key's folds. Groups are kept only while all together are small."""

    __slots__ = ("_by", "_folds", "_functions", "_held", "_node", "_pending", "_result", "_specs", "_where")

    def __init__(
        self,
        node: Node,
        by: Key | None,
        specs: Sequence[Spec],
        result: Callable[..., tuple[Any, Any]],
        where: Callable[..., object] | None,
    ) -> None:
        self._node = node
        self._by = by
        self._specs = specs
        self._result = result
        self._where = where
        self._functions = [
            partial(ON_LISTS[function], **arguments) if arguments else ON_LISTS[function]
            for _, function, arguments in specs
        ]
        self._held: defaultdict[Any, list[Any]] = defaultdict(list)
        self._folds: dict[Any, list[Fold]] = {}
        self._pending = 0

    def take(self, batch: Batch) -> None:
        """Put each item into its group, and fold the groups when they have become large."""
        put_into(self._held, self._node, self._by, rows(batch))
        self._pending += len(batch)
        if self._pending > PENDING:
            self._fold()

    def _fold(self) -> None:
        for key, items in self._held.items():
            folds = self._folds.get(key)
            if folds is None:
                folds = self._folds[key] = [make_fold(self._node, name, given) for _, name, given in self._specs]
            for fold in folds:
                fold.take(items)
        self._held.clear()
        self._pending = 0

    def close(self) -> Batch:
        """Return the entries of all keys, in order of first appearance."""
        if not self._folds:
            return self._node.run(self._of_groups, list(self._held.items()))
        self._fold()
        return self._node.run(self._of_folds, list(self._folds.items()))

    def _of_groups(self, groups: list[tuple[Any, list[Any]]]) -> list[Any]:
        result, functions = self._result, self._functions
        if self._where is not None:
            return self._given([(key, tuple([function(items) for function in functions])) for key, items in groups])
        match functions:  # written out where it is usual: calls are what most of the time goes into
            case [first]:
                return [result(key, first(items)) for key, items in groups]
            case [first, second]:
                return [result(key, first(items), second(items)) for key, items in groups]
        return [result(key, *[function(items) for function in functions]) for key, items in groups]

    def _of_folds(self, groups: list[tuple[Any, list[Fold]]]) -> list[Any]:
        return self._given([(key, tuple([fold.value() for fold in folds])) for key, folds in groups])

    def _given(self, folded: list[tuple[Any, tuple[Any, ...]]]) -> list[Any]:
        result, where = self._result, self._where
        if where is None:
            return [result(key, *values) for key, values in folded]
        return [result(key, *values) for key, values in folded if where(key, *values)]
