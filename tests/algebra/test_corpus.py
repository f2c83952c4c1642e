"""Each program of the corpus is accepted or refused as its label says, and what is accepted gives what it means."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flowcc import Flow, FlowError, threads
from tests.algebra import accepted_collections, accepted_values, refused_collections, refused_values
from tests.algebra.any_shares import arguments_of, case_of, close

EXAMPLES = 15


def programs(*modules: Any) -> dict[str, Flow[Any, Any]]:
    return {name: held for module in modules for name, held in vars(module).items() if isinstance(held, Flow)}


ACCEPTED = programs(accepted_values, accepted_collections)
REFUSED = programs(refused_values, refused_collections)


def test_the_corpus_is_as_large_as_it_was() -> None:
    assert (len(ACCEPTED), len(REFUSED)) == (65, 64)


@pytest.mark.parametrize("name", ACCEPTED)
def test_it_is_accepted_and_says_how(name: str) -> None:
    report = ACCEPTED[name].check()
    laws = report.merges() + report.reductions()
    assert laws
    assert all("(recognised: " in text or "(claimed and tested: " in text for text in laws)
    assert all(text in str(report) for text in laws)


@pytest.mark.parametrize("name", ACCEPTED)
def test_any_shares_in_any_order_give_the_same(name: str) -> None:
    program = ACCEPTED[name]
    case = case_of(program)

    @settings(max_examples=EXAMPLES, deadline=None, database=None, derandomize=True)
    @given(arguments_of(program), st.integers(0, 1000))
    def check(items: list[Any], seed: int) -> None:
        assert case.differs(items, seed) == ""

    check()


ITEMS: dict[str, list[Any]] = {
    "list[int]": [3, -1, 4, 1, -5, 9, 2], "list[str]": ["b", "", "aab", "a", "b"], "list[float]": [0.5, -2.0, 4.0],
    "list[tuple[int, str]]": [(1, "b"), (2, ""), (2, "a")], "list[tuple[int, int]]": [(1, 5), (2, -4), (2, 3)],
    "list[set[int]]": [{1, 2, 3}, {2, 3}, {3, 2, 5}], "list[list[int]]": [[1, 2], [3], [0, 7, 1]],
    "list[tuple[tuple[int, int], int]]": [((1, 2), 3), ((4, 4), -1), ((0, 1), 2)],
}  # fmt: skip


@pytest.mark.parametrize("name", ACCEPTED)
def test_stages_give_the_same(name: str) -> None:
    program = ACCEPTED[name]
    (annotation,) = (held for of, held in program.plain.__annotations__.items() if of != "return")
    items = ITEMS[annotation]
    found = program.run(items, on=threads(), members={"Clerks": 3})
    assert close(found, program.plain(items))


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_refused_and_says_why(name: str) -> None:
    program = REFUSED[name]
    code, shown = (program.plain.__doc__ or "").partition(":")[0].rstrip(".").split(", ")
    with pytest.raises(FlowError) as raised:
        program.check()
    (fault,) = raised.value.diagnostics
    assert fault.code == code
    assert fault.primary is not None
    counterexample = ", but " in fault.primary.text
    assert counterexample == (shown == "shown"), fault.primary.text
    assert fault.primary.text
