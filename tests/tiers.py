"""The two tiers: the suite, and the long tests of ``make long``, which do more of what the suite does some of.

A long test is marked ``long``. What it draws at random it draws from `seed_of`, so that a run can be repeated.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from hypothesis import settings

SEED = int(os.environ.get("FLOWCC_SEED", "1"))  # of this run of the long tests
TIMES_IN_LONG = 5  # the examples of a Hypothesis test: twenty would take more than an hour by themselves


def seed_of(number: int, each: int = 1) -> int:
    """Return the first of ``each`` seeds for a long test's part of this number; no other part or run has them.

    The suite's own seeds are below a million.
    """
    return (1 + SEED) * 1_000_000_000 + number * each


@contextmanager
def noting(seed: int) -> Iterator[None]:
    """Let what fails say with which seed."""
    try:
        yield
    except Exception as error:
        error.add_note(f"with seed {seed}")
        raise


def with_more_examples(function: Callable[..., Any], times: int) -> None:
    """Let a Hypothesis test run on so many times the examples. There is no public way to change its settings."""
    inner = getattr(function, "_hypothesis_internal_use_settings", None) or settings()
    function._hypothesis_internal_use_settings = settings(  # type: ignore[attr-defined]
        inner, max_examples=times * inner.max_examples
    )
