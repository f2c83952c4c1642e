"""What the tests of sources share: how a fault is asked for and looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TypeAlias

import pytest

from flowcc.diagnostics import Diagnostic, FlowError

Faults: TypeAlias = Callable[[str], AbstractContextManager[list[Diagnostic]]]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder where each example writes over the file of the one before."""
    return tmp_path_factory.mktemp("examples")


@pytest.fixture
def fault() -> Faults:
    """Give ``with fault("F510") as found:``, after which ``found[0]`` is the only diagnostic raised inside."""

    @contextmanager
    def expect(code: str) -> Iterator[list[Diagnostic]]:
        found: list[Diagnostic] = []
        with pytest.raises(FlowError) as raised:
            yield found
        found.extend(raised.value.diagnostics)
        assert [each.code for each in found] == [code]
        assert found[0].help
        assert found[0].subject in str(raised.value)

    return expect
