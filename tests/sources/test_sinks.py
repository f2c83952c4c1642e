from __future__ import annotations

import gzip
import json
import math
import os
import subprocess
import sys
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from flowcc.runtime.columns import columns_of
from flowcc.runtime.failures import Skipped
from flowcc.sources import Sink, csv, errors_to, jsonl, parquet, text


class Row(NamedTuple):
    n: int
    x: float | None
    name: str
    ok: bool


@dataclass(frozen=True)
class Point:
    x: int
    y: int


ROWS = [Row(1, 2.5, 'a,b\r\n"é"', True), Row(-(2**63), None, "", False), Row(2**63 - 1, -0.0, "x", True)]
FINITE = st.floats(allow_nan=False, allow_infinity=False)
INT64 = st.integers(-(2**63), 2**63 - 1)
MANY = st.lists(st.builds(Row, INT64, st.none() | FINITE, st.text(max_size=8), st.booleans()), max_size=8)
READERS: dict[str, Any] = {"csv": csv, "jsonl": jsonl, "parquet": parquet}


@pytest.mark.parametrize("form", READERS)
@settings(max_examples=60, deadline=None)
@given(rows=MANY)
def test_rows_come_back_as_they_went(form: str, rows: list[Row], folder: Path):
    path = str(folder / "out")
    assert Sink(form, path, Row).write(rows) == len(rows)
    assert repr(list(READERS[form](path, Row))) == repr(rows)


@pytest.mark.parametrize("form", READERS)
@pytest.mark.parametrize("rows", [ROWS, [Point(1, 2), Point(3, 4)], [(1, "a"), (2, "b")], []])
def test_columns_are_written_as_lists_are(form: str, rows: list[Any], tmp_path: Path):
    batch = columns_of(rows)
    batches = [rows] if batch is None else [batch[:1], batch[1:]]
    Sink(form, str(tmp_path / "columns")).write_batches(batches)
    Sink(form, str(tmp_path / "list")).write(rows)
    assert list(READERS[form](tmp_path / "columns")) == list(READERS[form](tmp_path / "list")) if rows else True


def test_floats_that_are_no_numbers(tmp_path: Path):
    values = [(1, math.nan), (2, math.inf), (3, -math.inf)]
    Sink("csv", str(tmp_path / "a")).write(values)
    assert repr(list(csv(tmp_path / "a", tuple[int, float]))) == repr(values)
    Sink("jsonl", str(tmp_path / "b")).write(values)
    assert (tmp_path / "b").read_text() == "[1,null]\n[2,null]\n[3,null]\n"


@pytest.mark.parametrize(("result", "lines"), [
    ([1, "a", None, [2]], ["1", '"a"', "null", "[2]"]),
    ({"a": 1, (2, 3): None}, ['["a",1]', "[[2,3],null]"]),
    (Counter("abb"), ['["a",1]', '["b",2]']),
    ({3, 1, 2}, ["1", "2", "3"]),
    (frozenset({"b", 1}), ['"b"', "1"]),
    (42, ["42"]),
    ("text", ['"text"']),
    (None, ["null"]),
    ((1, [2]), ["[1,[2]]"]),
    ([], []),
    ({}, []),
    (Point(1, 2), ['{"x":1,"y":2}']),
    ([Row(1, None, "a", True)], ['{"n":1,"x":null,"name":"a","ok":true}']),
    ({"p": Point(1, 2)}, ['["p",{"x":1,"y":2}]']),
    ([10**30, deque([1])], [str(10**30), "[1]"]),
    (np.array([1, 2]), ["1", "2"]),
    ([np.float64(1.5), np.int64(2), np.bool_(True)], ["1.5", "2", "true"]),
    (pa.array([1, None]), ["1", "null"]),
    (iter([1, 2]), ["1", "2"]),
])  # fmt: skip
def test_results_as_json_lines(tmp_path: Path, result: object, lines: list[str]):
    assert Sink("jsonl", str(tmp_path / "a")).write(result) == len(lines)
    assert (tmp_path / "a").read_text().splitlines() == lines


@pytest.mark.parametrize(("result", "content"), [
    ([Row(1, None, "a", True)], "n,x,name,ok\n1,,a,true\n"),
    ({"a": 1}, "key,value\na,1\n"),
    ([("a", 1)], "f0,f1\na,1\n"),
    ([{"b": 1, "a": 2}], "b,a\n1,2\n"),
    ([1.5, 2.0], "value\n1.5\n2.0\n"),
    (["", "x"], 'value\n""\nx\n'),
    ([], ""),
])  # fmt: skip
def test_results_as_csv(tmp_path: Path, result: object, content: str):
    Sink("csv", str(tmp_path / "a")).write(result)
    assert (tmp_path / "a").read_bytes().decode() == content


