"""Random expressions: no difference between kernels and Python. All of it: ``python -m tests.kernels.fuzz 1000000``."""

from __future__ import annotations

import os
from pathlib import Path

from tests.kernels.fuzz import run
from tests.kernels.fuzz_folds import run as run_folds

PAIRS = 1_000_000 if os.environ.get("FLOWCC_FUZZ") else 20_000


def test_fuzz_kernels_against_python(tmp_path: Path) -> None:
    tally = run(PAIRS, seed=20_000, folder=tmp_path, inputs_a_kernel=1000 if PAIRS > 100_000 else 400)
    assert tally.pairs >= PAIRS
    assert tally.native > tally.pairs // 10, tally


def test_fuzz_folds_against_python(tmp_path: Path) -> None:
    assert run_folds(5 if PAIRS < 1_000_000 else 1000, seed=7, folder=tmp_path) > 10
