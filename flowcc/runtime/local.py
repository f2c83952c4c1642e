"""A flow in this process: all places are one stage, and moves are what they mean in plain Python."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from flowcc.runtime.batches import Batch, pulls, slices
from flowcc.runtime.failures import OnError
from flowcc.runtime.faults import not_iterable
from flowcc.runtime.node import Source
from flowcc.runtime.stage import Jit, Stage
from flowcc.verbs import ALONE, enter, leave

COLUMN_LIBRARIES = frozenset({"numpy", "pyarrow", "pandas", "polars"})


def run_here(
    wire: Callable[[Stage], None],
    arguments: Mapping[str, object],
    *,
    flow: str,
    filename: str,
    on_error: OnError = "raise",
    jit: Jit | None = None,
) -> Any:
    """Run the stage that ``wire`` wires up over the arguments for its sources, and return its result.

    Raises what element code or an argument raises while it is iterated over, and `FlowError` (F520) for an argument
    that cannot be.
    """
    before = enter(ALONE)
    try:
        stage = Stage(flow=flow, filename=filename, on_error=on_error, jit=jit)
        wire(stage)
        stage.start()
        feed(stage, arguments)
        return stage.outcome()
    finally:
        leave(before)


def feed(stage: Stage, arguments: Mapping[str, object]) -> None:
    """Push the arguments through the stage's sources: lists first, then the others in turn while they are wanted."""
    sources = stage.sources.items()
    pulled = [
        (source, batches_of(name, arguments[name])) for name, source in sources if type(arguments[name]) is not list
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


def batches_of(name: str, argument: object, share: int = 0, shares: int = 1) -> Iterator[Batch]:
    """Return the batches of an argument, pulled as they are asked for; of a source, the ``share``-th of ``shares``.

    Raises `FlowError` (F520) at once for what is no source and cannot be iterated over.
    """
    if type(argument).__module__.partition(".")[0] in COLUMN_LIBRARIES:
        from flowcc.runtime.arrays import batch_of  # needs NumPy, which most calls do not

        batch = batch_of(argument)
        if batch is not None:
            return slices(batch)
    batches = getattr(argument, "batches", None)
    if callable(batches):
        found: Iterator[Batch] = batches(share, shares)
        return found
    if not hasattr(type(argument), "__iter__") and not hasattr(type(argument), "__getitem__"):
        raise not_iterable(name, argument)
    iterable: Any = argument
    return pulls(iter(iterable))
