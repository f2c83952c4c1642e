"""What is quicker with a library must not mean anything else than without it."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from flowcc.diagnostics import FlowError
from flowcc.runtime.arrow import columns_of_arrow
from flowcc.runtime.sources import blocks
from flowcc.runtime.sources.blocks import Block, Part, blocks_of, check_utf8, count_lines


@given(data=st.binary(max_size=12) | st.text(max_size=6).map(str.encode))
@example(data=b"\xed\xa0\x80")  # a lone surrogate
@example(data=b"\xc0\x80")  # one byte said with two
@example(data=b"\xf4\x90\x80\x80")  # past the last character
@example(data=b"\xf0\x9f\x98")
@example(data="é\0☃".encode())
def test_bytes_are_utf8_where_python_says_so(data: bytes) -> None:
    try:
        data.decode("utf-8")
        expected = None
    except UnicodeDecodeError as error:
        expected = error.start
    assert "pyarrow" in sys.modules
    try:
        check_utf8(Part("a"), Block(data, 0, 1))
        found = None
    except FlowError as error:
        found = int(error.diagnostics[0].title.split(" at offset ")[1].split()[0])
    assert found == expected


@given(data=st.lists(st.sampled_from([b"\n", b"\r", b"\r\n", b"ab"]), max_size=20).map(b"".join))
def test_lines_are_counted_alike(data: bytes) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blocks, "MANY", 0)
        counted = count_lines(data)
        patch.setattr(blocks, "loaded", lambda name: None)
        assert count_lines(data) == counted == len((data + b"x").splitlines()) - 1


@pytest.mark.parametrize("size", [1, 2, 3, 7, 100])
def test_blocks_are_whole_lines_and_all_of_the_file(tmp_path: Path, size: int) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"one\ntwo\r\n\nthree\rfour\n\r\nfive")
    found = list(blocks_of(Part(str(path)), size))
    assert b"".join(block.data for block in found) == path.read_bytes()
    assert all(block.data.endswith((b"\n", b"\r")) for block in found[:-1])
    assert [block.line for block in found] == [1 + count_lines(path.read_bytes()[: block.offset]) for block in found]


@given(values=st.lists(st.none() | st.integers(0, 9), max_size=20), start=st.integers(0, 9))
def test_what_is_null_in_arrow_is_masked(values: list[int | None], start: int) -> None:
    columns = columns_of_arrow(pa.array(values, pa.int64()).slice(start))
    assert columns is not None
    assert columns.rows() == values[start:]
    assert columns.schema.nullable == (None in values[start:])
    assert all(type(buffer) is np.ndarray and buffer.flags.c_contiguous for buffer in columns.buffers)
