"""What must hold of the suite itself: it is the same in every process, skips nothing in CI, and has a second tier."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tiers import TIMES_IN_LONG

ROOT = Path(__file__).parent.parent
SKIPPED_MODULE = """
import pytest

pytest.importorskip("no_such_module")
"""
SKIPPED_TEST = """
import pytest

def test_it():
    pytest.skip("for no reason")
"""
TWO_TIERS = """
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

calls = 0

@pytest.mark.long
def test_long():
    assert False

def test_sample():
    pass

@pytest.mark.parametrize("n", [1, 2])
@settings(max_examples=3, database=None)
@given(drawn=st.integers())
def test_drawn(n, drawn):
    global calls
    calls += 1

def teardown_module():
    Path(__file__).with_suffix(".calls").write_text(str(calls))
"""


def pytest_run(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run pytest as the suite is run, in a process of its own, which has these variables instead of ours."""
    ours = {name: value for name, value in os.environ.items() if name != "CI" and not name.startswith("PYTEST_")}
    options = ["-q", "-p", "no:cacheprovider", "-c", ROOT / "pyproject.toml"]
    return subprocess.run(
        [sys.executable, "-m", "pytest", *options, *arguments],
        cwd=ROOT, env={**ours, **environment}, capture_output=True, text=True,
    )  # fmt: skip


def outside(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run tests that are written elsewhere as if they were the suite's."""
    return pytest_run("-p", "tests.conftest", *arguments, **environment)


def test_tests_have_the_same_names_in_every_process(request: pytest.FixtureRequest) -> None:
    """So no name holds an address, a time or what the seed of hashes decides; workers depend on it."""
    other = pytest_run("--collect-only", "--assert=plain", "-m", "", "tests", PYTHONHASHSEED="1")
    assert other.returncode == 0, other.stdout
    ours = {item.nodeid for item in request.session.items}
    assert ours - set(other.stdout.splitlines()) == set()


def test_a_skip_is_a_failure_in_ci(tmp_path: Path) -> None:
    (tmp_path / "test_module.py").write_text(SKIPPED_MODULE)
    (tmp_path / "test_function.py").write_text(SKIPPED_TEST)
    here = outside(tmp_path)
    assert "2 skipped" in here.stdout
    in_ci = outside(tmp_path, "--continue-on-collection-errors", CI="true")
    assert "1 failed, 1 error" in in_ci.stdout
    assert in_ci.stdout.count("in CI every test has to run, and this one is skipped: ") >= 2


def test_long_tests_are_left_out_of_the_suite(tmp_path: Path) -> None:
    path = tmp_path / "test_it.py"
    path.write_text(TWO_TIERS)
    done = outside(path)
    assert "3 passed, 1 deselected" in done.stdout
    assert path.with_suffix(".calls").read_text() == str(2 * 3)


def test_the_long_tier_has_more_examples_and_says_how_to_repeat_what_fails(tmp_path: Path) -> None:
    path = tmp_path / "test_it.py"
    path.write_text(TWO_TIERS)
    done = outside(path, "-m", "long", FLOWCC_SEED="12345")
    assert "1 failed, 2 passed, 1 deselected" in done.stdout
    assert path.with_suffix(".calls").read_text() == str(2 * 3 * TIMES_IN_LONG)
    assert "FLOWCC_SEED=12345 python -m pytest -m long --hypothesis-seed=12345 " in done.stdout
