"""What is wrong with a folder or with members is one clear fault, before anything is started."""

import json

import pytest

from flowcc.deploy.launch import launch
from flowcc.deploy.targets import processes, threads
from flowcc.diagnostics import FlowError
from tests.deploy.builds import word_count


def fault_of(build, **members):
    with pytest.raises(FlowError) as caught:
        launch(build, {"lines": []}, members=members, on=threads(), records={})
    (fault,) = caught.value.diagnostics
    return fault


@pytest.mark.parametrize("given", [0, -1, 1.0, "3", True, None])
def test_members_are_whole_numbers_of_one_or_more(tmp_path, given):
    fault = fault_of(word_count(tmp_path / "build"), Counters=given)
    assert fault.code == "F530"
    assert repr(given) in fault.title


def test_a_process_has_one_member(tmp_path):
    assert fault_of(word_count(tmp_path / "build"), Reader=2).code == "F530"


def test_members_of_an_unknown_place(tmp_path):
    fault = fault_of(word_count(tmp_path / "build"), Countres=2)
    assert fault.code == "F531"
    assert "Counters" in fault.help


def test_no_plan(tmp_path):
    assert fault_of(tmp_path).code == "F540"
    (tmp_path / "plan.json").write_text("{")
    assert fault_of(tmp_path).code == "F540"
    (tmp_path / "plan.json").write_bytes(b"\xff")
    assert fault_of(tmp_path).code == "F540"
    (tmp_path / "plan.json").write_text("[]")
    assert fault_of(tmp_path).code == "F540"


def test_a_plan_with_a_missing_module(tmp_path):
    build = word_count(tmp_path / "build")
    (build / "reader.py").unlink()
    fault = fault_of(build)
    assert fault.code == "F540"
    assert "reader.py" in fault.subject


def test_changed_modules(tmp_path):
    build = word_count(tmp_path / "build")
    (build / "reader.py").write_text((build / "reader.py").read_text() + "\n")
    assert fault_of(build).code == "F541"


@pytest.mark.parametrize("change", [{"flowcc": "0.0.9"}, {"format": 2}])
def test_another_version(tmp_path, change):
    build = word_count(tmp_path / "build")
    plan = json.loads((build / "plan.json").read_text())
    (build / "plan.json").write_text(json.dumps({**plan, **change}))
    assert fault_of(build).code == "F542"


def test_modules_outside_the_folder_are_not_loaded(tmp_path):
    build = word_count(tmp_path / "build")
    plan = json.loads((build / "plan.json").read_text())
    plan["stages"][0]["module"] = "../evil"
    (build / "plan.json").write_text(json.dumps(plan))
    assert fault_of(build).code == "F540"


def test_a_long_temporary_path_is_gone_around(tmp_path, monkeypatch):
    long = tmp_path / ("x" * 100)
    long.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(long))
    assert launch(word_count(tmp_path / "b"), {"lines": ["a"]}, members={}, on=processes(), records={}) == {"a": 1}
    assert list(long.iterdir()) == []


def test_no_place_for_sockets(tmp_path, monkeypatch):
    monkeypatch.setattr("flowcc.deploy.in_processes.LONGEST_IPC_PATH", 3)
    with pytest.raises(FlowError, match="F533"):
        launch(word_count(tmp_path / "b"), {"lines": ["a"]}, members={}, on=processes(), records={})


def test_transports_are_known():
    with pytest.raises(ValueError, match="carrier pigeon"):
        processes(transport="carrier pigeon")
