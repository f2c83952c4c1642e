"""Groups of pairs (key, value) that are only folded: a number for each key, and one value a fold for each number."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from types import FunctionType
from typing import Any

from flowcc.runtime.batches import Batch
from flowcc.runtime.columnar.keys import CHUNK, NUMBERING, Keys, Library, chunks, keys_of
from flowcc.runtime.columnar.step import OverColumns
from flowcc.runtime.columnar.sums import Sums, sums_of
from flowcc.runtime.columns import Columns, columns_of
from flowcc.runtime.operators.fold import make_fold
from flowcc.runtime.operators.group import GroupFold
from flowcc.runtime.schema import Schema, Struct


class GroupFoldOverColumns(OverColumns[GroupFold]):
    """Folds of groups by a whole number or a text."""

    keys: Keys
    sums: list[Sums]

    def needed(self, schema: Schema) -> Sequence[Callable[..., int]] | None:
        """Return the routines for pairs, when every fold has one."""
        parts = _pair(schema)
        if parts is None or self.plain.by is not None or any(self.plain.kernels):
            return None
        key, value = parts
        if any(given for *_, given in self.plain.specs):
            return None
        kinds = [sums_of(function, value) for _, function, _ in self.plain.specs]
        if key not in NUMBERING or None in kinds:
            return None
        return [*NUMBERING[key], *(routine for kind in kinds if kind is not None for routine in kind.needs)]

    def begin(self, columns: Columns, library: Library) -> bool:
        """Take over what Python has folded."""
        parts = _pair(columns.schema)
        assert parts is not None
        key, value = parts
        self.keys = keys_of(key, library)
        kinds = [sums_of(function, value) for _, function, _ in self.plain.specs]
        self.sums = [kind(library) for kind in kinds if kind is not None]
        if not (self._seed(key) if self.plain.folded else self._flatten(columns.schema)):
            self.leave("Python holds other items")
            return False
        self.plain.clear()
        return True

    def _flatten(self, schema: Schema) -> bool:
        """Add the items that Python holds, group by group."""
        assert isinstance(schema, Struct)
        pairs = [(key, item) for key, items in self.plain.held.items() for item in items]
        columns = columns_of(pairs, Struct(schema.items))
        if columns is not None:
            self.add(columns)
        return columns is not None

    def _seed(self, key: Schema) -> bool:
        """Add the folds that Python holds."""
        folded = self.plain.folded_all()
        keys = columns_of(list(folded), key)
        values = [
            columns_of([folds[number].value() for folds in folded.values()], sums.gives)
            for number, sums in enumerate(self.sums)
        ]
        if keys is None or None in values:
            return False
        for start in range(0, len(keys), CHUNK):
            ids = self.keys.number(keys[start : start + CHUNK])
            for sums, column in zip(self.sums, values, strict=True):
                assert column is not None
                sums.seed(ids, column[start : start + CHUNK].buffers[0], self.keys.known)
        return True

    def add(self, columns: Columns) -> None:
        """Fold a batch."""
        for keys, values in chunks(columns.item(0), columns.item(1)):
            ids = self.keys.number(keys)
            for sums in self.sums:
                sums.add(ids, values.buffers[0], self.keys.known)

    def hand_over(self) -> None:
        """Give Python folds that go on from here."""
        plain, known = self.plain, self.keys.known
        values = zip(*(sums.values(known) for sums in self.sums), strict=True)
        for key, folded in zip(self.keys.columns().rows(), values, strict=True):
            folds = [make_fold(self.node, name, {}) for _, name, _ in plain.specs]
            for fold, (_, name, _), value in zip(folds, plain.specs, folded, strict=True):
                fold.add(range(value) if name == "len" else [value])
            plain.folded[key] = folds
            plain.held[key] = []  # so that groups are folded, and fail, in order of first appearance

    def finish(self) -> Batch | None:
        """Return the entries of all keys, as columns where the result is but the key and the folds."""
        known, plain = self.keys.known, self.plain
        buffers = [sums.buffer(known) for sums in self.sums]
        if plain.where is None and _packs(plain.result, len(buffers)) and all(each is not None for each in buffers):
            keys = self.keys.columns()
            schema = Struct((keys.schema, Struct(tuple(sums.gives for sums in self.sums))))
            return Columns(schema, (*keys.buffers, *(each for each in buffers if each is not None)), known)
        values = [sums.values(known) for sums in self.sums]
        return self.node.run(
            lambda groups: plain.entries(groups, [each.__getitem__ for each in values]),
            list(zip(self.keys.columns().rows(), range(known), strict=True)),
        )


def _pair(schema: Schema) -> tuple[Schema, Schema] | None:
    """Return the schemas of a pair's parts."""
    match schema:
        case Struct(items=(key, value), record=record) if record is None or issubclass(record, tuple):
            return key, value
    return None


def _packs(result: Callable[..., Any], folds: int) -> bool:
    """Whether a result is just ``(key, (fold, …))``, which the code of such a function tells."""
    code = getattr(result, "__code__", None)
    return code is not None and code.co_argcount == folds + 1 and code.co_code == _packing(folds)


@lru_cache(maxsize=64)
def _packing(folds: int) -> bytes:
    """Return the code of a function that packs so many folds."""
    names = ", ".join(f"f{number}" for number in range(folds))
    packed: FunctionType = eval(f"lambda key, {names}: (key, ({names},))")
    return packed.__code__.co_code
