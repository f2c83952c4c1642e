"""What is printed of a flow is the language: lowered again it is the same flow."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings

from flowcc import FlowError
from flowcc.frontend.lower import lower
from flowcc.frontend.parse import parse_function
from flowcc.ir import Flow
from flowcc.show import show
from tests.flows.agreement import compiled, imported
from tests.flows.grammar import PRELUDE, Program, program_of, programs

PROGRAMS, CHUNK = 600, 100


def check_read_back(program: Program) -> bool:
    """Lower what is printed of a program and compare; False when the program is refused."""
    with imported(program) as (filename, names):
        try:
            done = compiled(program, filename, names)
        except FlowError:
            return False
        text = PRELUDE + show(done.written)
        environment = replace(done.environment, text=text, filename=f"{filename} printed")
        again = lower(parse_function(text, environment.filename, "f"), environment).flow
        assert again == done.written, difference(done.written, again)
        return True


def difference(written: Flow, again: Flow) -> str:
    """Return both texts and the first operators that differ."""
    pairs = [f"{a}\n{b}" for a, b in zip(written.ops, again.ops, strict=False) if a != b][:2]
    return "\n".join([show(written), show(again), *pairs])


@pytest.mark.parametrize("first", range(0, PROGRAMS, CHUNK))
def test_printed_flows_are_read_back(first: int) -> None:
    assert sum(check_read_back(program_of(seed)) for seed in range(first, first + CHUNK)) >= 0.97 * CHUNK


@settings(max_examples=100, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(programs())
def test_drawn_flows_are_read_back(program: Program) -> None:
    check_read_back(program)
