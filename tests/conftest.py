"""What every test counts on, the two tiers of the suite, and that nothing is skipped where it counts."""

from __future__ import annotations

import os
import signal
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, is_hypothesis_test, settings

from flowcc import few
from tests.tiers import SEED, TIMES_IN_LONG, with_more_examples

Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)

# A loaded machine is no reason to fail: an example may take as long as it takes.
settings.register_profile("suite", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("suite")


@pytest.hookimpl(tryfirst=True)  # before pytest deselects by marker
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """In the long tier, run every Hypothesis test on many times the examples that it has in the suite."""
    if config.option.markexpr != "long":
        return
    drawn = [item for item in items if isinstance(item, pytest.Function) and is_hypothesis_test(item.obj)]
    for item in drawn:
        item.add_marker(pytest.mark.long)
    for function in {item.function for item in drawn}:  # parametrized tests share one
        with_more_examples(function, TIMES_IN_LONG)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Let a test that is skipped fail under CI, and a long one that fails say how to repeat it."""
    report = must_run((yield))
    if report.failed and item.get_closest_marker("long"):
        seeds = f"FLOWCC_SEED={SEED} python -m pytest -m long --hypothesis-seed={SEED}"
        report.sections.append(("To repeat it", f"{seeds} '{item.nodeid}'"))
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Let a module that is skipped fail under CI."""
    return must_run((yield))


def must_run(report: Report) -> Report:
    """Return the report of a test or module; under CI, one that was skipped has failed."""
    if report.skipped and os.environ.get("CI"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome, report.longrepr = "failed", f"in CI every test has to run, and this one is skipped: {reason}"
    return report


@pytest.fixture(autouse=True)
def ctrl_c_is_heard() -> Iterator[None]:
    """Python's own handler of Ctrl-C, here and so in the processes that a test starts.

    A suite that was started in the background of a shell inherits that it is ignored.
    """
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture(autouse=True, scope="session")
def kernel_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Give the session a cache of kernels of its own, which its processes share as a user's processes share theirs."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent  # which all workers of the session have in common
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FLOWCC_CACHE", str(folder / "kernels"))
        yield folder / "kernels"


SHIPPED = {name: getattr(few, name) for name in ("FEW", "FEWER", "SEVERAL")}


@contextmanager
def shipped_policy() -> Iterator[None]:
    """Let calls choose between plain function and flow as they do for users."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in SHIPPED.items():
            patch.setattr(few, name, value)
        yield


@pytest.fixture(autouse=True, scope="session")
def few_items_run_too() -> Iterator[None]:
    """Calls on a few items run as flows, of which most tests are; `tests/flows/test_as_shipped.py` is of the choice."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(few, "FEW", few.NEVER)
        patch.setattr(few, "FEWER", few.NEVER)
        patch.setattr(few, "SEVERAL", few.NEVER)
        yield