def test_an_empty_result_keeps_its_columns(tmp_path: Path):
    Sink("csv", str(tmp_path / "a"), Row).write([])
    assert (tmp_path / "a").read_text() == "n,x,name,ok\n"
    assert list(csv(tmp_path / "a", Row)) == []
    Sink("parquet", str(tmp_path / "b"), Row).write([])
    assert list(parquet(tmp_path / "b", Row)) == []


def test_results_as_text(tmp_path: Path):
    Sink("text", str(tmp_path / "a")).write(["a", 1, 2.5])
    assert list(text(tmp_path / "a")) == ["a", "1", "2.5"]
    Sink("text", str(tmp_path / "b")).write({"a": 1})
    assert (tmp_path / "b").read_text() == "a\t1\n"


def test_results_as_parquet(tmp_path: Path):
    Sink("parquet", str(tmp_path / "a")).write({"a": 1, "b": 2})
    assert list(parquet(tmp_path / "a")) == [{"key": "a", "value": 1}, {"key": "b", "value": 2}]
    Sink("parquet", str(tmp_path / "b")).write_batches([[(1, None)], [(2, "x")]])
    assert list(parquet(tmp_path / "b", tuple[int, str | None])) == [(1, None), (2, "x")]


@pytest.mark.parametrize("suffix", [".gz", ".zst"])
@pytest.mark.parametrize("form", ["text", "csv", "jsonl"])
def test_a_sink_compresses_by_its_name(tmp_path: Path, suffix: str, form: str):
    path = tmp_path / f"a{suffix}"
    Sink(form, str(path)).write(["x"] * 1000)
    decompress = {".gz": gzip.decompress, ".zst": lambda data: zstandard.ZstdDecompressor().stream_reader(data).read()}
    assert decompress[suffix](path.read_bytes()).count(b"x") == 1000
    assert len(path.read_bytes()) < 200
    assert list(text(path))[-1].strip('"') == "x"


def failing() -> Iterator[list[int]]:
    yield [1, 2]
    raise KeyError("upstream")


@pytest.mark.parametrize("form", ["text", "csv", "jsonl", "parquet"])
@pytest.mark.parametrize("name", ["out", "out.gz"])
def test_nothing_new_stands_under_the_name_after_a_failure(tmp_path: Path, form: str, name: str):
    (tmp_path / name).write_text("before")
    with pytest.raises(KeyError):
        Sink(form, str(tmp_path / name)).write_batches(failing())
    assert os.listdir(tmp_path) == [name]
    assert (tmp_path / name).read_text() == "before"


def test_the_name_appears_when_all_is_written(tmp_path: Path):
    seen: list[set[str]] = []

    def batches() -> Iterator[list[int]]:
        for number in range(3):
            seen.append({name for name in os.listdir(tmp_path) if not name.startswith(".")})
            yield [number]

    Sink("jsonl", str(tmp_path / "out")).write_batches(batches())
    assert seen == [set()] * 3
    assert os.listdir(tmp_path) == ["out"]


def test_the_mode_is_that_of_any_new_file_and_a_link_stays_one(tmp_path: Path):
    (tmp_path / "plain").touch()
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "folder" / "out")
    Sink("jsonl", str(tmp_path / "link")).write([1])
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "folder" / "out").stat().st_mode == (tmp_path / "plain").stat().st_mode
    assert os.listdir(tmp_path / "folder") == ["out"]


def test_a_device_is_written_to():
    assert Sink("jsonl", "/dev/null").write([1]) == 1
    Sink("jsonl", "/dev/null").check()


@pytest.mark.parametrize(
    ("name", "words"), [("no/such/out", "No such file"), ("", "Is a directory"), ("file/out", "Not a dir")]
)
def test_a_target_that_cannot_be(tmp_path: Path, fault, name: str, words: str):
    (tmp_path / "file").touch()
    sink = Sink("jsonl", str(tmp_path / name))
    for use in (lambda: sink.write([1]), sink.check):
        with fault("F518") as found:
            use()
        assert words in found[0].title
        assert found[0].subject == str(tmp_path / name)
    assert os.listdir(tmp_path) == ["file"]


