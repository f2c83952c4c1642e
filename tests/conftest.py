"""What every test counts on."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest

from flowcc import few


@pytest.fixture(autouse=True)
def ctrl_c_is_heard() -> Iterator[None]:
    """Python's own handler of Ctrl-C, here and so in the processes that a test starts.

    A suite that was started in the background of a shell inherits that it is ignored.
    """
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture(autouse=True, scope="session")
def few_items_run_too() -> Iterator[None]:
    """Calls on a few items run as flows, of which most tests are; `test_few` says otherwise."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(few, "FEW", few.NEVER)
        patch.setattr(few, "FEWER", few.NEVER)
        patch.setattr(few, "SEVERAL", few.NEVER)
        yield
