"""A step over columns beside the Python step of an operator: who takes which batch, and how state changes hands.

Python begins. Once it has taken long enough for compiled routines to pay, and there are some, columns take over at a
batch; at the first batch that is not theirs they hand their state to Python, which goes on to the end.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

from flowcc.runtime.batches import Batch
from flowcc.runtime.columnar.groups.keys import Library
from flowcc.runtime.columns import Columns, columns_of
from flowcc.runtime.node import Node, Step
from flowcc.runtime.schema import Schema

P = TypeVar("P", bound=Step)
PER_BYTE = 1e-8  # seconds of Python for a byte of columns, of which it makes objects, at least


class OverColumns(Step, Generic[P]):
    """Takes columns of one schema itself and leaves all else to ``plain``."""

    def __init__(self, node: Node, plain: P) -> None:
        self.node = node
        self.plain = plain
        self.schema: Schema | None = None  # of the batches it takes, once it has begun
        self._over = False
        self._seconds = 0.0  # that Python has taken
        self._record: dict[str, Any] = {"operator": node.operator, "runs": "python", "items": 0, "seconds": 0.0}
        assert node.stage.jit is not None
        node.stage.jit.note(node.at, self._record)

    @property
    def done(self) -> bool:  # type: ignore[override]  # a step may find that out as it goes
        """Whether what follows cannot change the result."""
        return self.plain.done

    def take(self, batch: Batch) -> Batch | None:
        """Take a batch over columns if they can, else in Python."""
        start = time.perf_counter()
        given = self._take(batch)
        self._record["items"] += len(batch)
        self._record["seconds"] += time.perf_counter() - start
        return given

    def _take(self, batch: Batch) -> Batch | None:
        if self._over:
            return self.plain.take(batch)
        columns = batch if isinstance(batch, Columns) else None
        if self.schema is None:
            return self._before(batch, columns)
        if columns is None and isinstance(batch, list):
            columns = columns_of(batch, self.schema)
        if columns is None or columns.schema != self.schema or not self.accepts(columns):
            self.leave("a batch of other items")
            return self.plain.take(batch)
        return self.add(columns)

    def _before(self, batch: Batch, columns: Columns | None) -> Batch | None:
        library = self._library(columns) if columns is not None else None
        if columns is not None and library is not None and self.begin(columns, library):
            self.schema = columns.schema
            self._record["runs"] = "numba" if library else "numpy"
            return self.add(columns)
        if self._over:
            return self.plain.take(batch)
        start = time.perf_counter()
        given = self.plain.take(batch)
        self._seconds += time.perf_counter() - start
        return given

    def _library(self, columns: Columns) -> Library | None:
        needed = self.needed(columns.schema)
        if needed is None:
            self._over = True
            self._record["why"] = f"no routine for items {columns.schema}"
            return None
        if not needed:
            return {}
        jit = self.node.stage.jit
        assert jit is not None
        found = jit.routines(needed, self._seconds + PER_BYTE * columns.nbytes)
        if found is None:
            self._record["why"] = "not hot yet"
            return None
        return dict(zip(needed, found, strict=True))

    def leave(self, why: str) -> None:
        """Hand everything to Python, for good."""
        if not self._over:
            self._over = True
            self._record |= {"runs": "python", "why": why}
            if self.schema is not None:
                self.hand_over()

    def close(self) -> Batch | None:
        """Return what is left to give."""
        return self.plain.close() if self._over or self.schema is None else self.finish()

    def needed(self, schema: Schema) -> Sequence[Callable[..., int]] | None:
        """Return the routines that items of a schema take, or None where columns do not help."""
        raise AssertionError("a step over columns knows its routines")

    def begin(self, columns: Columns, library: Library) -> bool:
        """Take Python's state over before the first columns; False where that cannot be, or not yet."""
        return True

    def accepts(self, columns: Columns) -> bool:
        """Whether columns of the right schema can be added."""
        return True

    def add(self, columns: Columns) -> Batch | None:
        """Take columns."""
        raise AssertionError("a step over columns adds them")

    def hand_over(self) -> None:
        """Put the state into the Python step, as if it had taken everything."""
        raise AssertionError("a step over columns hands over")

    def finish(self) -> Batch | None:
        """Return what is left to give, when columns came to the end."""
        self.hand_over()
        return self.plain.close()
