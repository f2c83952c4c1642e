"""Whole programs mean one thing, however they are run: two thousand from seeds, some drawn, some on stages."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from tests.flows.agreement import check_on_stages, check_program
from tests.flows.grammar import Program, program_of, programs

PROGRAMS, CHUNK = 2000, 100
ON_STAGES = 24
SKIPPING = 150
COMPILED = 12


@pytest.mark.parametrize("first", range(0, PROGRAMS, CHUNK))
def test_every_way_to_run_a_program_agrees(first: int) -> None:
    accepted = sum(check_program(program_of(seed)) for seed in range(first, first + CHUNK))
    assert accepted >= 0.97 * CHUNK, "the compiler refuses programs that it should take"


@settings(max_examples=100, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(programs())
def test_every_way_to_run_a_drawn_program_agrees(program: Program) -> None:
    check_program(program)


def test_every_way_to_run_a_program_leaves_the_same_items_out() -> None:
    partial = (program for seed in itertools.count() if (program := program_of(seed)).partial)
    for program in itertools.islice(partial, SKIPPING):
        check_program(replace(program, text=program.text.replace("@flow\n", '@flow(on_error="skip")\n')))


def test_programs_agree_when_all_of_them_is_compiled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLOWCC_CACHE", str(tmp_path))
    for seed in range(COMPILED):
        program = program_of(seed)
        check_program(replace(program, text=program.text.replace("@flow\n", '@flow(jit="always")\n')))


@pytest.mark.parametrize("seed", range(ON_STAGES))
def test_a_run_on_stages_agrees(seed: int) -> None:
    program = next(
        program for number in range(1000 * seed, 1000 * seed + 1000)
        if "scatter" in (program := program_of(number)).text and not program.partial
    )  # fmt: skip
    assert check_on_stages(program, members=1 + seed % 3)
