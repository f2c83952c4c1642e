"""Counts made by several threads, each in a table of its own, as long as there are few keys to put together again."""

from __future__ import annotations

from concurrent.futures import Future
from functools import partial

from flowcc.runtime.batches import Batch
from flowcc.runtime.columnar.groups.counts import Counts
from flowcc.runtime.columnar.groups.keys import Library
from flowcc.runtime.columns import Columns, concat
from flowcc.runtime.parallel import Parallel
from flowcc.runtime.schema import Schema

MOST_LANES = 4
ENOUGH = 1 << 18  # items that tell how many keys there are
FEW = 8  # items a key, at least, that make it worth to have the key in several tables


def worth_lanes(items: int, keys: int, parallel: Parallel) -> bool:
    """Whether to count in several threads from now on."""
    return parallel.width > 0 and items >= ENOUGH and items >= FEW * keys


class Lanes:
    """Tables that take batches in turn, each in its thread."""

    def __init__(self, schema: Schema, library: Library, parallel: Parallel) -> None:
        self._parallel = parallel
        self._tables = [Counts(schema, library) for _ in range(min(parallel.width, MOST_LANES))]
        self._known: list[list[int]] = [[0] for _ in self._tables]  # keys after each batch of a table
        self._begun: list[Future[Batch | None] | None] = [None for _ in self._tables]
        self._batches = 0

    @property
    def known(self) -> int:
        """The keys of the largest table."""
        return max(known[-1] for known in self._known)

    def add(self, columns: Columns) -> None:
        """Count a batch when its table has done with the one before."""
        at = self._batches % len(self._tables)
        self._batches += 1
        self._wait(at)
        self._begun[at] = self._parallel.submit(partial(self._count, at, columns))

    def _count(self, at: int, columns: Columns) -> None:
        self._tables[at].add(columns)
        self._known[at].append(self._tables[at].keys.known)

    def _wait(self, at: int) -> None:
        begun, self._begun[at] = self._begun[at], None
        if begun is not None:
            begun.result()

    def take(self) -> Columns:
        """Return pairs (key, count), and begin anew; of a key there may be several, the first where it first came."""
        for at in range(len(self._tables)):
            self._wait(at)
        counted = [table.columns() for table in self._tables]
        parts = []
        for batch in range(self._batches):
            turn, at = divmod(batch, len(self._tables))
            parts.append(counted[at][self._known[at][turn] : self._known[at][turn + 1]])
        taken = concat(parts) if parts else counted[0]
        for table in self._tables:
            table.clear()
        self._known, self._batches = [[0] for _ in self._tables], 0
        return taken
