"""Programs that must be refused, each with its whole fault beside it: `refused/F301_order_lost.py` and `.err`.

``make goldens`` writes the faults anew.
"""

from __future__ import annotations

import ast
import os
from pathlib import Path

import pytest

from flowcc.cli.main import run
from flowcc.compiler import check_source
from flowcc.diagnostics import FlowError

ROOT = Path(__file__).parent.parent
PROGRAMS = sorted((Path(__file__).parent / "refused").glob("*.py"))


def the_flow(path: Path) -> str:
    functions = [node for node in ast.parse(path.read_text("utf-8")).body if isinstance(node, ast.FunctionDef)]
    return next(node.name for node in functions if node.decorator_list)


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
def test_the_fault_is_the_one_beside_the_program(
    path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    assert run(["check", str(path)]) == 1
    printed = capsys.readouterr()
    beside = path.with_suffix(".err")
    if os.environ.get("UPDATE_GOLDENS") and not os.environ.get("CI"):
        beside.write_text(printed.err, encoding="utf-8")
    assert printed.out == ""
    assert printed.err == beside.read_text(encoding="utf-8")
    assert printed.err.startswith(f"error[{path.stem[:4]}]: ")


LIVE_ONLY = {"F305_claim"}  # a law is tested by calling the function, and of a text alone nothing is run


@pytest.mark.parametrize("path", [p for p in PROGRAMS if p.stem not in LIVE_ONLY], ids=lambda path: path.stem)
def test_the_text_alone_gives_the_same_faults(path: Path) -> None:
    with pytest.raises(FlowError) as raised:
        check_source(path.read_text("utf-8"), str(path.relative_to(ROOT)), the_flow(path))
    lines = path.with_suffix(".err").read_text("utf-8").splitlines()
    assert [str(fault).partition(": ")[0] for fault in raised.value.diagnostics] == [
        line.partition(": ")[0] for line in lines if line.startswith("error[")
    ]
