"""What the last run of a flow counted: items seen at each place, and items left out at each line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flowcc.runtime.failures import Skipped


@dataclass(frozen=True, slots=True)
class LastRun:
    """``seen`` counts items by place, ``skipped`` those that element code failed on, by line of the flow's file."""

    seen: Mapping[str, int] = field(default_factory=dict)
    skipped: Mapping[int, int] = field(default_factory=dict)

    def __str__(self) -> str:
        places = [f"{count:,} items at {place}" for place, count in self.seen.items()]
        left_out = [f"{count:,} items left out at line {line}" for line, count in sorted(self.skipped.items())]
        return ", ".join(places + left_out) or "nothing was counted"


class FailedElsewhere(RuntimeError):
    """What element code raised on a stage, as text: the sink gets it where the exception itself cannot be had."""


def keeper_of(on_error: Any) -> Callable[[Skipped, BaseException | None], object] | None:
    """Return what is to be called with each skipped item, for a sink given to ``@flow(on_error=…)``."""
    if isinstance(on_error, str):
        return None
    if callable(on_error):
        return lambda skipped, error: on_error(skipped)
    return lambda skipped, error: on_error.write(
        skipped.item, FailedElsewhere(skipped.error) if error is None else error, skipped.line, skipped.operator
    )
