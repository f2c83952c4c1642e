"""A flow in this process: all places are one stage, and moves are what they mean in plain Python."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from time import perf_counter
from typing import TYPE_CHECKING, Any, TypeAlias

from flowcc.runtime.batches import Batch, pulls, slices
from flowcc.runtime.batches import rows as rows_of
from flowcc.runtime.failures import OnError
from flowcc.runtime.faults import not_iterable
from flowcc.runtime.jit import Jit
from flowcc.runtime.node import Source
from flowcc.runtime.results import Handover
from flowcc.runtime.sequence import is_columns
from flowcc.runtime.stage import Stage
from flowcc.verbs import ALONE, enter, leave

if TYPE_CHECKING:
    from flowcc.runtime.sources.rows import RowType

Rows: TypeAlias = Mapping[str, "RowType"]
PLAIN = Handover()


def run_here(
    wire: Callable[[Stage], None],
    arguments: Mapping[str, object],
    *,
    flow: str,
    filename: str,
    on_error: OnError = "raise",
    jit: Jit | None = None,
    rows: Rows | None = None,
    handover: Handover = PLAIN,
    skipped: dict[int, int] | None = None,
) -> Any:
    """Run the stage that ``wire`` wires up over the arguments for its sources, and return its result.

    ``rows`` are the records that items of a source are declared to be, as rows of a table become.
    ``handover`` says which collections are returned as columns; without it none is. ``skipped`` is filled with the
    number of items left out at each line. Raises what element code or an argument raises while it is iterated over, and
    `FlowError` (F520) for an argument that cannot be.
    """
    before, begun = enter(ALONE), perf_counter()
    stage = Stage(flow=flow, filename=filename, on_error=on_error, jit=jit)
    try:
        if skipped is not None:
            stage.skipped = skipped
        if any(getattr(argument, "only_here", False) for argument in arguments.values()):
            stage.parallel.width = 0  # what arrives as somebody types is given at once
        wire(stage)
        stage.start()
        feed(stage, arguments, rows)
        return handover.results([(result.shape, result.batches) for result in stage.results], stage.many)
    finally:
        stage.parallel.close()
        leave(before)
        if jit is not None:
            jit.ran(perf_counter() - begun)


def feed(stage: Stage, arguments: Mapping[str, object], rows: Rows | None = None) -> None:
    """Push the arguments through the stage's sources: lists first, then the others in turn while they are wanted."""
    sources = stage.sources.items()
    rows = rows or {}
    pulled = [
        (source, batches_of(name, arguments[name], row=rows.get(name), only=source.only))
        for name, source in sources
        if type(arguments[name]) is not list
    ]
    for name, source in sources:
        argument = arguments[name]
        if type(argument) is list:
            source.emit_all(argument)
            source.finish()
    while pulled:
        pulled = [pair for pair in pulled if _advance(*pair)]


def _advance(source: Source, batches: Iterator[Batch]) -> bool:
    """Push the next batch; whether more may follow."""
    batch = next(batches, None) if source.wanted else None
    if batch is not None:
        source.emit(batch)
        return True
    source.finish()
    return False


def batches_of(
    name: str, argument: object, share: int = 0, shares: int = 1, row: RowType | None = None,
    only: tuple[str, ...] | None = None,
) -> Iterator[Batch]:  # fmt: skip
    """Return the batches of an argument, pulled as they are asked for; of a source, the ``share``-th of ``shares``.

    Records in files may come without the fields that are not in ``only``.
    Rows of a table become what ``row`` declares. Raises `FlowError` at once for what is no source and cannot be
    iterated over (F520), or has other columns (F522).
    """
    if is_columns(argument):
        from flowcc.runtime.arrays import batch_of  # needs NumPy, which most calls do not

        batch = batch_of(argument, row, name)
        if batch is not None:
            return slices(batch)
        if getattr(argument, "ndim", 1) == 0:  # an array of no dimension, which looks as if it could be
            raise not_iterable(name, argument)
    batches = getattr(argument, "batches", None)
    if callable(batches):
        fewer = only is not None and hasattr(argument, "to_plan")
        found: Iterator[Batch] = batches(share, shares, only) if fewer else batches(share, shares)
        return found
    if not hasattr(type(argument), "__iter__") and not hasattr(type(argument), "__getitem__"):
        raise not_iterable(name, argument)
    iterable: Any = argument
    return pulls(iter(iterable))


def listed(name: str, argument: object, row: RowType | None) -> list[Any]:
    """Return the items of a list or column."""
    if type(argument) is list:
        return argument
    from flowcc.runtime.arrays import batch_of  # needs NumPy, which is here when columns came

    batch = batch_of(argument, row, name)
    assert batch is not None
    return rows_of(batch)
