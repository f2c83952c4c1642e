"""Run a flow on random items, with any shares of them at each member and any order of arrival."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from random import Random
from typing import Any, get_args, get_origin, get_type_hints
from unittest.mock import patch

from hypothesis import strategies as st

import flowcc.interpret
from flowcc import Flow
from flowcc.environment import environment_of
from flowcc.interpret import Share, interpret
from flowcc.ir import Flow as Ir
from flowcc.passes.pipeline import rewrite
from tests.flows.compare import form

MEMBERS = (1, 2, 3, 4)
INTS = st.one_of(st.integers(-3, 8), st.integers())
FLOATS = st.one_of(st.sampled_from([math.nan, 0.0, -0.0, 1.0, -1.0, math.inf, -math.inf, 0.5]), st.floats())
PLAIN: dict[Any, st.SearchStrategy[Any]] = {
    int: INTS, float: FLOATS, bool: st.booleans(), str: st.text("aab", max_size=3),
}  # fmt: skip


def items_like(held: Any) -> st.SearchStrategy[Any]:
    """Return values of an annotated type; few different ones, so that some are equal."""
    origin, arguments = get_origin(held), get_args(held)
    if origin is None:
        return PLAIN[held]
    if origin is tuple and arguments[-1] is not ...:
        return st.tuples(*map(items_like, arguments))
    if origin is dict:
        return st.dictionaries(items_like(arguments[0]), items_like(arguments[1]), max_size=3)
    inner = st.lists(items_like(arguments[0]), max_size=3)
    return inner if origin is list else inner.map(origin)


def arguments_of(program: Flow[Any, Any]) -> st.SearchStrategy[list[Any]]:
    """Return lists for the only parameter of a program."""
    hints = get_type_hints(program.plain, include_extras=True)
    (parameter,) = (held for name, held in hints.items() if name != "return")
    return st.lists(items_like(get_args(parameter)[0]), max_size=8)


@contextmanager
def dealt(choices: Random) -> Iterator[None]:
    """Let a scatter without a key give each item to any member."""

    def deal(run: Any, place: Any, items: list[object]) -> list[Share]:
        owners = [choices.randrange(run.count(place)) for _ in items]
        return [
            Share([item for item, owner in zip(items, owners, strict=True) if owner == member],
                  [(at,) for at, owner in enumerate(owners) if owner == member])
            for member in range(run.count(place))
        ]  # fmt: skip

    with patch.object(flowcc.interpret, "_deal", deal):
        yield


def outcome(call: Callable[[], object]) -> tuple[str, object]:
    """Return what a call gives, or the type of what it raises."""
    try:
        return "gives", call()
    except Exception as error:
        return "raises", type(error).__name__


def close(first: Any, second: Any) -> bool:
    """Whether two results are the same, but for the rounding of floats."""
    if isinstance(first, float) and isinstance(second, float):
        return form(first) == form(second) or math.isclose(first, second, rel_tol=1e-9, abs_tol=1e-9)
    return form(first) == form(second)


def differs(program: Flow[Any, Any], items: list[Any], seed: int, flow: Ir | None = None) -> str:
    """Return in words how any shares of ``items`` give another result than the plain function; empty when none does."""
    written = flow or program.check().flow
    rewritten = rewrite(written)
    environment = environment_of(program.plain, program.plain.__code__.co_filename, "")
    (source,) = (op.out.name for op in written.ops if not op.inputs)
    expected = outcome(lambda: program.plain(list(items)))
    for members in MEMBERS:
        choices = Random(f"{seed} {members}")
        with dealt(choices):
            found = outcome(lambda: interpret(rewritten, {source: items}, environment, {"Clerks": members}, seed))  # noqa: B023 - called at once
        if found[0] != expected[0] or not (close(found[1], expected[1])):
            return f"{items!r} on {members} members {found[0]} {found[1]!r}, but plain {expected[0]} {expected[1]!r}"
    return ""
