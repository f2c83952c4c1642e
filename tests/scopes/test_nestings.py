import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.flows.expressions import Choices, RandomChoices
from tests.scopes.compare import check
from tests.scopes.nestings import program_of
from tests.tiers import noting, seed_of

LONG_PARTS = 20
LONG_NESTINGS = 1000  # a part, of 70 ms each


@given(st.data())
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_nestings_of_functions_mean_what_python_says(data: st.DataObject) -> None:
    check(program_of(Choices(data.draw)))


@pytest.mark.long
@pytest.mark.parametrize("part", range(LONG_PARTS))
def test_many_nestings_of_functions_mean_what_python_says(part: int) -> None:
    first = seed_of(part, LONG_NESTINGS)
    for seed in range(first, first + LONG_NESTINGS):
        with noting(seed):
            check(program_of(RandomChoices(seed)), on_threads=seed % 20 == 0)
