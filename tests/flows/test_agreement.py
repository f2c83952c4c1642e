"""Whole programs mean one thing, however they are run: hundreds from seeds, some drawn, some on stages."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings

from tests.flows.agreement import check_on_stages, check_program
from tests.flows.grammar import Program, program_of, programs
from tests.tiers import noting, seed_of

PROGRAMS, CHUNK = 800, 50
ON_STAGES = 24
SKIPPING = 150
COMPILED = 12
LONG_PARTS = 25
LONG_PROGRAMS = 600  # a part, of 65 ms each
LONG_SKIPPING = 400  # of 50 ms
LONG_COMPILED = 20  # of 700 ms
LONG_STAGED = 96  # of 90 ms


@pytest.mark.parametrize("first", range(0, PROGRAMS, CHUNK))
def test_every_way_to_run_a_program_agrees(first: int) -> None:
    check_programs(range(first, first + CHUNK))


@pytest.mark.long
@pytest.mark.parametrize("part", range(LONG_PARTS))
def test_every_way_to_run_many_programs_agrees(part: int) -> None:
    first = seed_of(part, LONG_PROGRAMS)
    check_programs(range(first, first + LONG_PROGRAMS))


def check_programs(seeds: range) -> None:
    accepted = 0
    for seed in seeds:
        with noting(seed):
            accepted += check_program(program_of(seed))
    assert accepted >= 0.97 * len(seeds), "the compiler refuses programs that it should take"


@settings(max_examples=100, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(programs())
def test_every_way_to_run_a_drawn_program_agrees(program: Program) -> None:
    check_program(program)


def test_every_way_to_run_a_program_leaves_the_same_items_out() -> None:
    check_skipping(itertools.count(), SKIPPING)


@pytest.mark.long
@pytest.mark.parametrize("part", range(LONG_PARTS))
def test_every_way_to_run_many_programs_leaves_the_same_items_out(part: int) -> None:
    check_skipping(itertools.count(seed_of(part, 100 * LONG_SKIPPING)), LONG_SKIPPING)


def check_skipping(seeds: Iterable[int], count: int) -> None:
    partial = ((seed, program) for seed in seeds if (program := program_of(seed)).partial)
    for seed, program in itertools.islice(partial, count):
        with noting(seed):
            check_program(replace(program, text=program.text.replace("@flow\n", '@flow(on_error="skip")\n')))


def test_programs_agree_when_all_of_them_is_compiled() -> None:
    check_compiled(range(COMPILED))


@pytest.mark.long
@pytest.mark.parametrize("part", range(LONG_PARTS))
def test_many_programs_agree_when_all_of_them_is_compiled(part: int) -> None:
    first = seed_of(part, LONG_COMPILED)
    check_compiled(range(first, first + LONG_COMPILED))


def check_compiled(seeds: range) -> None:
    for seed in seeds:
        program = program_of(seed)
        with noting(seed):
            check_program(replace(program, text=program.text.replace("@flow\n", '@flow(jit="always")\n')))


@pytest.mark.parametrize("seed", range(ON_STAGES))
def test_a_run_on_stages_agrees(seed: int) -> None:
    assert check_staged(1000 * seed, members=1 + seed % 3)


@pytest.mark.long
@pytest.mark.parametrize("part", range(LONG_PARTS))
def test_many_runs_on_stages_agree(part: int) -> None:
    accepted = sum(
        check_staged(seed_of(part * LONG_STAGED + number, 1000), members=1 + number % 3)
        for number in range(LONG_STAGED)
    )  # fmt: skip
    assert accepted >= 0.95 * LONG_STAGED, "the compiler refuses programs that it should take"


def check_staged(first_seed: int, members: int) -> bool:
    seed, program = next(
        (seed, program) for seed in range(first_seed, first_seed + 1000)
        if "scatter" in (program := program_of(seed)).text and not program.partial
    )  # fmt: skip
    with noting(seed):
        return check_on_stages(program, members)
