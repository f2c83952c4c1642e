"""How results reach the caller: lists, and where columns came and the annotation allows, columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flowcc.runtime.batches import Batch
from flowcc.runtime.batches import rows as rows_of
from flowcc.runtime.node import ITEMS, whole
from flowcc.runtime.schema import Schema
from flowcc.runtime.sequence import is_columns

if TYPE_CHECKING:
    from flowcc.runtime.columns import Columns


@dataclass(frozen=True, slots=True)
class ResultSpec:
    """What is known of one result before it is there: what its annotation asks for, and its items' type."""

    as_list: bool = False  # annotated as a list
    as_items: bool = False  # annotated as a collection, so that a list that is one value counts as its items
    schema: Schema | None = None  # of its items, for when there are none to look at
    is_known: bool = False  # whether anything is known of the type of its items
    is_constant: bool = False  # known when the flow was compiled


UNANNOTATED = ResultSpec()


@dataclass(frozen=True, slots=True)
class Handover:
    """How the results of one call are handed over.

    ``like`` is the first argument that holds columns, if there is any; ``given`` are all arguments that flow.
    """

    specs: Sequence[ResultSpec] = ()
    like: object = None
    given: Sequence[object] = ()

    def results(self, found: Sequence[tuple[str, list[Batch]]], many: bool) -> Any:
        """Return the result, or the tuple of all, from the shape and the batches of each.

        No result shares memory with an argument that may be changed, nor an array with another result.
        """
        specs = self.specs or [UNANNOTATED] * len(found)
        owners = list(self.given)
        values = [self._result(*result, spec, owners) for result, spec in zip(found, specs, strict=True)]
        return tuple(values) if many else values[0]

    def _result(self, shape: str, batches: list[Batch], spec: ResultSpec, owners: list[object]) -> Any:
        if spec.as_list or self.like is None or shape != ITEMS:
            value = whole(shape, batches)
            if spec.is_constant:
                value = made_anew(value)
            if type(value) is not list:
                return value
            if any(value is owner for owner in owners):
                value = value.copy()
            owners.append(value)
            if not spec.as_items or spec.as_list or self.like is None:
                return value
            batches = [value]
        from flowcc.runtime.arrays import result_of  # needs NumPy, which is here when columns came

        result = result_of(joined(batches), self.like, spec, owners)
        owners.append(result)
        return result


def joined(batches: Sequence[Any]) -> Columns | list[Any]:
    """Return all items of batches as columns where each batch is or has columns of one kind, else as a list."""
    if len(batches) == 1 and isinstance(batches[0], list):
        return batches[0]
    from flowcc.runtime.columns import Columns, columns_of, concat
    from flowcc.runtime.nullable import alike

    filled = [batch for batch in batches if len(batch)] or list(batches[:1])
    if any(isinstance(batch, Columns) for batch in filled):
        read = [batch if isinstance(batch, Columns) else columns_of(rows_of(batch), any_nan=True) for batch in filled]
        parts = [part for part in read if part is not None]
        shared = alike(parts) if len(parts) == len(read) else None
        if shared is not None:
            return concat(shared)
    items: list[Any] = whole(ITEMS, filled)
    return items


def made_anew(value: Any) -> Any:
    """Return a value whose lists, dicts and sets are copies: the flow's own must stay what they are."""
    if type(value) in (list, tuple, set):
        return type(value)(map(made_anew, value))
    return {key: made_anew(held) for key, held in value.items()} if type(value) is dict else value


def first_columns(arguments: Mapping[str, object], specs: Iterable[ResultSpec]) -> object:
    """Return the first argument that holds columns; None where no result would become columns."""
    if all(spec.as_list for spec in specs):
        return None
    return next((value for value in arguments.values() if type(value) is not list and is_columns(value)), None)
