"""Fixed points: a step applied until nothing changes, on everything or only on what is new."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


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
