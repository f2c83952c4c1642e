import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.flows.expressions import Choices, RandomChoices
from tests.iterators.compare import check
from tests.iterators.pipelines import items_of, program_of
from tests.tiers import noting, seed_of

LONG_PARTS = 20
LONG_CHAINS = 200  # a part, of 70 ms each
JITS = ("never", "never", "never", "always")


@given(st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_item_is_looked_at_that_python_does_not_reach(data: st.DataObject) -> None:
    draws = Choices(data.draw)
    check(program_of(draws, draws.of(JITS)), *items_of(draws))


@pytest.mark.long
@pytest.mark.parametrize("part", range(LONG_PARTS))
def test_many_chains_look_at_no_item_that_python_does_not_reach(part: int) -> None:
    first = seed_of(part, LONG_CHAINS)
    for seed in range(first, first + LONG_CHAINS):
        with noting(seed):
            draws = RandomChoices(seed)
            check(program_of(draws, JITS[seed % 4]), *items_of(draws))
