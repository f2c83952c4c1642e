"""The harness with workers as they are: processes of their own, spoken to line by line."""

import json
from dataclasses import replace

import pytest

from benchmarks import __main__, report, results, rows
from benchmarks.harness import measure, without_folders
from benchmarks.question import FLOWCC, PLAIN, Contender


@pytest.fixture(scope="module")
def document(tmp_path_factory):
    """A document with one row, measured on hardly any input, and written."""
    out = tmp_path_factory.mktemp("out")
    assert __main__.main(["--tiny", "--only", "calls", "--rounds", "2", "--out", str(out)]) == 0
    return out


def test_a_row_is_measured_judged_and_written(document):
    found = json.loads((document / "benchmarks.json").read_text(encoding="utf-8"))
    (question,) = found["rows"]["calls"]["questions"]
    assert [each["name"] for each in question["contenders"]] == [FLOWCC, PLAIN]
    for each in question["contenders"]:
        assert each["agrees"] is True
        assert len(each["seconds"]) == 2
        assert min(each["seconds"]) > 0
        assert each["memory"] >= each["memory_before"] > 2**20
    (verdict,) = question["verdicts"]
    assert verdict["low"] <= verdict["value"] <= verdict["high"]
    assert all("% in " in entry for entry in question["profile"])
    assert question["profile"]
    assert any("Each" in entry for entry in question["engines"])
    assert found["machine"]["cores"] >= 1


def test_the_page_names_every_row_and_shows_the_figures(document):
    page = (document / "benchmarks.md").read_text(encoding="utf-8")
    assert "| One call on 10 items | plain Python | + 60 µs |" in page
    assert page.count("not measured") == len(rows.SCRIPTS) - 1
    assert "good for a look" in page


def test_measuring_another_row_keeps_the_first(document):
    kept = results.load(document / "benchmarks.json", "tiny")
    results.add(kept, "arrays", kept["rows"]["calls"])
    assert list(kept["rows"]) == ["arrays", "calls"]
    assert results.load(document / "benchmarks.json", "full")["rows"] == {}


def test_a_contender_that_is_missing_or_fails_is_reported_not_dropped():
    row = rows.find("sizes")
    question = next(each for each in row.questions if each.name == "arrays_10")
    outcome = measure(row, question, "tiny", rounds=1, settle=0.0)
    broken = results.contender(question, PLAIN, outcome.standings[PLAIN], None) | {"status": "failed", "reason": "no"}
    assert "failed: no" in report.contender_line({"unit": "items", "items": 10}, broken)


def test_a_worker_that_cannot_start_says_why(monkeypatch):
    row = rows.find("calls")
    question = row.questions[0]
    stranger = Contender(name="nobody", start=question.contenders[0].start)
    monkeypatch.setattr(type(question), "contender", lambda self, name: stranger)
    outcome = measure(row, replace(question, contenders=(stranger,)), "tiny", rounds=1, settle=0.0)
    assert outcome.standings["nobody"].status == "failed"
    assert "StopIteration" in outcome.standings["nobody"].reason


def test_messages_name_no_folders_of_the_machine():
    assert without_folders("no module (/home/me/lib-1.0/x.py) in a/b") == "no module (x.py) in a/b"