def test_a_folder_that_may_not_be_written_to(tmp_path: Path, fault, monkeypatch: pytest.MonkeyPatch):
    sink = Sink("jsonl", str(tmp_path / "out"))

    def refuse(*arguments: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("flowcc.runtime.sinks.atomic.os.open", refuse)  # root may write anywhere
    with fault("F518") as found:
        sink.write([1])
    assert "Permission denied" in found[0].title
    monkeypatch.setattr("flowcc.runtime.sinks.atomic.os.access", lambda *arguments: False)
    with fault("F518"):
        sink.check()


FULL = """
import resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
from flowcc.diagnostics import FlowError
from flowcc.sources import Sink
try:
    Sink(sys.argv[1], sys.argv[2]).write([(n, n * 7919 % 10007) for n in range(100_000)])
except FlowError as error:
    print(error.code, error.diagnostics[0].title, error.diagnostics[0].help)
"""


@pytest.mark.parametrize("form", ["text", "csv", "jsonl", "parquet"])
@pytest.mark.parametrize("name", ["out", "out.zst"])
def test_a_file_that_may_grow_no_further(tmp_path: Path, form: str, name: str):
    command = [sys.executable, "-c", FULL, form, str(tmp_path / name)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("F518 this file cannot be written: File too large")
    assert done.stderr == ""
    assert os.listdir(tmp_path) == []


def test_a_full_disk(tmp_path: Path, fault):
    if not os.path.exists("/dev/full"):
        pytest.skip("this system has no device that is always full")
    for form in ("text", "csv", "jsonl", "parquet"):
        with fault("F518") as found:
            Sink(form, "/dev/full").write(list(range(100_000)))
        assert "No space left" in found[0].title
        assert "make room" in found[0].help


@pytest.mark.parametrize(("form", "result"), [
    ("jsonl", [1, {(1, 2): 3}]),
    ("jsonl", [object()]),
    ("jsonl", ["a", "\ud800"]),
    ("text", ["a", "\ud800"]),
    ("csv", ["a", "\ud800"]),
    ("csv", [[1, 2]]),
    ("csv", [(1,), (1, 2)]),
    ("csv", [{"a": 1}, {"b": 1}]),
    ("csv", {"a": [1]}),
    ("parquet", [1, "a"]),
    ("parquet", [(1, 2), (2**64, 1)]),
    ("parquet", [(1, "a"), ("a", 1)]),
    ("parquet", [1j, 2j]),
])  # fmt: skip
def test_a_value_the_format_cannot_hold(tmp_path: Path, fault, form: str, result: object):
    with fault("F517") as found:
        Sink(form, str(tmp_path / "out")).write(result)
    assert found[0].subject == str(tmp_path / "out")
    assert os.listdir(tmp_path) == []


def test_standard_output(capfdbinary: pytest.CaptureFixture[bytes]):
    script = "from flowcc.sources import Sink; print('first'); Sink('jsonl', '-').write({'é': 1}); print('last')"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
    assert done.stdout.decode() == 'first\n["é",1]\nlast\n'


def test_a_reader_that_has_gone_is_no_fault():
    script = "from flowcc.sources import Sink; Sink('jsonl', '-').write(range(10**6).__iter__())"
    command = f'{sys.executable} -c "{script}" | head -1'
    done = subprocess.run(command, shell=True, capture_output=True, text=True, check=True)
    assert done.stdout == "0\n"
    assert "BrokenPipeError" in done.stderr
    assert "FlowError" not in done.stderr


def test_skipped_items_are_appended(tmp_path: Path, fault):
    path = tmp_path / "errors.jsonl"
    sink = errors_to(path)
    sink(Skipped("x", "ValueError: no int", 23, "each", "Here", 0))
    sink(Skipped(1j, "TypeError: é\n", 24, "fold", "Counters", 2))
    first, second = map(json.loads, path.read_text().splitlines())
    assert first == {
        "item": "x",
        "error": "ValueError: no int",
        "line": 23,
        "operator": "each",
        "place": "Here",
        "member": 0,
    }
    assert second["item"] == "1j"
    assert second["error"] == "TypeError: é\n"
    sink.write("y", KeyError("k"), 25, "join")
    assert json.loads(path.read_text().splitlines()[-1]) == {
        "item": "y",
        "error": "KeyError: 'k'",
        "line": 25,
        "operator": "join",
    }
    with fault("F518"):
        errors_to(tmp_path / "no" / "errors.jsonl")(Skipped(1, "", 1, "each", "Here", 0))


APPEND = """
import sys
from flowcc.runtime.failures import Skipped
from flowcc.sources import errors_to
sink = errors_to(sys.argv[1])
for number in range(300):
    sink(Skipped(sys.argv[2] * 300, "E", number, "each", "Here", 0))
"""


def test_lines_of_several_processes_do_not_mix(tmp_path: Path):
    path = tmp_path / "errors.jsonl"
    writers = [subprocess.Popen([sys.executable, "-c", APPEND, str(path), letter]) for letter in "abc"]
    assert [writer.wait() for writer in writers] == [0, 0, 0]
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert Counter(line["item"] for line in lines) == {letter * 300: 300 for letter in "abc"}
