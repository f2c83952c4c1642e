"""A dict or Counter on its way, as the columns of its entries: Python's own is made when it is read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from flowcc.runtime.batches import Batch
from flowcc.runtime.columns import Columns, concat
from flowcc.runtime.schema import Struct


class Mapping:
    """One value: the dict or Counter of ``pairs``, of which each key is there once; a batch of a single item."""

    __slots__ = ("_made", "kind", "pairs")

    def __init__(self, kind: type, pairs: Columns) -> None:
        self.kind, self.pairs = kind, pairs
        self._made: list[Any] = []

    def __len__(self) -> int:
        return 1

    def __getitem__(self, part: slice) -> Mapping:
        assert part == slice(None)
        return self

    @property
    def nbytes(self) -> int:
        """The bytes of the entries."""
        return self.pairs.nbytes

    def rows(self) -> list[Any]:
        """Return the mapping, alone in a list; made once."""
        if not self._made:
            made = dict(zip(self.pairs.item(0).rows(), self.pairs.item(1).rows(), strict=True))
            if self.kind is Counter:  # which takes another dict far quicker than pairs, and would count pairs
                counter: Counter[Any] = Counter()
                dict.update(counter, made)
                made = counter
            self._made = [made]
        return self._made


def mapping_of(batch: Batch) -> Mapping | None:
    """Return a value that is held as columns of its keys and values as a `Mapping`, or None where it is none."""
    if isinstance(batch, Mapping):
        return batch
    entries = getattr(batch, "entries", None)  # of what operators hold, with what they look into it by
    kind = getattr(batch, "kind", None)
    pairs = entries("items") if entries is not None and kind in (dict, Counter) else None
    return Mapping(kind, pairs) if kind is not None and isinstance(pairs, Columns) else None


def joined(held: Sequence[Batch]) -> Mapping | None:
    """Return mappings that have no key in common as one, or None where one of them is none of columns, or of others."""
    mappings = [mapping for mapping in map(mapping_of, held) if mapping is not None]
    if not mappings or len(mappings) < len(held):
        return None
    first = mappings[0]
    if any((each.kind, each.pairs.schema) != (first.kind, first.pairs.schema) for each in mappings):
        return None
    assert isinstance(first.pairs.schema, Struct)
    return Mapping(first.kind, concat([each.pairs for each in mappings]))
