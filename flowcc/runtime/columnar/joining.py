"""Joins by a whole number or a text: the right side is numbered by key once, and left items find their numbers.

The matching pairs become columns, of the parts that are read, and go through the rest of the comprehension as a kernel.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from flowcc.runtime.batches import Batch, rows
from flowcc.runtime.columnar.keys import FINDING, NUMBERING, Library, chunks, keys_of
from flowcc.runtime.columnar.pairs import Halves, halves_of
from flowcc.runtime.columnar.step import OverColumns
from flowcc.runtime.columns import Buffer, Columns, columns_of, concat, empty
from flowcc.runtime.operators.join import Join
from flowcc.runtime.schema import Scalar, Schema, Struct

SECONDS_AN_ITEM = 5e-7  # what Python takes at least to put a right item into its table


class JoinOverColumns(OverColumns[Join]):
    """A join whose both sides are columns."""

    halves: Halves
    right: Columns

    def needed(self, schema: Schema) -> Sequence[Callable[..., int]] | None:
        """Return the routines for keys of the right items, when the comprehension has the usual form."""
        node = self.node
        halves = halves_of(self.plain.kernel, f"{node.stage.filename}:{node.at}")
        right = _as_one(self.plain.right)
        key = self._key_of_right(right) if halves is not None and right is not None and len(right) else None
        if halves is None or right is None or key is None or key.schema not in NUMBERING:
            return None
        self.halves, self.right, self._key = halves, right, key
        self._seconds += len(right) * SECONDS_AN_ITEM
        return [*NUMBERING[key.schema], *FINDING[key.schema]]

    def _key_of_right(self, right: Columns) -> Columns | None:
        return self._mapped(self.plain.right_key, right)

    def _mapped(self, key: Callable[[Any], Any], columns: Columns) -> Columns | None:
        """Return the key of each item; None where it raises or is no column."""
        field = field_of(key, columns.schema)
        if field is not None:
            return columns if field < 0 else columns.item(field)
        jit = self.node.stage.jit
        assert jit is not None
        native = jit.offer(key, "item", columns)
        given = native(columns) if native is not None else None
        if isinstance(given, list):
            return columns_of(given)
        return given if isinstance(given, Columns) else None

    def begin(self, columns: Columns, library: Library) -> bool:
        """Number the right items by key."""
        self._keys = keys_of(self._key.schema, library, len(self._key))
        ids = np.concatenate([self._keys.number(part) for (part,) in chunks(self._key)])
        self._counts: Buffer | None = None
        if self._keys.known < len(ids):
            self._counts = np.bincount(ids, minlength=self._keys.known)
            self._starts = np.cumsum(self._counts) - self._counts
            self._order = np.argsort(ids, kind="stable")
        return True

    def add(self, columns: Columns) -> Batch | None:
        """Return what the comprehension gives for left items; Python's where it raises or has no kernel."""
        given = self._joined(columns)
        if given is not None:
            return given
        start = time.perf_counter()
        given = self.plain.take(columns)
        self._seconds += time.perf_counter() - start
        return given

    def _joined(self, columns: Columns) -> Batch | None:
        before = self.halves.before
        left: Batch | None = columns if before is None else self._run(before, columns)
        if isinstance(left, list):
            left = columns_of(left, columns.schema)
        if not isinstance(left, Columns):
            return None
        keys = self._mapped(self.plain.left_key, left) if len(left) else empty(self._key.schema)
        if keys is None or keys.schema != self._key.schema:
            return None
        at_left, at_right = self._matches(keys)
        if not len(at_left):
            return []
        reads = self.halves.reads
        parts = (_take(left, at_left, reads[0]), _take(self.right, at_right, reads[1]))
        buffers = (*parts[0].buffers, *parts[1].buffers)
        pairs = Columns(Struct((left.schema, self.right.schema)), buffers, len(at_left))
        return self._run(self.halves.of_pairs, pairs)

    def _run(self, kernel: Callable[..., Any], columns: Columns) -> Batch | None:
        """Return what a compiled kernel gives; None while there is none, after what will never be compiled for good."""
        jit = self.node.stage.jit
        assert jit is not None
        native: Any = jit.offer(kernel, "each", columns)
        ready = None if native is None else native.ready(columns, self.plain.sides, self._seconds)
        if ready is None:
            self.leave("the comprehension has no kernel")
        if not ready:
            return None
        given: Batch | None = native(columns, *self.plain.sides)
        return given

    def _matches(self, keys: Columns) -> tuple[Buffer, Buffer]:
        """Return the indices of left and right items of all matching pairs, left by left, right in order."""
        ids = np.concatenate([self._keys.find(part) for (part,) in chunks(keys)])
        at_left = np.flatnonzero(ids >= 0)
        found = ids if len(at_left) == len(ids) else ids[at_left]
        if self._counts is None:
            return at_left, found
        counts = self._counts[found]
        first = np.cumsum(counts) - counts
        within = np.arange(int(counts.sum())) - np.repeat(first, counts)
        return np.repeat(at_left, counts), self._order[np.repeat(self._starts[found], counts) + within]

    def hand_over(self) -> None:
        """Python looks right items up by itself."""

    def finish(self) -> Batch | None:
        """Nothing is left."""
        return None


def _as_one(batches: Sequence[Batch]) -> Columns | None:
    """Return all batches as columns of one schema."""
    parts = [batch for batch in batches if isinstance(batch, Columns)]
    if parts and len(parts) == len(batches):
        return concat(parts) if all(part.schema == parts[0].schema for part in parts) else None
    return columns_of([item for batch in batches for item in rows(batch)])


def _take(columns: Columns, indices: Buffer, reads: Callable[[Schema], Sequence[bool]]) -> Columns:
    """Return the items at ``indices``, with zeros instead of what nobody reads."""
    if not isinstance(columns.schema, Struct):
        return columns.take(indices)
    buffers: list[Buffer] = []
    every = len(indices) == len(columns) and bool((indices == np.arange(len(columns))).all())
    for number, read in enumerate(reads(columns.schema)):
        part = columns.item(number)
        if every:
            buffers += part.buffers
        elif read or not isinstance(part.schema, Scalar) or part.schema.nullable or part.schema.kind == "utf8":
            buffers += part.take(indices).buffers
        else:
            buffers.append(np.zeros(len(indices), part.buffers[0].dtype))
    return Columns(columns.schema, tuple(buffers), len(indices))


@lru_cache(maxsize=256)
def field_of(key: Callable[[Any], Any], schema: Schema) -> int | None:
    """Return which field of an item a function gives (-1: the item itself), as its code tells; None for any other."""
    code = getattr(key, "__code__", None)
    if code is None or code.co_argcount != 1 or code.co_freevars:
        return None
    names = schema.names if isinstance(schema, Struct) else ()
    size = len(schema.items) if isinstance(schema, Struct) else 0
    record = schema.record if isinstance(schema, Struct) else None
    texts = {"x": -1, **{f"x.{name}": number for number, name in enumerate(names)}}
    if record is None or issubclass(record, tuple):
        texts |= {f"x[{number}]": number for number in range(size)}
    for text, number in texts.items():
        names_of: dict[str, Any] = {}
        exec(f"def plain(x):\n    return {text}", names_of)
        for same in (names_of["plain"].__code__, eval(f"lambda x: {text}").__code__):
            if (same.co_code, same.co_names, same.co_consts) == (code.co_code, code.co_names, code.co_consts):
                return number
    return None
