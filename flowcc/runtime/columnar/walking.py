"""Fixed points of whole numbers as a walk: each leads to those that pairs say, and each pair is looked at once.

The pairs come from a collection, or from its groups, which are then never made: a `group` that only a walk reads
holds its columns, and so does the `dict` of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeGuard

import numpy as np

from flowcc.runtime.batches import Batch, rows, slices
from flowcc.runtime.columnar.fields import field_of
from flowcc.runtime.columnar.groups.keys import NUMBERING, IntKeys, Library, address, chunks
from flowcc.runtime.columnar.routines import walks
from flowcc.runtime.columnar.routines.walks import lay_out, reach
from flowcc.runtime.columns import Buffer, Columns, columns_of, concat
from flowcc.runtime.node import Node, Step
from flowcc.runtime.operators.fixpoint import Growing
from flowcc.runtime.operators.fold import Collected
from flowcc.runtime.operators.group import Group
from flowcc.runtime.schema import INT64, Schema, Struct

PAIRS = Struct((INT64, INT64))
SPARSE = 2  # numbers of nodes for each that is given, past which they are counted in a table
PYTHON = 1e-6  # seconds that Python takes for a pair, about
NEEDED: Sequence[Callable[..., int]] = [*NUMBERING[INT64], lay_out, reach]


class Held:
    """A batch that only a walk can do without: the groups of columns, or the dict of them, made when they are read."""

    def __init__(self, pairs: list[Columns], make: Callable[[], list[Any]]) -> None:
        self.pairs, self._make = pairs, make
        self.items = sum(map(len, pairs))
        self.nbytes = 0  # it stays whole

    def __len__(self) -> int:
        return 1

    def __getitem__(self, index: slice, /) -> Held:
        assert index == slice(None)
        return self

    def rows(self) -> list[Any]:
        """Make what is held."""
        return self._make()


class HeldGroup(Step):
    """`group` by a field of columns that keeps them as they come."""

    def __init__(self, node: Node, plain: Group) -> None:
        self._node, self._plain = node, plain
        self._held: list[Columns] = []
        self._field: int | None = None
        self._schema: Schema | None = None

    def take(self, batch: Batch) -> None:
        """Keep columns; anything else goes into Python's groups, with all before it."""
        if isinstance(batch, Columns) and self._schema is None:
            self._schema, self._field = batch.schema, field_of(self._plain.by, batch.schema)
        if isinstance(batch, Columns) and batch.schema == self._schema and self._field is not None:
            self._held.append(batch)
        else:
            self._put()
            self._plain.take(batch)

    def _put(self) -> None:
        held, self._held = self._held, []
        for batch in held:
            self._plain.take(batch)

    def close(self) -> Batch | None:
        """Return the columns, as pairs (key, item)."""
        if self._field is None or not self._held or self._plain.begun:
            return self._entries()
        jit = self._node.stage.jit
        assert jit is not None
        jit.note(self._node.at, {"operator": "group", "runs": "numpy", "items": sum(map(len, self._held))})
        return Held([_keyed(columns, self._field) for columns in self._held], self._entries)

    def _entries(self) -> list[Any]:
        self._put()
        return rows(self._plain.close())


class HeldDict(Step):
    """`dict` of groups that are held."""

    def __init__(self, plain: Collected) -> None:
        self._plain = plain
        self._held: Held | None = None

    def take(self, batch: Batch) -> None:
        """Keep what is held."""
        if isinstance(batch, Held):
            self._held = batch
        else:
            self._plain.take(batch)

    def close(self) -> Batch | None:
        """Return the dict, still to be made."""
        held, plain = self._held, self._plain
        if held is None:
            return plain.close()

        def make() -> list[Any]:
            plain.take(held.rows())
            return rows(plain.close() or [])

        return Held(held.pairs, make)


def held_group(node: Node, plain: Group) -> Step | None:
    """Return a step that keeps columns, where only a walk reads the groups."""
    match node.readers:
        case [(Node(operator="dict") as reader, 0)] if _only_walked(reader):
            return HeldGroup(node, plain)
    return None


