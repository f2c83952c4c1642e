"""`explain()` of every example: what runs each operator, and of what runs in Python why, at which expression."""

from __future__ import annotations

import pytest

from flowcc.flow import Flow
from tests.test_examples import CASES, example, same


@pytest.mark.parametrize("name", CASES)
def test_what_stays_in_python_says_why_and_where(name: str) -> None:
    module, make, _ = CASES[name]
    written = getattr(example(module), name)
    flow = Flow(written.plain, on_error=written.on_error, jit="always")
    arguments = make()
    assert same(name, flow(*arguments)) == same(name, flow.plain(*arguments))
    given = zip(flow.parameters, arguments, strict=False)  # some have a default
    values = {name: value for (name, _, flows, _), value in given if not flows}
    rows = flow.explain(**values).operators()
    assert {runs for row in rows for runs in str(row["runs"]).split(", ")} <= {"–", "numba", "numpy", "python"}
    for row in rows:
        reason, _, expression = str(row["why"]).partition("`")
        if "python" in str(row["runs"]):
            assert reason.strip(" :"), row
            assert expression.endswith("`"), row
            assert "has not run" not in reason, row
