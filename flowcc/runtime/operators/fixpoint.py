"""Fixed points: a step applied until nothing changes, on everything or only on what is new."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Any

from flowcc.runtime.batches import Batch
from flowcc.runtime.node import VALUE, Host, Node, Whole

MANY, MANY_COLD = 4096, 50_000  # pairs worth a walk, with and without NumPy loaded


def grow_until_still(grow: Callable[[Any], Any], start: Any) -> Any:
    """Return the closure of the set ``start`` under ``grow``, applied to what the last round added (semi-naive).

    Right where ``step(a | b) == step(a) | step(b)`` and a step keeps what it is given.
    """
    held = start
    new = grow(start) - held
    while new:
        held = held | new
        new = grow(new) - held
    return held


class Growing(Whole):
    """A fixed point; by a walk over arrays, where ``follow`` gives pairs of whole numbers from the only side."""

    __slots__ = ("follow",)

    def __init__(
        self, stage: Host, at: int, inputs: Sequence[Node], function: Callable[..., Batch],
        follow: Callable[..., Any] | None,
    ) -> None:  # fmt: skip
        super().__init__(stage, "fixpoint", at, VALUE, inputs, function)
        self.follow = follow

    def make(self, held: list[list[Batch]]) -> Batch:
        """Return the only batch."""
        if self.follow is not None and self.stage.jit is not None and _pays(held[1]):
            from flowcc.runtime.columnar.walking import walk  # NumPy, only once it pays

            found = walk(self, self.follow, held[0], held[1])
            if found is not None:
                return [found]
        return super().make(held)


def _pays(batches: list[Batch]) -> bool:
    many = MANY if "numpy" in sys.modules else MANY_COLD
    return sum(getattr(batch, "items", len(batch)) for batch in batches) >= many
