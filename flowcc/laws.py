"""Claims about a function that the compiler takes at their word and that `check` lists."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

F = TypeVar("F", bound=Callable[..., object])


def impure(*, because: str) -> Callable[[F], F]:
    """Say why a function that asks a clock, chance or a file may be called in element code all the same."""
    if not because.strip():
        raise ValueError("`because` is empty: say in a sentence why calling it again does no harm")

    def mark(function: F) -> F:
        function.__flow_impure__ = because  # type: ignore[attr-defined]
        return function

    return mark
