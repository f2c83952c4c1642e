"""``takewhile``, ``dropwhile`` and ``groupby`` of columns: a compiled predicate or key, and where it changes."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from flowcc.runtime.batches import Batch
from flowcc.runtime.columnar.fields import column_of
from flowcc.runtime.columnar.sequences.structs import note
from flowcc.runtime.columns import Columns
from flowcc.runtime.garbage import no_search
from flowcc.runtime.node import Node, Step
from flowcc.runtime.operators.scan import Runs, While
from flowcc.runtime.schema import Scalar, Struct


class WhileOverColumns(Step):
    """Cuts the batch at the first item that fails the predicate."""

    __slots__ = ("_node", "_plain", "_record")

    def __init__(self, node: Node, plain: While) -> None:
        self._node, self._plain = node, plain
        self._record: dict[str, Any] = {"operator": node.operator, "runs": "numpy", "items": 0}
        note(node, self._record)

    @property
    def done(self) -> bool:  # type: ignore[override]  # a step may find that out as it goes
        """Whether what follows cannot change the result."""
        return self._plain.done

    def take(self, batch: Batch) -> Batch | None:
        """Return the items that are kept."""
        plain = self._plain
        self._record["items"] += len(batch)
        if plain.passed:
            return batch
        holds = _truths(column_of(self._node, plain.predicate, batch)) if isinstance(batch, Columns) else None
        if holds is None:
            return plain.take(batch)
        at = len(batch) if holds.all() else int(holds.argmin())
        plain.passed = at < len(batch)
        plain.done = plain.taking and plain.passed
        return batch[:at] if plain.taking else batch[at:]


class RunsOverColumns(Step):
    """Cuts the batch where the key changes."""

    __slots__ = ("_node", "_plain", "_record")

    def __init__(self, node: Node, plain: Runs) -> None:
        self._node, self._plain = node, plain
        self._record: dict[str, Any] = {"operator": node.operator, "runs": "numpy", "items": 0}
        note(node, self._record)

    def take(self, batch: Batch) -> Batch | None:
        """Return the runs that end in this batch."""
        plain = self._plain
        self._record["items"] += len(batch)
        if not isinstance(batch, Columns) or not len(batch):
            return plain.take(batch)
        keys = batch if plain.key is None else column_of(self._node, plain.key, batch)
        if keys is None:
            return plain.take(batch)
        with no_search():
            return self._runs(batch, keys)

    def _runs(self, batch: Columns, keys: Columns) -> list[Any]:
        plain, items = self._plain, batch.rows()
        starts = np.flatnonzero(np.concatenate([[True], changes(keys)]))
        bounds = [*starts.tolist(), len(items)]
        names = [items[start] for start in bounds[:-1]] if plain.key is None else keys.take(starts).rows()
        runs = [(name, items[a:b]) for name, a, b in zip(names, bounds, bounds[1:], strict=False)]
        if plain.items and (plain.name is names[0] or plain.name == names[0]):
            runs[0] = (plain.name, plain.items + runs[0][1])
        elif plain.items:
            runs.insert(0, (plain.name, plain.items))
        plain.name, plain.items = runs.pop()
        return runs

    def close(self) -> Batch | None:
        """Return the last run."""
        return self._plain.close()


def _truths(values: Columns | None) -> NDArray[np.bool_] | None:
    """Return which of some values are true; None where only Python tells."""
    if values is None or not isinstance(values.schema, Scalar):
        return None
    first = values.buffers[0]
    true: NDArray[np.bool_] = first[1:] != first[:-1] if values.schema.kind == "utf8" else first != 0
    return true & values.buffers[-1] if values.schema.nullable else true


def changes(columns: Columns) -> Any:
    """Return of every item but the first whether it differs from the one before."""
    schema = columns.schema
    if isinstance(schema, Struct):
        parts = [changes(columns.item(number)) for number in range(len(schema.items))]
        return np.logical_or.reduce(parts)
    if schema.kind == "utf8":
        texts = columns.rows()
        return np.fromiter(map(operator.ne, texts[1:], texts), np.bool_, max(len(texts) - 1, 0))
    values = columns.buffers[0]
    differs = values[1:] != values[:-1]
    if not schema.nullable:
        return differs
    present = columns.buffers[1]
    return (present[1:] != present[:-1]) | (present[1:] & differs)
