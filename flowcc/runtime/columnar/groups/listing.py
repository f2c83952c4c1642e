"""`group` of columns whose lists Python needs: items are kept as they come, and the lists made at the end, at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from operator import itemgetter
from typing import Any

import numpy as np

from flowcc.runtime.batches import Batch
from flowcc.runtime.columnar.groups.composite import Numbering, are_keys, numbering_of, routines_of
from flowcc.runtime.columnar.groups.keys import Library, address, chunks
from flowcc.runtime.columnar.groups.parts import NOT_YET, key_column, pair_of
from flowcc.runtime.columnar.routines.listing import order_items
from flowcc.runtime.columnar.step import OverColumns
from flowcc.runtime.columns import Buffer, Columns, columns_of, concat
from flowcc.runtime.operators.group import Group
from flowcc.runtime.schema import Schema, leaves


class GroupOverColumns(OverColumns[Group]):
    """Groups by a key that has columns."""

    _kind: Schema  # of the keys
    _keys: Numbering
    _found: tuple[Columns, Columns] | None = None  # the last batch, and its keys

    def needed(self, schema: Schema) -> Sequence[Callable[..., int]] | None:
        """Return nothing: which routines are needed only the keys tell."""
        return () if self.plain.by is not None or pair_of(schema) is not None else None

    def begin(self, columns: Columns, library: object) -> bool:
        """Take over the groups of Python."""
        found = key_column(self.node, self.plain.by, columns, self._seconds)
        if isinstance(found, str):
            self._wait(found)
            return False
        numbering = routines_of(found.schema)
        before = columns_of(list(self.plain.held), found.schema)
        if numbering is None or before is None or not are_keys(before) or not are_keys(found):
            self.leave(f"keys that are {found.schema}" if numbering is None else "Python holds other keys")
            return False
        jit, needed = self.node.stage.jit, [*numbering, order_items]
        assert jit is not None
        routines = jit.routines(needed, self._seconds)
        if routines is None:
            self._wait(NOT_YET)
            return False
        self._begin(found.schema, dict(zip(needed, routines, strict=True)), before)
        self._found = columns, found
        return True

    def _wait(self, why: str) -> None:
        if why == NOT_YET:
            self._record["why"] = why
        else:
            self.leave(why)

    def _begin(self, kind: Schema, library: Library, before: Columns) -> None:
        self._kind, self._keys = kind, numbering_of(kind, library)
        self._order = library[order_items]
        self._earlier = list(self.plain.held.values())
        self._ids: list[Buffer] = []
        self._items: list[Columns] = []
        for (part,) in chunks(before):
            self._keys.number(part)
        self._record.pop("why", None)

    def add(self, columns: Columns) -> None:
        """Number the keys of a batch and keep its items."""
        keys = self._found[1] if self._found is not None and self._found[0] is columns else None
        found = keys or key_column(self.node, self.plain.by, columns, self._seconds)
        self._found = None
        if isinstance(found, str) or found.schema != self._kind or not are_keys(found):
            self.leave("a batch of other keys")
            self.plain.take(columns)
            return
        self._record["runs"] = "numba"
        self._ids += [self._keys.number(part) for (part,) in chunks(found)]
        self._items.append(columns if self.plain.by is not None else columns.item(1))

    def hand_over(self) -> None:
        """Give Python the groups."""
        entries = self._entries()
        self.plain.held.clear()
        self.plain.held.update(entries)

    def finish(self) -> Batch | None:
        """Return the groups."""
        return self._entries()

    def _entries(self) -> list[tuple[Any, list[Any]]]:
        """Return key and items of each group."""
        if not self._items:
            return list(self.plain.held.items())
        known, ids = self._keys.known, np.concatenate(self._ids)
        ends, order = np.zeros(known + 1, np.int64), np.empty(len(ids), np.int64)
        self._order(len(ids), known, *map(address, (ids, ends, order)))
        items = _in_order(concat(self._items), order)
        bounds = [0, *ends[:known].tolist()]
        lists = [items[start:end] for start, end in pairwise(bounds)]
        for group, held in enumerate(self._earlier):
            lists[group] = held + lists[group]
        return list(zip(self._keys.columns().rows(), lists, strict=True))


def _in_order(columns: Columns, order: Buffer) -> list[Any]:
    """Return items in another order: texts are put in order once they are Python's."""
    if any(leaf.kind == "utf8" for leaf in leaves(columns.schema)) and len(order) > 1:
        return list(itemgetter(*order.tolist())(columns.rows()))
    return columns.take(order).rows()
