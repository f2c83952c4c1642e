from __future__ import annotations

import gzip
import os
from pathlib import Path

import pytest
import zstandard
from hypothesis import example, given, settings
from hypothesis import strategies as st

from flowcc.runtime.sources import blocks
from flowcc.runtime.sources.blocks import Part, blocks_of
from flowcc.sources import text

ALPHABET = st.sampled_from(
    ["a", "é", "☃", "𝄞", "\n", "\r", "\r\n", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\0", " "]
)
TEXTS = st.lists(ALPHABET, max_size=60).map("".join)


def python_lines(path: Path) -> list[str]:
    with open(path, encoding="utf-8") as file:
        return [line.removesuffix("\n") for line in file]


def shared(path: Path, shares: int) -> list[str]:
    source = text(path)
    return [line for share in range(shares) for batch in source.batches(share, shares) for line in batch.rows()]


@settings(max_examples=150, deadline=None)
@given(content=TEXTS, size=st.integers(1, 9))
@example(content="a\r\nb\r", size=2)
@example(content="\r\r\n\n", size=1)
def test_fuzz_lines_are_pythons_wherever_blocks_are_cut(content: str, size: int, folder: Path):
    path = folder / "a.txt"
    path.write_bytes(content.encode())
    assert list(text(path)) == python_lines(path)
    data = list(blocks_of(Part(str(path)), size))
    assert b"".join(block.data for block in data) == content.encode()
    assert [block.offset for block in data] == [sum(len(b.data) for b in data[:n]) for n in range(len(data))]
    lines = [line for block in data for line in blocks.decode(Part(str(path)), block).replace("\r\n", "\n").split("\n")]
    assert all("\n" not in line for line in lines)
    for block in data:
        before = content.encode()[: block.offset].decode()
        assert block.line == 1 + before.count("\n") + before.count("\r") - before.count("\r\n")


@settings(max_examples=150, deadline=None)
@given(content=TEXTS, shares=st.integers(1, 7))
@example(content="\r\n\r\n", shares=3)
@example(content="a\r\rb\n", shares=4)
def test_fuzz_shares_of_one_file_are_all_lines_once_in_order(content: str, shares: int, folder: Path):
    path = folder / "a.txt"
    path.write_bytes(content.encode())
    assert shared(path, shares) == python_lines(path)


@pytest.mark.parametrize("shares", [1, 2, 3, 5])
@pytest.mark.parametrize("suffix", ["", ".gz", ".zst"])
def test_shares_of_several_files_are_all_lines_once(
    tmp_path: Path, shares: int, suffix: str, monkeypatch: pytest.MonkeyPatch
):
    compress = {"": bytes, ".gz": gzip.compress, ".zst": zstandard.compress}[suffix]
    monkeypatch.setattr(blocks.blocks_of, "__defaults__", (16,))
    lines = [f"line {number} é" for number in range(100)]
    for name, part in {"b": lines[:10], "a": lines[10:90], "c": lines[90:]}.items():
        (tmp_path / f"{name}.txt{suffix}").write_bytes(compress("\n".join(part).encode()))
    pattern = tmp_path / f"*.txt{suffix}"
    assert list(text(pattern)) == lines[10:90] + lines[:10] + lines[90:]  # by name
    assert sorted(shared(pattern, shares)) == sorted(lines)


def test_the_shares_of_a_large_file_are_alike(tmp_path: Path):
    path = tmp_path / "a.txt"
    path.write_text("0123456789\n" * 3000)
    sizes = [sum(map(len, text(path).batches(share, 3))) for share in range(3)]
    assert sum(sizes) == 3000
    assert max(sizes) - min(sizes) <= 2


def test_concatenated_gzip_members_are_one_text(tmp_path: Path):
    path = tmp_path / "a.gz"
    path.write_bytes(gzip.compress(b"one\n") + gzip.compress(b"two\n"))
    assert list(text(path)) == ["one", "two"]


def test_compression_is_known_by_its_first_bytes(tmp_path: Path):
    path = tmp_path / "a.txt"
    path.write_bytes(zstandard.compress(b"one\ntwo"))
    assert list(text(path)) == ["one", "two"]


def test_an_empty_file_has_no_lines(tmp_path: Path):
    (tmp_path / "a.txt").touch()
    assert list(text(tmp_path / "a.txt")) == []
    assert shared(tmp_path / "a.txt", 3) == []


def test_a_byte_order_mark_is_text_as_it_is_to_python(tmp_path: Path):
    path = tmp_path / "a.txt"
    path.write_bytes(b"\xef\xbb\xbfa\n")
    assert list(text(path)) == python_lines(path) == ["\ufeffa"]


def test_a_line_of_100_mb(tmp_path: Path):
    path = tmp_path / "long.txt"
    long = 100_000_000
    with open(path, "wb") as file:
        file.write(b"short\n")
        file.write(b"x" * long)
        file.write(b"\nlast")
    first, second, last = text(path)
    assert (first, len(second), second.strip("x"), last) == ("short", long, "", "last")
    counts = [[len(line) for batch in text(path).batches(share, 3) for line in batch.rows()] for share in range(3)]
    assert counts == [[5, long], [], [4]]


def test_a_file_is_read_again_by_each_loop(tmp_path: Path):
    (tmp_path / "a.txt").write_text("a\nb\n")
    source = text(tmp_path / "a.txt")
    assert list(source) == list(source) == ["a", "b"]


@pytest.mark.parametrize("shares", [1, 2])
def test_a_pipe_is_read_by_one_member(tmp_path: Path, shares: int):
    import threading

    path = tmp_path / "pipe"
    os.mkfifo(path)
    writer = threading.Thread(target=lambda: path.write_bytes(b"a\nb\n" * 1000))
    writer.start()
    first = [line for batch in text(path).batches(0, shares) for line in batch.rows()]
    assert first == ["a", "b"] * 1000
    assert [list(text(path).batches(share, shares)) for share in range(1, shares)] == [[]] * (shares - 1)
    writer.join()


@pytest.mark.parametrize(("content", "line", "offset"), [
    (b"ok\nna\xefve\n", 2, 5),
    (b"\xff", 1, 0),
    (b"a\r\nb\rc\n\xe2\x82", 4, 7),
    (b"\xed\xa0\x80\n", 1, 0),  # a lone surrogate
    (b"a\xe2\n\x82\xac", 1, 1),
])  # fmt: skip
def test_invalid_utf8_is_told_with_line_and_offset(tmp_path: Path, fault, content: bytes, line: int, offset: int):
    path = tmp_path / "a.txt"
    path.write_bytes(content)
    with fault("F513") as found:
        list(text(path))
    assert found[0].subject == f"{path}:{line}"
    assert f"0x{content[offset]:02x} at offset {offset}" in found[0].title


def test_invalid_utf8_far_into_a_share_is_told_with_its_line_in_the_file(tmp_path: Path, fault):
    path = tmp_path / "a.txt"
    path.write_bytes(b"0123456789\n" * 900 + b"abc\xff\n" + b"0\n")
    with fault("F513") as found:
        for share in range(3):
            list(text(path).batches(share, 3))
    assert found[0].subject == f"{path}:901"
    assert f"offset {900 * 11 + 3}" in found[0].title
