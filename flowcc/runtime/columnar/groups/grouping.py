"""Groups that are only folded: a number for each key, and one value a fold for each number."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np

from flowcc.runtime.batches import Batch
from flowcc.runtime.columnar.groups.bests import BestItems
from flowcc.runtime.columnar.groups.composite import Numbering, are_keys, numbering_of, routines_of
from flowcc.runtime.columnar.groups.keys import CHUNK, chunks
from flowcc.runtime.columnar.groups.means import sums_of
from flowcc.runtime.columnar.groups.parts import NOT_YET, Parts, Values, pair_of
from flowcc.runtime.columnar.groups.sums import Sizes, Sums
from flowcc.runtime.columnar.step import OverColumns
from flowcc.runtime.columns import Buffer, Columns, columns_of
from flowcc.runtime.operators.fold import ON_LISTS, OfAll
from flowcc.runtime.operators.group import Failed, GroupFold
from flowcc.runtime.operators.make_fold import make_fold
from flowcc.runtime.schema import Schema, Struct


@dataclass
class _Part:
    """Folds of one column of values: their numbers among all, and how many values each group has, where it may vary."""

    schema: Schema
    folds: list[tuple[int, Sums]]
    sizes: Sizes | None

    def refuses(self, values: Values) -> str:
        """Return why a batch of values cannot be added, if it cannot."""
        column = values.column
        if column.schema != self.schema:
            return f"values that are {column.schema} after {self.schema}"
        return "" if all(sums.takes(column.buffers[0]) for _, sums in self.folds) else "floats near the largest"

    def add(self, ids: Buffer, column: Columns, known: int) -> None:
        """Fold values of groups."""
        for _, sums in self.folds:
            sums.fold(ids, column, known)
        if self.sizes is not None:
            self.sizes.fold(ids, column, known)


class GroupFoldOverColumns(OverColumns[GroupFold]):
    """Folds of groups by a key that has columns."""

    keys: Numbering

    def __init__(self, node: Any, plain: GroupFold) -> None:
        super().__init__(node, plain)
        self._apart = Parts(node, plain)
        self._found: tuple[Columns, tuple[Columns, list[Values]]] | None = None  # of the last batch
        self._kind: Schema | None = None  # of the keys
        self._parts: list[_Part] = []
        self._known = 0  # groups of all batches that have been added

    def needed(self, schema: Schema) -> Sequence[Callable[..., int]] | None:
        """Return nothing: which routines are needed only the keys and the values tell."""
        plain = self.plain
        has_form = plain.by is not None or pair_of(schema) is not None
        return () if has_form and all(given.keys() <= {"default", "key"} for *_, given in plain.specs) else None

    def begin(self, columns: Columns, library: object) -> bool:
        """Take over what Python has folded."""
        found = self._taken_apart(columns)
        if found is None:
            return False
        keys, values = found
        if not self._prepare(keys.schema, values):
            return False
        if not (self._seed() if self.plain.folded else self._flatten(columns.schema)):
            self.leave("Python holds other items")
            return False
        self.plain.clear()
        self._record.pop("why", None)
        return True

    def _taken_apart(self, columns: Columns) -> tuple[Columns, list[Values]] | None:
        """Return keys and values of a batch; None where Python has to take it, for now or for good."""
        if self._found is not None and self._found[0] is columns:
            return self._found[1]
        found = self._apart.of(columns, self._seconds)
        if isinstance(found, str):
            if found == NOT_YET:
                self._record["why"] = found
            else:
                self.leave(found)
            return None
        self._found = columns, found
        return found

    def _prepare(self, kind: Schema, values: list[Values]) -> bool:
        """Make empty folds, if their routines are there."""
        kinds, numbering = self._kinds(values), routines_of(kind)
        if kinds is None or numbering is None:
            self.leave(f"keys that are {kind}" if numbering is None else "values that have no such folds")
            return False
        jit = self.node.stage.jit
        assert jit is not None
        needed = [*numbering, *Sizes.needs, *(each for made in kinds for _, sums in made for each in sums.needs)]
        routines = jit.routines(needed, self._seconds)
        if routines is None:
            self._record["why"] = NOT_YET
            return False
        library = dict(zip(needed, routines, strict=True))
        self._kind, self.keys = kind, numbering_of(kind, library)
        for each, made in zip(values, kinds, strict=True):
            folds = [(number, sums(library)) for number, sums in made]
            self._parts.append(_Part(each.column.schema, folds, None if each.at is None else Sizes(library)))
        return True

    def _kinds(self, values: list[Values]) -> list[list[tuple[int, type[Any]]]] | None:
        """Return what folds each column of values, with the numbers of the folds; None where there is no such."""
        kinds = []
        for ((_, key), numbers), each in zip(self._apart.parts.items(), values, strict=True):
            functions = [self.plain.specs[number][1] for number in numbers]
            found = [sums_of(function, each.column.schema, key is not None) for function in functions]
            if None in found:
                self.leave(f"`{functions[found.index(None)]}` of items {each.column.schema}")
                return None
            kinds.append([(number, sums) for number, sums in zip(numbers, found, strict=True) if sums is not None])
        return kinds

    def _flatten(self, schema: Schema) -> bool:
        """Add the items that Python holds, group by group."""
        held = self.plain.held
        if not held:
            return True
        if self.plain.by is not None:
            columns = columns_of(list(chain.from_iterable(held.values())), schema)
        else:
            assert isinstance(schema, Struct)
            columns = columns_of([(key, item) for key, items in held.items() for item in items], Struct(schema.items))
        found = self._apart.of(columns, self._seconds) if columns is not None else ""
        return not isinstance(found, str) and not self._add(*found)

    def _seed(self) -> bool:
        """Add the folds that Python holds."""
        assert self._kind is not None
        folded = self.plain.folded_all()
        keys = columns_of(list(folded), self._kind)
        if keys is None or not are_keys(keys) or any(part.sizes is not None for part in self._parts):
            return False
        ids = np.concatenate([self.keys.number(part) for (part,) in chunks(keys)])
        self._known = self.keys.known
        for part in self._parts:
            for number, sums in part.folds:
                folds = [each[number] for each in folded.values()]
                if any(isinstance(fold, Failed) for fold in folds) or not self._put(sums, part.schema, ids, folds):
                    return False
        return True

    def _put(self, sums: Sums, schema: Schema, ids: Buffer, folds: list[Any]) -> bool:
        """Add what folds of Python's hold to those of groups."""
        if not sums.keeps_items:
            values = [fold.value() for fold in folds]
            if isinstance(sums, BestItems):
                values = [(fold.key(value), value) for fold, value in zip(folds, values, strict=True)]
            column = columns_of(values, schema if isinstance(sums, BestItems) else sums.gives)
            if column is not None:
                sums.seed(ids, column, self._known)
            return column is not None
        items = [fold.items() if isinstance(fold, OfAll) else [] for fold in folds]
        column = columns_of(list(chain.from_iterable(items)), schema)
        if column is None or not sums.takes(column.buffers[0]):
            return False
        sums.fold(np.repeat(ids, [len(each) for each in items]), column, self._known)
        return True

    def add(self, columns: Columns) -> None:
        """Fold a batch."""
        found = self._taken_apart(columns)
        self._found = None
        why = "a batch of other items" if found is None else self._add(*found)
        if why:
            self.leave(why)
            self.plain.take(columns)
        else:
            self._record["runs"] = "numba"

    def _add(self, keys: Columns, values: list[Values]) -> str:
        """Fold keys and values; return why not, where they are not such as they have been."""
        if keys.schema != self._kind or not are_keys(keys):
            return "keys with nan" if keys.schema == self._kind else f"keys that are {keys.schema} after {self._kind}"
        refused = next(filter(None, (part.refuses(each) for part, each in zip(self._parts, values, strict=True))), "")
        if refused:
            return refused
        apart = [each.at is not None for each in values]
        numbered = []
        for start, (part,) in zip(range(0, max(len(keys), 1), CHUNK), chunks(keys), strict=True):
            ids = self.keys.number(part)
            for folds, each, is_apart in zip(self._parts, values, apart, strict=True):
                if not is_apart:
                    folds.add(ids, each.column[start : start + CHUNK], self.keys.known)
            if any(apart):
                numbered.append(ids)
        self._known = self.keys.known
        if any(apart):
            all_ids = np.concatenate(numbered)
            for folds, each in zip(self._parts, values, strict=True):
                if each.at is not None:
                    folds.add(all_ids[each.at], each.column, self._known)
        return ""

    def hand_over(self) -> None:
        """Give Python folds that go on from here."""
        plain, known = self.plain, self._known
        items_of: dict[int, list[Sequence[Any]]] = {}
        for part in self._parts:
            has = self._has(part)
            for number, sums in part.folds:
                items = sums.parts(known)
                items_of[number] = [each if some else () for each, some in zip(items, has, strict=True)]
        for group, key in enumerate(self.keys.columns()[:known].rows()):
            folds = [make_fold(self.node, function, given) for _, function, given in plain.specs]
            for number, items in items_of.items():
                folds[number].add(items[group])
            plain.folded[key] = folds
            plain.held[key] = []  # so that groups are folded, and fail, in order of first appearance

    def _has(self, part: _Part) -> list[bool]:
        """Return whether each group has any of the values."""
        if part.sizes is None:
            return [True] * self._known
        sizes = part.sizes.buffer(self._known)
        assert sizes is not None
        has: list[bool] = (sizes > 0).tolist()
        return has

    def finish(self) -> Batch | None:
        """Return the entries of all keys, as columns where the result is but the key and the folds."""
        plain, known = self.plain, self._known
        all_sums = [sums for _, sums in sorted((pair for part in self._parts for pair in part.folds), key=_first)]
        certain = all(all(self._has(part)) for part in self._parts) and not any(map(self._fails, all_sums))
        if certain and plain.packs:
            columns = self._packed([sums.columns(known) for sums in all_sums])
            if columns is not None:
                return columns
        return plain.given(dict(zip(self.keys.columns().rows(), range(known), strict=True)), self._folds())

    def _fails(self, sums: Sums) -> bool:
        failing = sums.fails(self._known)
        return failing is not None and bool(failing.any())

    def _packed(self, values: list[Columns | None]) -> Columns | None:
        """Return keys and folds as columns, where all folds have any."""
        found = [each for each in values if each is not None]
        if len(found) < len(values):
            return None
        keys = self.keys.columns()
        schema = Struct((keys.schema, Struct(tuple(each.schema for each in found))))
        return Columns(schema, (*keys.buffers, *(b for each in found for b in each.buffers)), self._known)

    def _folds(self) -> list[Callable[[int], Any]]:
        """Return for each fold what gives its value for the n-th group, or raises as Python's function does."""
        folds: dict[int, Callable[[int], Any]] = {}
        for part in self._parts:
            has = self._has(part)
            for number, sums in part.folds:
                folds[number] = self._value_of(number, sums, has)
        return [folds[number] for number in range(len(folds))]

    def _value_of(self, number: int, sums: Sums, has: list[bool]) -> Callable[[int], Any]:
        known, of_none = self._known, self.plain.functions[number]
        values, failing, function = sums.values(known), sums.fails(known), ON_LISTS[self.plain.specs[number][1]]

        def value(group: int) -> Any:
            if not has[group]:
                return of_none([])
            if failing is not None and failing[group]:
                return function(sums.parts(known)[group])
            return values[group]

        return value


def _first(pair: tuple[int, Sums]) -> int:
    return pair[0]
