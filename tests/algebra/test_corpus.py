"""Each program of the corpus is accepted or refused as its label says, and what is accepted gives what it means."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flowcc import Flow, FlowError
from tests.algebra import accepted_collections, accepted_values, refused_collections, refused_values
from tests.algebra.any_shares import arguments_of, case_of

EXAMPLES = 25


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
