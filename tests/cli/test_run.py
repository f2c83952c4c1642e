"""Flows and build folders run from the command line, and whatever is wrong ends with one fault and its status."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from .conftest import Command, Ended

EXAMPLES = Path(__file__).parents[2] / "examples"
WORD_COUNT = f"{EXAMPLES / 'word_count.py'}:word_count"
TOP_WORDS = f"{EXAMPLES / 'word_count.py'}:top_words"
TEXT = "To be or\nnot to BE\n\nthat is\n"
COUNTS = Counter(TEXT.lower().split())
SCALED = """\
from flowcc import Batch, flow


@flow
def scaled(xs: Batch[int], factor: int) -> list[int]:
    return [60 * factor // x for x in xs]


@flow(on_error="skip")
def numbers(lines: Batch[str]) -> list[int]:
    return [int(line) for line in lines]
"""
ROWS = """\
from typing import NamedTuple

from flowcc import Batch, flow


class Row(NamedTuple):
    name: str
    amount: int


@flow
def total(rows: Batch[Row]) -> int:
    return sum(row.amount for row in rows)
"""


@pytest.fixture(autouse=True)
def programs() -> None:
    Path("book.txt").write_text(TEXT, encoding="utf-8")
    Path("scaled.py").write_text(SCALED, encoding="utf-8")
    Path("rows.py").write_text(ROWS, encoding="utf-8")


@pytest.fixture
def build(flowcc: Command) -> Path:
    assert flowcc("compile", WORD_COUNT, "-o", "build").status == 0
    return Path("build")


def counts(ended: Ended) -> dict[str, int]:
    assert ended.status == 0, ended.err
    return {word: int(times) for word, times in (line.split("\t") for line in ended.out.splitlines())}


@pytest.mark.parametrize(
    "options",
    [
        [],
        ["--on", "threads"],
        ["--on", "threads", "--members", "Counters=3"],
        ["--members", "Counters=2"],
        ["--on", "processes", "--members", "Counters=3"],
    ],
    ids=" ".join,
)
def test_a_flow_runs_on_everything(flowcc: Command, options: list[str]) -> None:
    assert counts(flowcc("run", WORD_COUNT, "--in", "lines=text:book.txt", *options)) == COUNTS


@pytest.mark.parametrize("options", [[], ["--on", "processes", "--members", "Counters=2"]], ids=" ".join)
def test_a_folder_runs_without_the_program(flowcc: Command, build: Path, options: list[str]) -> None:
    assert counts(flowcc("run", build, "--in", "lines=text:book.txt", *options)) == COUNTS


def test_what_is_compiled(flowcc: Command, build: Path) -> None:
    listed = flowcc("compile", WORD_COUNT, "-o", build, "--json")
    assert listed.status == 0, listed.err
    files = {Path(name).name for name in json.loads(listed.out)["files"]}
    assert {"plan.json", "reader.py", "counters.py", "graph.svg"} <= files
    assert "words" in (build / "reader.py").read_text()


def test_values_are_set(flowcc: Command) -> None:
    ended = flowcc("run", TOP_WORDS, "--in", "lines=book.txt", "--set", "n=2", "--json")
    assert json.loads(ended.out) == [["be", 2], ["to", 2]]
    assert flowcc("run", "scaled.py:scaled", "--in", "xs=[1, 2, 3]", "--set", "factor=-1").out.split() == [
        "-60",
        "-30",
        "-20",
    ]


def test_standard_input_and_a_sink() -> None:
    command = [sys.executable, "-m", "flowcc", "run", WORD_COUNT, "--in", "lines=text:-", "--out", "jsonl:counts.jsonl"]
    done = subprocess.run(command, input=TEXT, capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == ""
    assert dict(json.loads(line) for line in Path("counts.jsonl").read_text().splitlines()) == COUNTS


def test_rows_are_read_as_annotated(flowcc: Command) -> None:
    Path("rows.csv").write_text("amount,name\n3,a\n4,b\n")
    assert flowcc("run", "rows.py", "--in", "rows=csv:rows.csv").out == "7\n"
    assert flowcc("compile", "rows.py").status == 0
    Path("rows.py").unlink()
    command = [sys.executable, "-m", "flowcc", "run", "build", "--in", "rows=csv:rows.csv"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (0, "7\n"), done.stderr


@pytest.mark.parametrize("verb", ["check", "explain"])
def test_reports_for_people_and_programs(flowcc: Command, verb: str) -> None:
    assert "Reader" in flowcc(verb, WORD_COUNT).out
    assert json.loads(flowcc(verb, WORD_COUNT, "--json").out)["flow"] == "word_count"


@pytest.mark.parametrize(
    ("name", "begins"),
    [("g.svg", "<svg"), ("g.dot", "digraph"), ("g.mmd", "flowchart"), ("g.json", "{"), ("g.txt", "flowchart")],
)
def test_graphs(flowcc: Command, name: str, begins: str) -> None:
    assert flowcc("graph", WORD_COUNT, "-o", name).status == 0
    drawn = Path(name).read_text(encoding="utf-8")
    assert drawn.startswith(begins)
    assert "Counters" in drawn
    assert [path.name for path in Path().glob(".*")] == []


@pytest.mark.parametrize("verb", ["check", "explain", "graph", "compile"])
def test_a_value_without_a_default_is_needed_by_every_verb(flowcc: Command, verb: str) -> None:
    missing = flowcc(verb, "scaled.py:scaled")
    assert (missing.status, "error[F557]" in missing.err) == (2, True)
    given = flowcc(verb, "scaled.py:scaled", "--set", "factor=2")
    assert given.status == 0, given.err


def test_an_exception_of_element_code_is_shown_with_its_notes(flowcc: Command) -> None:
    arguments = ["run", "scaled.py:scaled", "--in", "xs=[1, 0]", "--set", "factor=1"]
    ended = flowcc(*arguments)
    assert (ended.status, ended.out) == (3, "")
    assert ended.err.startswith("ZeroDivisionError: ")
    assert "scaled.py:6" in ended.err
    assert "Traceback" in flowcc(*arguments, "--traceback").err
    reported = json.loads(flowcc(*arguments, "--json").err)["exception"]
    assert reported["type"] == "ZeroDivisionError"
    assert any("scaled.py:6" in note for note in reported["notes"])


@pytest.mark.parametrize("options", [[], ["--on", "threads"]], ids=["here", "threads"])
def test_items_that_fail_are_skipped_and_counted(flowcc: Command, options: list[str]) -> None:
    arguments = ["run", "scaled.py:numbers", "--in", 'lines=["1", "x", "3", ""]', *options]
    ended = flowcc(*arguments)
    assert (ended.status, ended.out.split()) == (0, ["1", "3"])
    assert ended.err == "left out 2 items that line 11 failed on\n"
    ended = flowcc(*arguments, "--json")
    assert (json.loads(ended.out), json.loads(ended.err)) == ([1, 3], {"left_out": {"11": 2}})


WRONG = {
    "no-file": (["--in", "lines=text:none.txt"], "F510", 3),
    "folder": (["--in", "lines=text:."], "F511", 3),
    "cut-gzip": (["--in", "lines=text:cut.txt.gz"], "F512", 3),
    "not-utf8": (["--in", "lines=text:latin.txt"], "F513", 3),
    "no-such-source": (["--in", "lines=txt:book.txt"], "F519", 2),
    "nothing-given": ([], "F557", 2),
    "no-such-input": (["--in", "line=text:book.txt"], "F556", 2),
    "no-such-value": (["--in", "lines=text:book.txt", "--set", "n=3"], "F556", 2),
    "value-as-input": (["--in", "lines=text:book.txt", "--set", "lines=3"], "F556", 2),
    "no-members": (["--in", "lines=text:book.txt", "--members", "Counters=0"], "F555", 2),
    "no-such-place": (["--in", "lines=text:book.txt", "--members", "Counter=2"], "F531", 2),
    "members-of-process": (["--in", "lines=text:book.txt", "--members", "Reader=2"], "F530", 2),
    "full-disk": (["--in", "lines=text:book.txt", "--out", "jsonl:/dev/full"], "F518", 3),
    "no-folder": (["--in", "lines=text:book.txt", "--out", "text:none/counts"], "F518", 3),
}


@pytest.mark.parametrize("name", WRONG)
@pytest.mark.parametrize("compiled", [False, True], ids=["program", "folder"])
def test_what_is_wrong_is_one_fault(flowcc: Command, build: Path, name: str, compiled: bool) -> None:
    options, code, status = WRONG[name]
    if name == "full-disk" and not Path("/dev/full").exists():
        return
    Path("cut.txt.gz").write_bytes(gzip.compress(os.urandom(5000))[:3000])
    Path("latin.txt").write_bytes(b"caf\xe9\n")
    ended = flowcc("run", build if compiled else WORD_COUNT, *options)
    assert ended.out == ""
    assert f"error[{code}]" in ended.err
    assert ended.status == status


def test_a_folder_that_was_changed(flowcc: Command, build: Path) -> None:
    with (build / "reader.py").open("a") as file:
        file.write("raise SystemExit('this must not run')\n")
    ended = flowcc("run", build, "--in", "lines=text:book.txt")
    assert (ended.status, "error[F541]" in ended.err) == (1, True)


def test_a_folder_of_another_version(flowcc: Command, build: Path) -> None:
    plan = json.loads((build / "plan.json").read_text())
    (build / "plan.json").write_text(json.dumps({**plan, "flowcc": "0.0.1"}))
    ended = flowcc("run", build, "--in", "lines=text:book.txt")
    assert (ended.status, "error[F542]" in ended.err) == (1, True)


@pytest.mark.parametrize("text", [None, "", "[]", "{", '{"format": 1}'])
def test_a_folder_without_a_plan(flowcc: Command, build: Path, text: str | None) -> None:
    shutil.rmtree(build)
    build.mkdir()
    if text is not None:
        (build / "plan.json").write_text(text)
    ended = flowcc("run", build, "--in", "lines=text:book.txt")
    assert ended.status in (1, 2)
    assert "error[F54" in ended.err


def test_an_interrupt_ends_a_run() -> None:
    """The run reads from a pipe that stays open, so that it is surely under way."""
    command = [sys.executable, "-m", "flowcc", "run", WORD_COUNT, "--in", "lines=text:-"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    ) as process:
        assert process.stdin is not None
        process.stdin.write(b"word\n" * 2_000_000)  # more than a pipe holds: it returns once the run reads
        process.stdin.flush()
        started = time.monotonic()
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) == 130
        assert time.monotonic() - started < 20
        process.stdin.close()
