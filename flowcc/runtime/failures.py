"""Exceptions in element code: finding the item, telling where it failed, and going on without it where that is asked.

An operator calls element code on a whole batch. When that raises, the batch is done again item by item (element code
is pure), so that the exception which reaches the caller is the item's own, with a note.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from reprlib import Repr
from typing import Any, NamedTuple, Protocol, TypeAlias

from flowcc.runtime.batches import Batch, rows

_SHORT = Repr()
_SHORT.maxstring = _SHORT.maxother = _SHORT.maxlong = 200
_SHORT.maxtuple = _SHORT.maxlist = _SHORT.maxdict = 12


class Skipped(NamedTuple):
    """An item left out because element code raised: the item, what was raised, and where."""

    item: Any
    error: str
    line: int
    operator: str
    place: str
    member: int


def skipped_item(item: Any, error: BaseException, line: int, operator: str, place: str, member: int) -> Skipped:
    """Return what there is to tell of an item that was left out because ``error`` was raised."""
    return Skipped(item, f"{type(error).__name__}: {error}", line, operator, place, member)


class ErrorSink(Protocol):
    """Keeps items that were left out."""

    def write(self, item: Any, error: BaseException, line: int, operator: str) -> object:
        """Keep one failed item."""


OnError: TypeAlias = str | Callable[[Skipped], object] | ErrorSink  # "raise", "skip", or skip and tell


class Where(Protocol):
    """The stage of an operator, as far as failures tell of it."""

    flow: str
    filename: str
    place: str
    member: int
    on_error: OnError
    skipped: dict[int, int]


class Site:
    """Where an operator stands in its flow: what it needs to run element code and to tell of its failures."""

    __slots__ = ("at", "operator", "stage")

    def __init__(self, stage: Where, operator: str, at: int) -> None:
        self.stage = stage
        self.operator = operator
        self.at = at

    def run(self, kernel: Callable[..., Batch], batch: Batch, sides: tuple[Any, ...] = ()) -> Batch:
        """Return ``kernel(items, *sides)``; of the items that do not fail, where those are skipped."""
        items = rows(batch)
        try:
            return kernel(items, *sides)
        except Exception:  # element code may raise anything
            results: list[Any] = []
            for item in items:
                try:
                    results += rows(kernel([item], *sides))
                except Exception as error:
                    self.fail(error, item)
            return results

    def map(self, function: Callable[[Any], Any], items: list[Any]) -> tuple[list[Any], list[Any]]:
        """Return the items and ``function`` of each; without those that fail, where they are skipped."""
        try:
            return items, [function(item) for item in items]
        except Exception:  # element code may raise anything
            kept: list[Any] = []
            results: list[Any] = []
            for item in items:
                try:
                    results.append(function(item))
                    kept.append(item)
                except Exception as error:
                    self.fail(error, item)
            return kept, results

    def with_key(self, function: Callable[[list[Any]], Any], items: list[Any], key: Callable[[Any], Any] | None) -> Any:
        """Return ``function(items)``, which applies ``key`` to each item; told or skipped is one whose key fails."""
        try:
            return function(items)
        except Exception as error:  # element code may raise anything
            kept = items if key is None else self.map(key, items)[0]
            if len(kept) < len(items):
                return function(kept)
            self.explain(error)
            raise

    def add(self, add: Callable[[Sequence[Any]], None], items: Sequence[Any]) -> None:
        """Call ``add(items)``. When it raises, the note names the item, and what was added to is of no more use."""
        try:
            add(items)
        except Exception as error:  # element code may raise anything
            for item in items:
                try:
                    add([item])
                except Exception as own:
                    self.explain(own, item)
                    raise
            self.explain(error)
            raise

    def call(self, function: Callable[..., Any], *values: Any) -> Any:
        """Return ``function(*values)``, where there is no one item to name."""
        try:
            return function(*values)
        except Exception as error:  # element code may raise anything
            self.explain(error)
            raise

    def given(self, arguments: Mapping[str, Any], sides: tuple[Any, ...]) -> dict[str, Any]:
        """Return an operator's arguments; with sides, what is code is a function of their values that gives it."""
        if not sides:
            return dict(arguments)
        return {
            name: self.call(argument, *sides) if callable(argument) else argument
            for name, argument in arguments.items()
        }

    def fail(self, error: Exception, item: Any) -> None:
        """Raise ``error`` with a note about ``item``, or count the item as skipped."""
        stage = self.stage
        if stage.on_error == "raise":
            self.explain(error, item)
            raise error
        stage.skipped[self.at] = stage.skipped.get(self.at, 0) + 1
        if callable(stage.on_error):
            stage.on_error(skipped_item(item, error, self.at, self.operator, stage.place, stage.member))
        elif not isinstance(stage.on_error, str):
            stage.on_error.write(item, error, self.at, self.operator)

    def explain(self, error: BaseException, *item: Any) -> None:
        """Add the note that tells where ``error`` arose, and with which item; once."""
        stage = self.stage
        where = (
            f"{stage.filename}:{self.at}, `{self.operator}` of {stage.flow}, at {stage.place}, member {stage.member}"
        )
        if any(note.endswith(where) for note in getattr(error, "__notes__", ())):
            return
        error.add_note(f"item {_SHORT.repr(item[0])} at {where}" if item else f"at {where}")
