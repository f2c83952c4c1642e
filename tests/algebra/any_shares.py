"""Run a flow on random items, with any shares of them at each member and any order of arrival."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from random import Random
from typing import Any, get_args, get_origin, get_type_hints
from unittest.mock import patch

from hypothesis import strategies as st

from flowcc import Flow, interpreted_moves
from flowcc.environment import Environment, environment_of
from flowcc.interpret import interpret
from flowcc.interpreted import Share
from flowcc.ir import Flow as Ir
from flowcc.passes.pipeline import rewrite
from tests.flows.compare import form

MEMBERS = (1, 2, 3, 4)
INTS = st.one_of(st.integers(-3, 8), st.integers())
FLOATS = st.one_of(st.sampled_from([math.nan, 0.0, -0.0, 1.0, -1.0, math.inf, -math.inf, 0.5]), st.floats(-1e6, 1e6))
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

    with patch.object(interpreted_moves, "deal", deal):
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
        return form(first) == form(second) or math.isclose(first, second, rel_tol=1e-9, abs_tol=1e-6)
    if isinstance(first, tuple | list) and type(first) is type(second) and len(first) == len(second):
        return all(map(close, first, second))
    return form(first) == form(second)


@dataclass(frozen=True)
class Case:
    """A flow of one parameter as its stages run it, and the plain function that it has to agree with."""

    plain: Callable[[list[Any]], object]
    rewritten: Ir
    environment: Environment
    parameter: str

    def differs(self, items: list[Any], seed: int) -> str:
        """Return in words how some shares give another result than the plain function; empty when none does."""
        expected = outcome(lambda: self.plain(list(items)))
        for members in MEMBERS:
            found = self._run(items, members, seed)
            if found[0] != expected[0] or not close(found[1], expected[1]):
                return (
                    f"{items!r} on {members} members {found[0]} {found[1]!r}, but plain {expected[0]} {expected[1]!r}"
                )
        return ""

    def _run(self, items: list[Any], members: int, seed: int) -> tuple[str, object]:
        with dealt(Random(f"{seed} {members}")):
            return outcome(
                lambda: interpret(self.rewritten, {self.parameter: items}, self.environment, {"Clerks": members}, seed)
            )


def case_of(program: Flow[Any, Any]) -> Case:
    """Return a flow of the corpus as a case."""
    function = program.plain
    (parameter,) = inspect.signature(function).parameters
    rewritten = rewrite(program.check().flow)
    return Case(function, rewritten, environment_of(function, function.__code__.co_filename, ""), parameter)
