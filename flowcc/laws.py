"""Claims about a function: laws that the compiler cannot find out by itself, tested on every check, and impurity."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])
CLAIMS = "__flow_claims__"


def commutative(function: F) -> F:
    """Claim that ``f(f(s, a), b) == f(f(s, b), a)``: the order of items cannot show. Tested on every check (F305)."""
    return _claim(function, "commutative")


def associative(function: F) -> F:
    """Claim that ``f(f(a, b), c) == f(a, f(b, c))``: shares may be put together. Tested on every check (F305)."""
    return _claim(function, "associative")


def idempotent(function: F) -> F:
    """Claim that ``f(f(s, a), a) == f(s, a)``: an item may come twice. Tested on every check (F305)."""
    return _claim(function, "idempotent")


def monotone(function: F) -> F:
    """Claim that what the function gives only ever grows with what it is given."""
    return _claim(function, "monotone")


def impure(*, because: str) -> Callable[[F], F]:
    """Say why a function that asks a clock, chance or a file may be called in element code all the same."""
    if not because.strip():
        raise ValueError("`because` is empty: say in a sentence why calling it again does no harm")

    def mark(function: F) -> F:
        function.__flow_impure__ = because  # type: ignore[attr-defined]
        return function

    return mark


def _claim(function: F, law: str) -> F:
    setattr(function, CLAIMS, (*getattr(function, CLAIMS, ()), law))
    return function
