"""A flow in this process: all places are one stage, and moves are what they mean in plain Python."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import repeat
from time import perf_counter
from typing import TYPE_CHECKING, Any, TypeAlias

from flowcc.runtime.batches import Batch, pulls, slices
from flowcc.runtime.batches import rows as rows_of
from flowcc.runtime.failures import OnError
from flowcc.runtime.faults import not_iterable
from flowcc.runtime.jit import Jit
from flowcc.runtime.node import ITEMS, Collector, Source
from flowcc.runtime.stage import Stage
from flowcc.verbs import ALONE, enter, leave

if TYPE_CHECKING:
    from flowcc.runtime.sources.rows import RowType

Rows: TypeAlias = Mapping[str, "RowType"]
COLUMN_LIBRARIES = frozenset({"numpy", "pyarrow", "pandas", "polars"})


def run_here(
    wire: Callable[[Stage], None],
    arguments: Mapping[str, object],
    *,
    flow: str,
    filename: str,
    on_error: OnError = "raise",
    jit: Jit | None = None,
    rows: Rows | None = None,
    like: object = None,
    elements: Sequence[str] = (),
    skipped: dict[int, int] | None = None,
) -> Any:
    """Run the stage that ``wire`` wires up over the arguments for its sources, and return its result.

    ``rows`` are the records that items of a source are declared to be, as rows of a table become.
    Collections are returned as columns of the library that ``like`` comes from, where that can hold them; as lists
    without it. ``elements`` names the types of the results' items, for those that turn out empty. ``skipped`` is
    filled with the number of items left out at each line. Raises what element code or an argument raises while it is
    iterated over, and `FlowError` (F520) for an argument that cannot be.
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
        return stage.outcome() if like is None else columns_like(stage, like, elements, arguments.values())
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
    if type(argument).__module__.partition(".")[0] in COLUMN_LIBRARIES:
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


def columns_like(stage: Stage, like: object, elements: Sequence[str], given: Iterable[object] = ()) -> Any:
    """Return the outcome of a stage with its collections as columns of the library that ``like`` comes from.

    They share no memory with what was ``given`` and may be changed by who gave it.
    """
    named = zip(stage.results, elements or repeat(""), strict=False)
    results = [_column_like(result, like, element, given) for result, element in named]
    return tuple(results) if stage.many else results[0]


def _column_like(result: Collector, like: object, element: str, given: Iterable[object]) -> Any:
    from flowcc.runtime.arrays import apart_from, result_of  # needs NumPy, which is here when columns came
    from flowcc.runtime.columns import Columns, concat

    if result.shape != ITEMS:
        return result.value()
    parts = [batch for batch in result.batches if isinstance(batch, Columns)]
    if parts and len(parts) == len(result.batches) and all(part.schema == parts[0].schema for part in parts):
        return result_of(apart_from(given, concat(parts)), like)
    return items_like(result.value(), like, element)


def items_like(items: list[Any], like: object, element: str) -> Any:
    """Return items as columns of the library that ``like`` comes from; as they are where those cannot hold them.

    No items are columns of the type that ``element`` names, where that is one of Python's.
    """
    from flowcc.runtime.arrays import result_of  # needs NumPy, which is here when columns came
    from flowcc.runtime.columns import columns_of
    from flowcc.runtime.schema import KINDS, Scalar

    named = {kind.__name__: Scalar(name) for kind, name in KINDS.items()}
    columns = columns_of(items, named.get(element)) if not items else columns_of(items)
    return items if columns is None else result_of(columns, like)
