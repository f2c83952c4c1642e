"""When kernels take over: never for small calls, in the background when it pays, at once when asked."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from flowcc.backend.kernels import hot
from flowcc.backend.kernels.hot import Hot, line_of
from flowcc.runtime.columns import Columns
from tests.kernels import programs

SMALL_CALL = """
import sys
from flowcc.backend.kernels.hot import Hot
from tests.kernels import programs
jit = Hot("auto")
for _ in range(100):
    assert jit.offer(programs.arithmetic, "each", [1, 2, 3])([1, 2, 3]) == [4, 10]
print(sorted({"numba", "numpy", "llvmlite"} & sys.modules.keys()))
"""


@pytest.fixture(autouse=True)
def cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("FLOWCC_CACHE", str(tmp_path / "cache"))


def test_small_calls_import_nothing() -> None:
    here = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", SMALL_CALL], cwd=here, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_never_offers_nothing() -> None:
    jit = Hot("never")
    assert jit.offer(programs.arithmetic, "each", [1]) is None
    (described,) = jit.by_line()[line_of(programs.arithmetic)]
    assert described["runs"] == "python"
    assert described["why"] == 'jit="never"'


def test_always_compiles_at_once() -> None:
    jit = Hot("always")
    runner = jit.offer(programs.arithmetic, "each", [1])
    assert runner is not None
    given = runner([1, 2, 3])
    assert isinstance(given, Columns)
    assert given.rows() == [4, 10]
    (described,) = jit.by_line()[line_of(programs.arithmetic)]
    assert described["runs"] == "numba"
    assert described["items"] == 3
    assert str(described["cache"]) in ("hit", "missed: not kept yet")


def test_auto_switches_at_a_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hot, "LOOK_COLD", 0.0)
    monkeypatch.setattr(hot, "LOOK_WARM", 0.0)
    monkeypatch.setattr(hot, "COMPILE_COLD", 0.0)
    monkeypatch.setattr(hot, "COMPILE_WARM", 0.0)
    jit = Hot("auto")
    items = list(range(1000))
    runner = jit.offer(programs.nested, "each", items)
    assert runner is not None
    assert runner(items) == programs.nested(items)  # looks into the cache
    assert runner(items) == programs.nested(items)  # starts to compile
    jit.wait()
    given = runner(items)
    assert (given.rows() if isinstance(given, Columns) else given) == programs.nested(items)
    (described,) = jit.by_line()[line_of(programs.nested)]
    assert "numba" in str(described["runs"])


def test_a_refusal_is_told_with_its_expression() -> None:
    jit = Hot("always")
    runner = jit.offer(programs.last_resort, "each", [1])
    assert runner is not None
    assert runner([3, 0]) == [[1, 3], [0, 1]]
    (described,) = jit.by_line()[line_of(programs.last_resort)]
    assert described["runs"] == "python"
    assert "sorted" in str(described["why"]) or "[x, 1]" in str(described["why"])


def test_an_exception_is_left_to_the_caller() -> None:
    runner = Hot("auto").offer(programs.divided, "each", [0])
    assert runner is not None
    assert runner([0]) is None
