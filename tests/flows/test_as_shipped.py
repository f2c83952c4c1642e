"""Whole programs called as users call them: who answers, plain function or flow, is chosen as it is for them."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import pytest

from flowcc import FlowError
from flowcc.few import Few
from flowcc.quicker import Quicker
from tests.conftest import SHIPPED, shipped_policy
from tests.flows.agreement import compiled, imported, outcome
from tests.flows.compare import agree
from tests.flows.grammar import program_of
from tests.tiers import noting, seed_of

PROGRAMS, CHUNK = 60, 20
LONG_PARTS, LONG_PROGRAMS = 10, 200
TIMES = (1, 60, 60)  # how often the items of an argument are repeated


@pytest.fixture(autouse=True)
def _as_shipped() -> Iterator[None]:
    with shipped_policy():
        yield


def check(seed: int) -> bool:
    """Call the program of a seed several times, on few and many items; False where it is refused."""
    program = program_of(seed)
    with imported(program) as (filename, names):
        try:
            compiled(program, filename, names)
        except FlowError:
            return False
        if names["f"].on_error != "raise":
            return False
        for times in TIMES:
            given = {name: list(itertools.islice(items * times, 300)) for name, items in program.arguments.items()}
            expected = outcome(lambda: names["f"].plain(**_copied(given)))  # noqa: B023
            found = outcome(lambda: names["f"](**_copied(given)))  # noqa: B023
            assert type(expected.error) is type(found.error), f"{program.text}{given}\nexpected {expected}\ngot {found}"
            same = expected.error is not None or agree(expected.value, found.value, program.ordered)
            assert same, f"{program.text}{given}\nexpected {expected}\ngot {found}"
    return True


def _copied(given: dict[str, list[object]]) -> dict[str, list[object]]:
    return {name: list(items) for name, items in given.items()}


def check_programs(seeds: range) -> None:
    checked = 0
    for seed in seeds:
        with noting(seed):
            checked += check(seed)
    assert checked > len(seeds) // 2


@pytest.mark.parametrize("first", range(0, PROGRAMS, CHUNK))
def test_programs_agree_under_the_policy_that_users_get(first: int) -> None:
    check_programs(range(first, first + CHUNK))


@pytest.mark.long
@pytest.mark.parametrize("part", range(LONG_PARTS))
def test_many_programs_agree_under_the_policy_that_users_get(part: int) -> None:
    first = seed_of(part, LONG_PROGRAMS)
    check_programs(range(first, first + LONG_PROGRAMS))


def test_the_policy_here_is_the_shipped_one() -> None:
    from flowcc import few

    assert {name: getattr(few, name) for name in SHIPPED} == SHIPPED
    assert all(value > 0 for value in SHIPPED.values())


def test_a_wrong_answer_of_the_plain_path_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    answer = Few.answer

    def wrong(self: Few, *args: Any) -> Any:
        given = answer(self, *args)
        return given[:-1] if isinstance(given, list) else given

    monkeypatch.setattr(Few, "answer", wrong)
    with pytest.raises(AssertionError, match="expected"):
        check_programs(range(30))


def test_a_wrong_answer_of_the_flow_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Quicker, "is_plain", lambda self, items: True)
    monkeypatch.setattr(Few, "answer", lambda self, *args: [])
    with pytest.raises(AssertionError, match="expected"):
        check_programs(range(30))
