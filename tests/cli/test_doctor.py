"""`doctor` finds what is missing and says what to do; `cache` lists and cleans."""

from __future__ import annotations

import json

import pytest

from flowcc.cli import doctor
from flowcc.cli.cache import cache_folder

from .conftest import Command


def test_this_machine_can_run_flows(flowcc: Command) -> None:
    ended = flowcc("doctor", "--json")
    findings = {finding["check"]: finding for finding in json.loads(ended.out)["findings"]}
    assert ended.status == 0
    assert findings["kernels"]["state"] == findings["ipc sockets"]["state"] == "ok"
    assert len(findings) == len(doctor.CHECKS)


def test_what_is_missing_is_named(flowcc: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "CHECKS", (doctor.check_python, doctor.check_package("nosuchpackage", "nothing")))
    ended = flowcc("doctor")
    assert ended.status == 3
    assert ended.out.splitlines()[1].startswith("bad\tnosuchpackage\tModuleNotFoundError")
    assert "pip install nosuchpackage" in ended.out


def test_folders_whose_names_are_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flowcc.deploy.in_processes.LONGEST_IPC_PATH", 20)
    finding = doctor.check_socket()
    assert finding.state == "bad"
    assert "TMPDIR" in finding.help


def test_a_cache_folder_that_cannot_be_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.access", lambda *_: False)
    finding = doctor.check_cache()
    assert finding.state == "slow"
    assert "FLOWCC_CACHE" in finding.help


def test_the_cache_is_listed_and_cleaned(flowcc: Command) -> None:
    assert flowcc("cache", "ls").out == ""
    entry, other = cache_folder() / "words-ab12.kernel", cache_folder() / "notes.txt"
    entry.parent.mkdir(parents=True)
    entry.write_bytes(b"x" * 100)
    other.touch()
    assert flowcc("cache", "ls").out.split("\t")[0] == "100"
    assert [listed["file"] for listed in json.loads(flowcc("cache", "ls", "--json").out)["entries"]] == [str(entry)]
    assert "removed 1 files, 100 bytes" in flowcc("cache", "clean").out
    assert not entry.exists()
    assert other.exists()
