from __future__ import annotations

import gzip
import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
import zstandard

from flowcc.sources import csv, jsonl, parquet, text

SOURCES = [text, csv, jsonl, parquet]


@pytest.mark.parametrize("source", SOURCES)
def test_a_missing_file_suggests_its_neighbour(tmp_path: Path, fault, source):
    (tmp_path / "book.txt").touch()
    for use in (lambda: list(source(tmp_path / "bok.txt")), source(tmp_path / "bok.txt").check):
        with fault("F510") as found:
            use()
        assert found[0].subject == str(tmp_path / "bok.txt")
        assert str(tmp_path / "book.txt") in found[0].help


def test_a_missing_folder(tmp_path: Path, fault):
    with fault("F510") as found:
        list(text(tmp_path / "no" / "book.txt"))
    assert f"folder `{tmp_path / 'no'}`" in found[0].title


@pytest.mark.parametrize("source", SOURCES)
def test_a_pattern_that_matches_nothing(tmp_path: Path, fault, source):
    (tmp_path / "folder.txt").mkdir()
    with fault("F510") as found:
        list(source(tmp_path / "*.txt"))
    assert found[0].subject == str(tmp_path / "*.txt")


def test_a_name_with_a_bracket_is_a_name_where_it_exists(tmp_path: Path):
    (tmp_path / "a[1].txt").write_text("x\n")
    assert list(text(tmp_path / "a[1].txt")) == ["x"]


def test_a_pattern_goes_into_folders(tmp_path: Path):
    for name in ("b/2.txt", "a/1.txt", "3.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    assert list(text(tmp_path / "**" / "*.txt")) == ["3.txt", "a/1.txt", "b/2.txt"]


@pytest.mark.parametrize("source", SOURCES)
def test_a_folder(tmp_path: Path, fault, source):
    for use in (lambda: list(source(tmp_path)), source(tmp_path).check):
        with fault("F511") as found:
            use()
        assert found[0].subject == str(tmp_path)
        assert "folder" in found[0].title


def test_a_name_that_leads_nowhere(tmp_path: Path, fault):
    (tmp_path / "link").symlink_to(tmp_path / "gone")
    with fault("F510"):
        list(text(tmp_path / "link"))


def test_a_file_that_may_not_be_read(tmp_path: Path, fault, monkeypatch: pytest.MonkeyPatch):
    path = tmp_path / "a.txt"
    path.write_text("x\n")
    path.chmod(0)
    if os.access(path, os.R_OK):  # root may read anything: let the system's answer come from the test

        def refuse(name: object, *rest: object) -> object:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr("flowcc.runtime.sources.files.open", refuse, raising=False)
    with fault("F511") as found:
        list(text(path))
    assert "Permission denied" in found[0].title


COMPRESSED = {".gz": gzip.compress(os.urandom(100_000)), ".zst": zstandard.compress(os.urandom(100_000))}


@pytest.mark.parametrize("source", [text, csv, jsonl])
@pytest.mark.parametrize("suffix", COMPRESSED)
@pytest.mark.parametrize("keep", [0, 1, 3, 10, 5000, -3])
def test_a_truncated_archive(tmp_path: Path, fault, source, suffix: str, keep: int):
    lines = b"".join(b'{"a":%d}\n' % number for number in range(100_000))
    whole = {".gz": gzip.compress, ".zst": zstandard.compress}[suffix](lines)
    path = tmp_path / f"a{suffix}"
    path.write_bytes(whole[:keep])
    with fault("F512") as found:
        list(source(path))
    assert found[0].subject == str(path)


@pytest.mark.parametrize("suffix", COMPRESSED)
def test_an_archive_with_a_flipped_bit(tmp_path: Path, fault, suffix: str):
    lines = b"".join(b"%d\n" % number for number in range(10_000))
    compressor = zstandard.ZstdCompressor(write_checksum=True)
    whole = bytearray({".gz": gzip.compress, ".zst": compressor.compress}[suffix](lines))
    whole[-6 if suffix == ".gz" else -2] ^= 4
    path = tmp_path / f"a{suffix}"
    path.write_bytes(whole)
    with fault("F512"):
        list(text(path))


@pytest.mark.parametrize("suffix", COMPRESSED)
def test_what_is_no_archive_under_its_name(tmp_path: Path, fault, suffix: str):
    path = tmp_path / f"a{suffix}"
    path.write_text("plain text\n")
    with fault("F512") as found:
        list(text(path))
    assert "does not begin" in found[0].title


READ_STANDARD = "import sys; from flowcc.sources import *; print(list({}))"


@pytest.mark.parametrize(("source", "given", "items"), [
    ("text('-')", b"a\nb", ["a", "b"]),
    ("text('-')", b"", []),
    ("text('-')", gzip.compress(b"a\nb\n", mtime=0), ["a", "b"]),
    ("csv('-')", b"x,y\n1,2\n", [{"x": "1", "y": "2"}]),
    ("jsonl('-')", b"1\n2\n", [1, 2]),
])  # fmt: skip
def test_standard_input(source: str, given: bytes, items: list[object]):
    script = READ_STANDARD.format(source)
    done = subprocess.run([sys.executable, "-c", script], input=given, capture_output=True, check=True)
    assert done.stdout.decode().strip() == repr(items)
    assert done.stderr == b""


def test_parquet_from_standard_input(monkeypatch: pytest.MonkeyPatch):
    import pyarrow as pa
    import pyarrow.parquet as pq

    file = io.BytesIO()
    pq.write_table(pa.table({"x": [1, 2]}), file)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(file.getvalue())))
    assert list(parquet("-")) == [{"x": 1}, {"x": 2}]


def test_only_standard_input_must_be_read_here():
    assert text("-").only_here
    assert not text("a.txt").only_here
