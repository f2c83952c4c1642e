"""What groups are made of, as columns: the key of each item, and what its folds add."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from flowcc.runtime.batches import Batch
from flowcc.runtime.columnar.comprehensions import mapping_of
from flowcc.runtime.columnar.fields import field_of
from flowcc.runtime.columns import Buffer, Columns, columns_of
from flowcc.runtime.node import Node
from flowcc.runtime.operators.group import GroupFold
from flowcc.runtime.schema import INT64, Scalar, Schema, Struct

Function: TypeAlias = Callable[..., Any]

NOT_YET = "not hot yet"
OF_NONE = frozenset({"len", "any", "all"})  # folds that may have None among their items


@dataclass(frozen=True)
class Values:
    """What some folds add: a column, and of which item each value is (None: one of each item, in order).

    Folds that go by a key add pairs (key, value).
    """

    column: Columns
    at: Buffer | None


class Parts:
    """Takes batches apart for a `GroupFold`.

    Each of ``parts`` is a comprehension over items (None: the items themselves) with the key that folds go by, if any,
    and the numbers of these folds.
    """

    def __init__(self, node: Node, plain: GroupFold) -> None:
        self._node, self._by = node, plain.by
        self.parts: dict[tuple[Function | None, Function | None], list[int]] = {}
        for number, (kernel, (_, _, given)) in enumerate(zip(plain.kernels, plain.specs, strict=True)):
            self.parts.setdefault((kernel, given.get("key")), []).append(number)
        self._of_none = [all(plain.specs[at][1] in OF_NONE for at in numbers) for numbers in self.parts.values()]

    def of(self, columns: Columns, seconds: float) -> tuple[Columns, list[Values]] | str:
        """Return the keys and the values of a batch; why there are none, where Python has to take it.

        ``seconds`` are those that Python has taken so far, which tell whether compiling pays.
        """
        keys = key_column(self._node, self._by, columns, seconds)
        if isinstance(keys, str):
            return keys
        items = columns if self._by is not None else columns.item(1)
        values: list[Values] = []
        for (kernel, key), of_none in zip(self.parts, self._of_none, strict=True):
            made = self._values(kernel, items, seconds)
            found = made if isinstance(made, str) or key is None else self._with_key(made, key, seconds)
            if isinstance(found, str):
                return found
            values.append(Values(solid(found.column, of_none), found.at))
        return keys, values

    def _with_key(self, values: Values, key: Function, seconds: float) -> Values | str:
        keys = key_column(self._node, key, values.column, seconds)
        if isinstance(keys, str):
            return keys
        keys = solid(keys, of_none=False)
        pairs = Struct((keys.schema, values.column.schema))
        return Values(Columns(pairs, (*keys.buffers, *values.column.buffers), len(keys)), values.at)

    def _values(self, kernel: Function | None, items: Columns, seconds: float) -> Values | str:
        if kernel is None:
            return Values(items, None)
        mapping = mapping_of(kernel, f"{self._node.stage.filename}:{self._node.at}")
        if mapping is None:
            return "what is folded is no simple comprehension"
        run, is_each = mapping
        if not is_each:
            buffers = (np.arange(len(items)), *items.buffers)
            items = Columns(Struct((INT64, items.schema)), buffers, len(items))
        given = run_kernel(self._node, run, "columns", items, seconds)
        if isinstance(given, str):
            return given
        return Values(given, None) if is_each else Values(given.item(1), given.item(0).buffers[0])


def key_column(node: Node, by: Callable[[Any], Any] | None, columns: Columns, seconds: float) -> Columns | str:
    """Return the key of each item (without ``by``, of pairs the first part); why there is none, as `Parts.of` does."""
    if by is None:
        return f"items that are {columns.schema}" if pair_of(columns.schema) is None else columns.item(0)
    field = field_of(by, columns.schema)
    if field is not None:
        return columns if field < 0 else columns.item(field)
    return run_kernel(node, by, "item", columns, seconds)


def run_kernel(node: Node, function: Callable[..., Any], kind: str, columns: Columns, seconds: float) -> Columns | str:
    """Return what a compiled kernel gives for columns; or why there is nothing."""
    jit = node.stage.jit
    assert jit is not None
    runner: Any = jit.offer(function, kind, columns)
    ready = None if runner is None else runner.ready(columns, (), seconds)
    if not ready:
        return NOT_YET if ready is False else f"`{function.__name__}` has no kernel"
    given: Batch | None = runner(columns)
    found = columns_of(given) if isinstance(given, list) else given
    return found if isinstance(found, Columns) else "an item that Python does"


def pair_of(schema: Schema) -> tuple[Schema, Schema] | None:
    """Return the schemas of a pair's parts."""
    match schema:
        case Struct(items=(key, value), record=record) if record is None or issubclass(record, tuple):
            return key, value
    return None


def solid(column: Columns, of_none: bool) -> Columns:
    """Return a column without its mask where nothing is missing, or where None is as good as 0 (or False)."""
    if not isinstance(column.schema, Scalar) or not column.schema.nullable:
        return column
    *buffers, mask = column.buffers
    if not mask.all():
        if not of_none or column.schema.kind == "utf8":
            return column
        buffers = [np.where(mask, buffers[0], np.zeros(1, buffers[0].dtype))]
    return Columns(Scalar(column.schema.kind), tuple(buffers), len(column))
