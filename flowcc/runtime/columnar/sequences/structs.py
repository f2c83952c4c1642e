"""Operators that number, pair and put side by side what they never look at: columns become parts of structs.

All state stays in the Python step, so that lists and columns may take turns. What has no such form goes to Python.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from flowcc.runtime.batches import Batch, rows
from flowcc.runtime.columns import Columns, columns_of, concat, roles
from flowcc.runtime.node import Node, Step
from flowcc.runtime.operators.order import Held, Prefix
from flowcc.runtime.operators.scan import Batched, Enumerate, Pairwise
from flowcc.runtime.schema import INT64, Struct

WIDEST = 16  # fields of a struct that tuples of one size become; wider ones are as quick in Python
Form = Callable[[Any, Columns], "Columns | None"]


class InStructs(Step):
    """Gives for columns what ``form`` makes of them, where it does; all else is ``plain``'s."""

    __slots__ = ("_form", "_plain", "_record")

    def __init__(self, node: Node, plain: Step, form: Form) -> None:
        self._plain = plain
        self._form = form
        self._record: dict[str, Any] = {"operator": node.operator, "runs": "numpy", "items": 0}
        note(node, self._record)

    @property
    def done(self) -> bool:  # type: ignore[override]  # a step may find that out as it goes
        """Whether what follows cannot change the result."""
        return self._plain.done

    def take(self, batch: Batch) -> Batch | None:
        """Take a batch over columns if that can be, else in Python."""
        self._record["items"] += len(batch)
        given = self._form(self._plain, batch) if isinstance(batch, Columns) else None
        return self._plain.take(batch) if given is None else given

    def close(self) -> Batch | None:
        """Return what is left to give."""
        return self._plain.close()


class HeldInColumns(Step):
    """Keeps all batches and cuts a slice out of them at the end."""

    __slots__ = ("_plain",)

    def __init__(self, node: Node, plain: Held) -> None:
        self._plain = plain
        note(node, {"operator": node.operator, "runs": "numpy"})

    def take(self, batch: Batch) -> None:
        """Keep the batch."""
        self._plain.take(batch)

    def close(self) -> Batch:
        """Return the slice of all items."""
        columns = as_one(self._plain.batches)
        assert self._plain.cut is not None
        return self._plain.close() if columns is None else columns[self._plain.cut]


def note(node: Node, record: dict[str, Any]) -> None:
    """Keep a record of what runs a node, where anybody does."""
    if node.stage.jit is not None:
        node.stage.jit.note(node.at, record)


def as_one(batches: Sequence[Batch]) -> Columns | None:
    """Return batches that are all columns of one schema as one; None for any others."""
    parts = [batch for batch in batches if isinstance(batch, Columns)]
    if not parts or len(parts) < len(batches) or any(part.schema != parts[0].schema for part in parts):
        return None
    return concat(parts)


def side_by_side(parts: Sequence[Columns]) -> Columns:
    """Return tuples of the n-th items of columns of one length, sharing buffers."""
    schema = Struct(tuple(part.schema for part in parts))
    return Columns(schema, tuple(buffer for part in parts for buffer in part.buffers), len(parts[0]))


def zipped(node: Node, parts: Sequence[Batch]) -> Batch:
    """Return tuples of the n-th items of batches of one length: columns where all are."""
    columns = [part for part in parts if isinstance(part, Columns)]
    if len(columns) < len(parts):
        return list(zip(*map(rows, parts), strict=True))
    note(node, {"operator": node.operator, "runs": "numpy"})
    return side_by_side(columns)


def numbered(plain: Enumerate, columns: Columns) -> Columns | None:
    """Return (number, item) pairs, as long as numbers fit 64 bits."""
    start, stop = plain.next, plain.next + len(columns)
    if start < -(2**63) or stop > 2**63:
        return None
    plain.next = stop
    numbers = np.arange(len(columns), dtype=np.int64) + start
    return side_by_side([Columns(INT64, (numbers,), len(columns)), columns])


def paired(plain: Pairwise, columns: Columns) -> Columns | None:
    """Return pairs of neighbours; not of nan, which both pairs with it hold as one object."""
    last = columns_of(plain.last, columns.schema)
    if last is None or not len(columns) or has_nan(columns):
        return None
    items = concat([last, columns]) if len(last) else columns
    plain.last = items[-1:].rows()
    return side_by_side([items[:-1], items[1:]])


def batched(plain: Batched, columns: Columns) -> Columns | None:
    """Return tuples that are full: each of their places is a column of every n-th item."""
    n = plain.n
    rest = columns_of(plain.rest, columns.schema) if n <= WIDEST else None
    if rest is None:
        return None
    items = concat([rest, columns]) if len(rest) else columns
    full = len(items) - len(items) % n
    plain.rest = items[full:].rows()
    return side_by_side([items[start:full:n] for start in range(n)])


def cut(plain: Prefix, columns: Columns) -> Columns | None:
    """Return those of a batch that are in the slice."""
    given = plain.take(columns)
    return columns[:0] if given is None else given  # type: ignore[return-value]  # a slice of columns is columns


def has_nan(columns: Columns) -> bool:
    """Whether there is any nan."""
    parts = zip(roles(columns.schema), columns.buffers, strict=True)
    return any(role == "values" and part.dtype.kind == "f" and bool(np.isnan(part).any()) for role, part in parts)


FORMS: dict[type[Step], Form] = {Enumerate: numbered, Pairwise: paired, Batched: batched, Prefix: cut}