def held_dict(node: Node, plain: Collected) -> Step | None:
    """Return a step that keeps groups that are held, where only a walk reads the `dict` of them."""
    return HeldDict(plain) if _only_walked(node) else None


def _only_walked(node: Node) -> bool:
    match node.readers:
        case [(Growing(follow=follow), 1)]:
            return follow is not None
    return False


def walk(node: Node, follow: Callable[..., Any], start: Sequence[Batch], side: Sequence[Batch]) -> set[int] | None:
    """Return all that can be reached; None where that is not a walk over whole numbers, or not yet."""
    (value,) = rows(start[0])
    roots = columns_of(list(value), INT64) if type(value) is set and value else None
    items = [held for batch in side for held in (batch.pairs if isinstance(batch, Held) else [batch])]
    count = sum(map(len, items))
    jit = node.stage.jit
    assert jit is not None
    library = jit.routines(NEEDED, count * PYTHON)
    if roots is None or library is None:
        return None
    pairs = list(_pairs(node, follow, items))
    if not _all(pairs):
        return None
    jit.note(node.at, {"operator": "fixpoint", "runs": "numba", "items": count})
    return _reached(dict(zip(NEEDED, library, strict=True)), roots, concat(pairs))


def _pairs(node: Node, follow: Callable[..., Any], items: Sequence[Batch]) -> Iterator[Columns | None]:
    """Yield the pairs, as far as they are columns of whole numbers."""
    jit = node.stage.jit
    assert jit is not None
    for batch in items:
        columns = columns_of(batch) if isinstance(batch, list) else batch
        if columns is None:
            yield None
            return
        for part in slices(columns):
            runner = jit.offer(follow, "columns", part)
            given = None if runner is None else runner(part)
            found = columns_of(given, PAIRS) if isinstance(given, list) else given
            yield found if isinstance(found, Columns) and found.schema == PAIRS else None


def _all(pairs: list[Columns | None]) -> TypeGuard[list[Columns]]:
    return bool(pairs) and None not in pairs


def _reached(library: Library, roots: Columns, pairs: Columns) -> set[int]:
    columns = (roots, pairs.item(0), pairs.item(1))
    near = _near(*(column.buffers[0] for column in columns))
    if near is not None:
        low, count, (queue, sources, targets) = near
        found = _walked(library, count, queue, sources, targets)
        return set((found + low if low else found).tolist())
    keys = IntKeys(library, len(pairs))
    queue, sources, targets = (_numbered(keys, column) for column in columns)
    found = _walked(library, keys.known, queue, sources, targets)
    return set(keys.columns().buffers[0][found].tolist())


def _near(*numbers: Buffer) -> tuple[int, int, Sequence[Buffer]] | None:
    """Return the least of nodes that are numbers close together, how many they may be, and all counted from it."""
    some = [part for part in numbers if len(part)]
    low, high = min(int(part.min()) for part in some), max(int(part.max()) for part in some)
    if high - low >= SPARSE * sum(map(len, some)):
        return None
    return low, high - low + 1, [part - low for part in numbers] if low else numbers


def _walked(library: Library, nodes: int, roots: Buffer, sources: Buffer, targets: Buffer) -> Buffer:
    """Return the numbers of the nodes that are reached; none of the roots comes twice."""
    starts, to = np.zeros(nodes + 1, np.int64), np.empty(len(sources), np.int32)
    library[walks.lay_out](len(sources), nodes, *map(address, (sources, targets, starts, to)))
    seen, first = np.zeros(nodes, np.uint8), len(roots)
    seen[roots] = 1
    queue = np.concatenate([roots, np.empty(nodes - first, np.int64)])
    count = library[walks.reach](first, *map(address, (queue, seen, starts, to)))
    return queue[:count]


def _numbered(keys: IntKeys, column: Columns) -> Buffer:
    return np.concatenate([keys.number(part) for (part,) in chunks(column)])


def _keyed(columns: Columns, field: int) -> Columns:
    """Return pairs (field, item), sharing buffers."""
    key = columns.item(field)
    return Columns(Struct((key.schema, columns.schema)), (*key.buffers, *columns.buffers), len(columns))
