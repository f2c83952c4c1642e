"""Build folders: whole or not at all, the same bytes for the same program, never over anything else."""

from __future__ import annotations

import errno
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from flowcc.backend.build import write_build
from flowcc.compiler import Compiled, compile_flow
from flowcc.deploy.plan import read_plan
from flowcc.diagnostics import FlowError
from flowcc.environment import Environment
from flowcc.frontend.parse import parse_function

TEXT = """
from flowcc import Batch, Cluster, Process, flow, gather, scatter
from operator import add

class Leader(Process): ...
class Workers(Cluster, size=2): ...

def hits(seed, darts):
    return seed * darts

@flow
def total(seeds: Batch[int, Leader], darts: int = 3) -> int:
    mine = scatter(seeds, Workers)
    return gather(sum(hits(seed, darts) for seed in mine), Leader, merge=add)
"""


def compiled(name: str = "total") -> Compiled:
    return compile_flow(parse_function(TEXT, "/somewhere/f.py", name), Environment("/somewhere/f.py", TEXT, live=False))


def write(out: Path) -> None:
    case = compiled()
    write_build(case.program, case.environment, out)


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def refused(out: Path) -> str:
    before = {path: path.read_bytes() for path in out.parent.rglob("*") if path.is_file()}
    with pytest.raises(FlowError) as raised:
        write(out)
    assert before == {path: path.read_bytes() for path in out.parent.rglob("*") if path.is_file()}
    assert raised.value.diagnostics[0].subject == str(out)
    return raised.value.code


def test_a_build_is_whole_and_its_plan_is_read_back(tmp_path: Path) -> None:
    write(tmp_path / "deep" / "build")
    files = content(tmp_path / "deep" / "build")
    assert set(files) == {"plan.json", "graph.svg", "definitions.py", "leader.py", "workers.py", "here.py"}
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["build"]
    plan = read_plan(tmp_path / "deep" / "build")
    assert [(each.place, each.kind, each.size) for each in plan.stages] == [
        ("Leader", "process", 1), ("Workers", "cluster", 2), ("Here", "process", 1),
    ]  # fmt: skip
    assert [(each.name, each.place, each.element) for each in plan.sources] == [("seeds", "Leader", "int")]
    assert plan.file == "f.py"
    data: Any = json.loads(files["plan.json"])
    assert [(each["verb"], each["by"], each["merge"]) for each in data["channels"]][:2] == [
        ("scatter", False, False), ("gather", False, True),
    ]  # fmt: skip
    assert data["result"] == {"places": ["Here"], "many": False}


def test_the_same_program_gives_the_same_bytes_and_replaces_its_older_build(tmp_path: Path) -> None:
    write(tmp_path / "one")
    first = content(tmp_path / "one")
    (tmp_path / "one" / "leader.py").write_text("old")
    (tmp_path / "one" / "__pycache__").mkdir()
    write(tmp_path / "one")
    assert content(tmp_path / "one") == first
    assert [path.name for path in tmp_path.iterdir()] == ["one"]


def test_an_empty_folder_becomes_the_build(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    write(tmp_path / "out")
    assert (tmp_path / "out" / "plan.json").exists()


def test_nothing_else_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    assert refused(tmp_path / "file") == "F543"
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "mine.py").write_text("mine")
    assert refused(tmp_path / "folder") == "F543"
    (tmp_path / "folder" / "plan.json").write_text("[]")
    assert refused(tmp_path / "folder") == "F543"
    write(tmp_path / "build")
    (tmp_path / "build" / "notes.txt").write_text("mine")
    assert refused(tmp_path / "build") == "F543"
    (tmp_path / "link").symlink_to(tmp_path / "build")
    assert refused(tmp_path / "link") == "F543"


def test_a_folder_under_a_file_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    assert refused(tmp_path / "file" / "build") == "F544"


def test_a_full_disk_leaves_the_older_build_and_nothing_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "build")
    first = content(tmp_path / "build")
    real = Path.write_bytes

    def full(path: Path, data: bytes) -> int:
        if path.name == "leader.py":
            real(path, data[:10])
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(path, data)

    monkeypatch.setattr(Path, "write_bytes", full)
    for out in ("build", "new"):
        with pytest.raises(FlowError) as raised:
            write(tmp_path / out)
        assert raised.value.code == "F544"
        assert "No space left" in raised.value.diagnostics[0].title
    assert [path.name for path in tmp_path.iterdir()] == ["build"]
    assert content(tmp_path / "build") == first


def test_a_build_that_cannot_take_its_place_gives_the_older_one_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "build")
    first = content(tmp_path / "build")
    real = Path.rename

    def refuse(path: Path, target: Path) -> Path:
        if (path / "plan.json").exists() and path.name.startswith(".build") and not path.name.endswith(".old"):
            raise OSError(errno.EACCES, "Permission denied")
        return real(path, target)

    monkeypatch.setattr(Path, "rename", refuse)
    with pytest.raises(FlowError):
        write(tmp_path / "build")
    assert content(tmp_path / "build") == first
    assert [path.name for path in tmp_path.iterdir()] == ["build"]


def test_a_build_does_not_say_where_it_was_made(tmp_path: Path) -> None:
    write(tmp_path / "a")
    shutil.move(tmp_path / "a", tmp_path / "b")
    for text in content(tmp_path / "b").values():
        assert b"/somewhere" not in text
        assert str(tmp_path).encode() not in text
