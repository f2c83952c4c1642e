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

    __slots__ = ("_held", "_node", "by")

    def __init__(self, node: Node, by: Key | None) -> None:
        self._node = node
        self.by = by
        self._held: defaultdict[Any, list[Any]] = defaultdict(list)

    def take(self, batch: Batch) -> None:
        """Put each item into its group."""
        put_into(self._held, self._node, self.by, rows(batch))

    @property
    def has_columns(self) -> bool:  # type: ignore[override]  # which only the readers tell
        """Whether there may be a reader that takes columns in place of groups."""
        return any(reader.operator == "dict" for reader, _ in self._node.readers)

    @property
    def begun(self) -> bool:
        """Whether there are any groups."""
        return bool(self._held)

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

    __slots__ = ("_functions", "_node", "_pending", "by", "folded", "held", "result", "specs", "where")
    has_columns = True

    def __init__(
        self,
        node: Node,
        by: Key | None,
        specs: Sequence[Spec],
        result: Callable[..., tuple[Any, Any]],
        where: Callable[..., object] | None,
    ) -> None:
        self._node = node
        self.by = by
        self.specs = specs
        self.result = result
        self.where = where
        self._functions = [
            partial(ON_LISTS[function], **arguments) if arguments else ON_LISTS[function]
            for _, function, arguments in specs
        ]
        self.held: defaultdict[Any, list[Any]] = defaultdict(list)
        self.folded: dict[Any, list[Fold]] = {}
        self._pending = 0

    def take(self, batch: Batch) -> None:
        """Put each item into its group, and fold the groups when they have become large."""
        put_into(self.held, self._node, self.by, rows(batch))
        self._pending += len(batch)
        if self._pending > PENDING:
            self._fold()

    def _fold(self) -> None:
        for key, items in self.held.items():
            folds = self.folded.get(key)
            if folds is None:
                folds = self.folded[key] = [make_fold(self._node, name, given) for _, name, given in self.specs]
            for fold in folds:
                fold.take(items)
        self.held.clear()
        self._pending = 0

    def folded_all(self) -> dict[Any, list[Fold]]:
        """Return the folds of all items so far, by key."""
        self._fold()
        return self.folded

    def clear(self) -> None:
        """Forget all items."""
        self.held.clear()
        self.folded.clear()
        self._pending = 0

    def close(self) -> Batch:
        """Return the entries of all keys, in order of first appearance."""
        if not self.folded:
            return self._node.run(self._of_groups, list(self.held.items()))
        self._fold()
        return self._node.run(self._of_folds, list(self.folded.items()))

    def _of_groups(self, groups: list[tuple[Any, list[Any]]]) -> list[Any]:
        result, functions = self.result, self._functions
        if self.where is not None:
            return self.given([(key, tuple([function(items) for function in functions])) for key, items in groups])
        match functions:  # written out where it is usual: calls are what most of the time goes into
            case [first]:
                return [result(key, first(items)) for key, items in groups]
            case [first, second]:
                return [result(key, first(items), second(items)) for key, items in groups]
        return [result(key, *[function(items) for function in functions]) for key, items in groups]

    def _of_folds(self, groups: list[tuple[Any, list[Fold]]]) -> list[Any]:
        return self.given([(key, tuple([fold.value() for fold in folds])) for key, folds in groups])

    def given(self, folded: list[tuple[Any, tuple[Any, ...]]]) -> list[Any]:
        """Return the entries of keys with their folds."""
        result, where = self.result, self.where
        if where is None:
            return [result(key, *values) for key, values in folded]
        return [result(key, *values) for key, values in folded if where(key, *values)]
