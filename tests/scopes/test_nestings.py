from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.flows.expressions import Choices
from tests.scopes.compare import check
from tests.scopes.nestings import program_of


@given(st.data())
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_nestings_of_functions_mean_what_python_says(data: st.DataObject) -> None:
    check(program_of(Choices(data.draw)))
