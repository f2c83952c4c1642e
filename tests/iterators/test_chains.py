from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.flows.expressions import Choices
from tests.iterators.compare import check
from tests.iterators.pipelines import items_of, program_of


@given(st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_item_is_looked_at_that_python_does_not_reach(data: st.DataObject) -> None:
    draws = Choices(data.draw)
    check(program_of(draws, draws.of(("never", "never", "never", "always"))), *items_of(draws))
