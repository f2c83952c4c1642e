"""What compiles element code, as stages know it: given from outside, for the runtime knows nothing of the compiler."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from flowcc.runtime.batches import Batch
    from flowcc.runtime.parallel import Work
    from flowcc.runtime.schema import Schema

Function = Callable[..., Any]


class Native(Protocol):
    """What runs element code over batches of one schema."""

    def __call__(self, batch: Batch, *sides: Any) -> Batch | None:
        """Return what Python would; None where that is left to Python."""

    def columns_of(self, batch: list[Any]) -> Batch | None:
        """Return a list as the columns that compiled code takes, or itself without them; None without such code."""

    def expect(self, seconds: float) -> None:
        """Take note that Python is going to take so long for the first batch."""

    def work(self, batch: Batch, *sides: Any) -> Work | None:
        """Return the same as work for any thread, where compiled code does it; else None."""


class Jit(Protocol):
    """What compiles element code; of one flow."""

    def offer(self, function: Function, kind: str, batch: Batch) -> Native | None:
        """Return what runs ``function`` over such a batch, and gives None where that is left to Python; or None."""

    def routines(self, functions: Sequence[Function], seconds: float) -> Sequence[Callable[..., int]] | None:
        """Return fixed routines compiled, or None while they are not; Python has taken so many seconds for them."""

    def running(
        self, step: Function, schema: Schema, first: object, keyed: bool, pairs: bool, seconds: float
    ) -> Any:  # a `columnar.scanning.Running`, why there is none, or None for now
        """Return a compiled loop of a step with a state, over items of a schema."""

    def ran(self, seconds: float) -> None:
        """Take note that a run took so long."""

    @property
    def busy(self) -> bool:
        """Whether anything is being compiled, for this run or the next."""

    def note(self, line: int, record: Mapping[str, object]) -> None:
        """Keep a record of what runs an operator, to be read whenever `explain` asks."""
