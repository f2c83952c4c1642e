"""Groups: a dict key → items, whole, closed early, or folded."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache, partial
from types import FunctionType
from typing import Any, TypeVar

from flowcc.runtime.batches import Batch, rows
from flowcc.runtime.node import Node, Step
from flowcc.runtime.operators.fold import ON_LISTS, Fold
from flowcc.runtime.operators.make_fold import make_fold

T = TypeVar("T")
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

    __slots__ = ("_node", "by", "held")
    has_columns = True

    def __init__(self, node: Node, by: Key | None) -> None:
        self._node = node
        self.by = by
        self.held: defaultdict[Any, list[Any]] = defaultdict(list)

    def take(self, batch: Batch) -> None:
        """Put each item into its group."""
        put_into(self.held, self._node, self.by, rows(batch))

    @property
    def begun(self) -> bool:
        """Whether there are any groups."""
        return bool(self.held)

    def close(self) -> Batch:
        """Return the entries."""
        return list(self.held.items())


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
    """Entries made of each key's folds. Groups are kept only while all together are small.

    A fold that fails does so when it is asked for, so that a group of which it is not does not matter.
    """

    __slots__ = (
        "_node", "_of", "_pending", "asked", "by", "folded", "functions", "held", "kernels", "packs", "result", "specs",
        "where",
    )  # fmt: skip
    has_columns = True

    def __init__(
        self,
        node: Node,
        by: Key | None,
        specs: Sequence[Spec],
        asked: Mapping[str, Callable[..., object]],
        result: Callable[..., tuple[Any, Any]],
        where: Callable[..., object] | None,
    ) -> None:
        self._node = node
        self.by = by
        self.specs = [(name, function, _but_of(arguments)) for name, function, arguments in specs]
        self.kernels = [arguments.get("of") for *_, arguments in specs]
        self._of = [_of(function, arguments.get("of")) for _, function, arguments in specs]
        self.functions = [_on_list(function, arguments) for _, function, arguments in specs]
        self.asked = [asked.get(name) for name, *_ in specs]
        self.result = result
        self.where = where
        self.packs = where is None and is_packing(result, len(specs))
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
            for number, (fold, of) in enumerate(zip(folds, self._of, strict=True)):
                try:
                    fold.add(items if of is None else of(items))
                except Exception as error:  # element code may raise anything
                    folds[number] = Failed(self._node, error)
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
            try:
                return self._of_groups(self.held.items())  # not a list: many tuples are much work for the collector
            except Exception:  # element code may raise anything
                return self._node.run(self._of_groups, list(self.held.items()))
        self._fold()
        return self.given(self.folded, [partial(_value, number) for number in range(len(self.specs))])

    def given(self, groups: Mapping[Any, T], folds: Sequence[Callable[[T], Any]]) -> list[Any]:
        """Return the entries of groups that are folded; who is told of one that fails is told its key."""
        given = self._node.run(lambda keys: self.entries(((key, groups[key]) for key in keys), folds), list(groups))
        return rows(given)

    def _of_groups(self, groups: Iterable[tuple[Any, list[Any]]]) -> list[Any]:
        functions = self.functions
        if any(self.asked) or not self.packs:
            return self.entries(groups, functions)
        match functions:  # written out where it is usual: calls are what most of the time goes into
            case [first]:
                return [(key, (first(items),)) for key, items in groups]
            case [first, second]:
                return [(key, (first(items), second(items))) for key, items in groups]
        return [(key, tuple([function(items) for function in functions])) for key, items in groups]

    def entries(self, groups: Iterable[tuple[Any, T]], folds: Sequence[Callable[[T], Any]]) -> list[Any]:
        """Return the entries of keys, each with what its folds are made of."""
        result, where = self.result, self.where
        pairs = list(zip(folds, self.asked, strict=True))
        given = []
        for key, held in groups:
            values: list[Any] = []
            for fold, asked in pairs:
                values.append(fold(held) if asked is None or asked(key, *values) else None)
            if self.packs:
                given.append((key, tuple(values)))
            elif where is None or where(key, *values):
                given.append(result(key, *values))
        return given


class Failed(Fold):
    """What has become of a fold that failed."""

    __slots__ = ("_error",)

    def __init__(self, node: Node, error: Exception) -> None:
        super().__init__(node)
        self._error = error

    def add(self, items: Sequence[Any]) -> None:
        """Do nothing."""

    def value(self) -> Any:
        """Raise what the fold raised."""
        raise self._error


def _value(number: int, folds: list[Fold]) -> Any:
    return folds[number].value()


def _but_of(arguments: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in arguments.items() if name != "of"}


def _of(function: str, of: Callable[[list[Any]], Any] | None) -> Callable[[list[Any]], Any] | None:
    """Return what makes a list of items what a fold adds; `any` and `all` look at no more than they must."""
    return of if of is None or function in ("any", "all") else lambda items: list(of(items))


def _on_list(function: str, arguments: Mapping[str, Any]) -> Callable[[list[Any]], Any]:
    given, of = _but_of(arguments), arguments.get("of")
    fold = partial(ON_LISTS[function], **given) if given else ON_LISTS[function]
    return fold if of is None else lambda items: fold(of(items))


@lru_cache(maxsize=64)
def _packing(folds: int) -> bytes:
    """Return the code of a function that packs so many folds."""
    names = ", ".join(f"f{number}" for number in range(folds))
    packed: FunctionType = eval(f"lambda key, {names}: (key, ({names},))")
    return packed.__code__.co_code


def is_packing(result: Callable[..., Any], folds: int) -> bool:
    """Whether a result is just ``(key, (fold, …))``, which the code of such a function tells."""
    code = getattr(result, "__code__", None)
    return code is not None and code.co_argcount == folds + 1 and code.co_code == _packing(folds)
