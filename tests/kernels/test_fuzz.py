"""Random expressions: no difference between kernels and Python."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.kernels.fuzz import run
from tests.kernels.fuzz_folds import run as run_folds
from tests.tiers import seed_of

PAIRS = 10_000
LONG_PARTS = 50
LONG_PAIRS = 20_000  # a part, of 1.4 ms each
LONG_FOLDS = 20  # of 1.2 s


def test_fuzz_kernels_against_python(tmp_path: Path) -> None:
    check_pairs(PAIRS, 20_000, tmp_path, inputs_a_kernel=400)


@pytest.mark.long
@pytest.mark.parametrize("part", range(LONG_PARTS))
def test_fuzz_many_kernels_against_python(part: int, tmp_path: Path) -> None:
    check_pairs(LONG_PAIRS, seed_of(part), tmp_path, inputs_a_kernel=1000)


def check_pairs(pairs: int, seed: int, folder: Path, inputs_a_kernel: int) -> None:
    tally = run(pairs, seed, folder, inputs_a_kernel)
    assert tally.pairs >= pairs
    assert tally.native > tally.pairs // 10, tally


def test_fuzz_folds_against_python(tmp_path: Path) -> None:
    assert run_folds(5, seed=7, folder=tmp_path) > 10


@pytest.mark.long
@pytest.mark.parametrize("part", range(LONG_PARTS))
def test_fuzz_many_folds_against_python(part: int, tmp_path: Path) -> None:
    assert run_folds(LONG_FOLDS, seed_of(part), tmp_path) > 10
