from __future__ import annotations

import csv as python_csv
import gzip
import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from flowcc.diagnostics import FlowError
from flowcc.runtime.columns import Columns
from flowcc.runtime.sources import csv_read
from flowcc.sources import csv


class Row(NamedTuple):
    n: int
    x: float | None
    name: str
    note: str | None
    ok: bool


@dataclass(frozen=True)
class Point:
    x: int
    y: int | None


@dataclass
class Named:
    name: str
    size: int = field(default=3, kw_only=True)


HEADER = "n,x,name,note,ok\n"
BOOLS = {
    "true": True,
    "True": True,
    "TRUE": True,
    "1": True,
    "false": False,
    "False": False,
    "FALSE": False,
    "0": False,
}


def optional(convert, text: str):
    return None if text == "" else convert(text)


def oracle(content: str) -> list[Row] | None:
    """Return what the records mean by Python's own parser and constructors, or None where there is a fault."""
    try:
        records = [r for r in python_csv.reader(python_lines(content), strict=True) if r][1:]
        return [Row(int(n), optional(float, x), name, note or None, BOOLS[ok]) for n, x, name, note, ok in records]
    except (ValueError, KeyError, python_csv.Error):
        return None


def same(first: object, second: object) -> bool:
    return type(first) is type(second) and repr(first) == repr(second)


INTS = st.one_of(
    st.integers(-(2**70), 2**70).map(str),
    st.sampled_from(
        ["007", "+5", " 5 ", "\t5", "1_0", "0x10", "٣", "-0", "5.0", "", " ", "--1", "9223372036854775808"]
    ),
)
FLOATS = st.one_of(
    st.floats().map(repr),
    st.sampled_from(
        [
            "",
            ".5",
            "5.",
            "+1.5",
            " 1",
            "inf",
            "-Infinity",
            "nan",
            "NaN(1)",
            "1e400",
            "1_0.5",
            "0x1p3",
            "-0.0",
            "4.9e-324",
            " ",
        ]
    ),
)
STRINGS = st.text(st.sampled_from('ab é☃,"\n\r\0 \ufeff'), max_size=6) | st.sampled_from(
    ["NA", "null", "None", "", "0x1", "(", "#", "\\"]
)
WORDS = st.sampled_from([*BOOLS, "", "yes", " true", "t"])
GOOD_INTS = st.integers(-(2**63), 2**63 - 1).map(str)


def quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if set(text) & set(',"\n\r') else text


def records(ints, floats, words):
    fields = st.tuples(ints, floats, STRINGS.map(quoted), STRINGS.map(quoted), words)
    return st.lists(fields.map(",".join), max_size=6)


ENDS = st.sampled_from(["\n", "\r\n", "\n\n"])


def written(path: Path, content: str) -> Path:
    path.write_bytes(content.encode())
    return path


def outcome(path: Path, row: object = Row, share: int = 0, shares: int = 1) -> list[object] | None:
    try:
        source = csv(path, row)  # type: ignore[call-overload]
        return [
            item
            for batch in source.batches(share, shares)
            for item in (batch if isinstance(batch, list) else batch.rows())
        ]
    except FlowError:
        return None


@settings(max_examples=300, deadline=None)
@given(lines=records(GOOD_INTS, st.floats().map(repr), st.sampled_from(list(BOOLS))), end=ENDS, last=st.booleans())
def test_fuzz_good_records_mean_what_python_says(lines, end, last, folder: Path):
    content = HEADER + end.join(lines) + (end if last else "")
    path = written(folder / "a.csv", content)
    wanted = oracle(content)
    assert wanted is not None
    assert same(outcome(path), wanted)


@settings(max_examples=400, deadline=None)
@given(lines=records(INTS, FLOATS, WORDS), end=ENDS)
def test_fuzz_any_records_mean_what_python_says_or_are_a_fault(lines, end, folder: Path):
    content = HEADER + end.join(lines)
    path = written(folder / "a.csv", content)
    assert same(outcome(path), oracle(content))


@settings(max_examples=400, deadline=None)
@given(body=st.text(st.sampled_from('a,"\n\r'), max_size=30), size=st.sampled_from([1, 3, 8, 1 << 20]))
@example(body='a,"b"c\n', size=1)
@example(body='"a\n",b\n"c""\n",d', size=1)
@example(body='a"b,c\n"d,e', size=3)
def test_fuzz_any_quoting_is_taken_apart_as_python_does(body, size, folder: Path):
    content = "a,b\n" + body
    path = written(folder / "a.csv", content)
    try:
        found = [r for r in python_csv.reader(python_lines(content), strict=True) if r]
        wanted = [{"a": r[0], "b": r[1]} for r in found[1:]] if all(len(r) == 2 for r in found) else None
    except python_csv.Error:
        wanted = None
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(csv_read, "BLOCK", size)
        assert outcome(path, None) == wanted
        if wanted is not None:
            shared = [item for share in range(3) for item in outcome(path, None, share, 3)]
            assert sorted(map(repr, shared)) == sorted(map(repr, wanted))


def python_lines(content: str) -> list[str]:
    import io

    return list(io.StringIO(content, newline=""))


def test_good_records_are_columns(tmp_path: Path):
    path = written(tmp_path / "a.csv", HEADER + '1,2.5,"a,b",,true\n-2,,"",x,0\n')
    (batch,) = csv(path, Row).batches()
    assert isinstance(batch, Columns)
    assert batch.rows() == [Row(1, 2.5, "a,b", None, True), Row(-2, None, "", "x", False)]


def test_big_integers_are_exact(tmp_path: Path):
    path = written(tmp_path / "a.csv", f"x,y\n{2**63},\n-1,{-(10**30)}\n")
    assert list(csv(path, Point)) == [Point(2**63, None), Point(-1, -(10**30))]


def test_no_word_is_null_but_nothing(tmp_path: Path):
    path = written(tmp_path / "a.csv", 'name,note\nNA,NULL\nnull,nan\nN/A,\n"",""\n')

    class Words(NamedTuple):
        name: str
        note: str | None

    assert list(csv(path, Words)) == [("NA", "NULL"), ("null", "nan"), ("N/A", None), ("", None)]


def test_white_space_in_strings_is_kept(tmp_path: Path):
    path = written(tmp_path / "a.csv", "a,b\n x , y\t\n")
    assert list(csv(path)) == [{"a": " x ", "b": " y\t"}]


def test_only_named_columns_are_read_in_any_order(tmp_path: Path):
    path = written(tmp_path / "a.csv", "junk,y,x,junk\nabc,2,1,\n???,,3,9\n")
    assert list(csv(path, Point)) == [Point(1, 2), Point(3, None)]


def test_fields_with_a_default_may_be_absent(tmp_path: Path):
    path = written(tmp_path / "a.csv", "name\na\nb\n")
    assert list(csv(path, Named)) == [Named("a"), Named("b")]
    path = written(tmp_path / "b.csv", "size,name\n7,a\n")
    assert list(csv(path, Named)) == [Named("a", size=7)]


def test_tuples_are_matched_by_position(tmp_path: Path):
    path = written(tmp_path / "a.csv", "source,target\n1,2\n3,4\n")
    assert list(csv(path, tuple[int, int])) == [(1, 2), (3, 4)]
    path = written(tmp_path / "b.csv", "1;a\n3;b\n")
    assert list(csv(path, tuple[int, str], header=False, delimiter=";")) == [(1, "a"), (3, "b")]


def test_without_a_header_fields_go_by_position(tmp_path: Path):
    path = written(tmp_path / "a.csv", "1,2\n3,\n")
    assert list(csv(path, Point, header=False)) == [Point(1, 2), Point(3, None)]
    assert list(csv(path, header=False)) == [{"0": "1", "1": "2"}, {"0": "3", "1": ""}]


def test_a_byte_order_mark_is_no_part_of_the_header(tmp_path: Path):
    path = tmp_path / "a.csv"
    path.write_bytes(b"\xef\xbb\xbfx,y\n1,2\n")
    assert list(csv(path, Point)) == [Point(1, 2)]


def test_a_quoted_field_of_many_blocks(tmp_path: Path):
    long = "line\n" * 1_000_000
    path = written(tmp_path / "a.csv", f'a,b\n1,"{long}"\n2,x\n')
    rows = list(csv(path))
    assert [len(row["b"]) for row in rows] == [len(long), 1]


def test_a_header_alone_is_an_empty_table(tmp_path: Path):
    path = written(tmp_path / "a.csv", "x,y\n")
    assert list(csv(path, Point)) == []


def test_every_file_of_a_pattern_has_its_own_header(tmp_path: Path):
    written(tmp_path / "a.csv", "x,y\n1,2\n")
    written(tmp_path / "b.csv", "y,x\n4,3\n")
    assert list(csv(tmp_path / "*.csv", Point)) == [Point(1, 2), Point(3, 4)]


@pytest.mark.parametrize("shares", [1, 2, 3, 7])
@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_shares_are_all_records_once(tmp_path: Path, shares: int, suffix: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(csv_read, "BLOCK", 64)
    content = "x,y\n" + "".join(f"{n},{n * n}\n" for n in range(500))
    path = tmp_path / f"a.csv{suffix}"
    path.write_bytes(gzip.compress(content.encode()) if suffix else content.encode())
    parts = [outcome(path, Point, share, shares) for share in range(shares)]
    assert all(parts)
    assert sorted(point.x for part in parts for point in part) == list(range(500))


@pytest.mark.parametrize(("content", "code", "line", "words"), [
    ("", "F514", 1, ["empty"]),
    ("\n\n", "F514", 1, ["empty"]),
    ("n,x,name,note\n", "F514", 1, ["`ok`", "Row"]),
    ("n,x,name,note,ok,n\n", "F514", 1, ["two columns", "`n`"]),
    ("\n\nn,x,note,ok\n", "F514", 3, ["`name`"]),
    (HEADER + "1,2,a,b,true\n2,3,a\n", "F515", 3, ["3 fields", "5"]),
    (HEADER + "1,2,a,b,true,7\n", "F515", 2, ["6 fields"]),
    (HEADER + "1,2,a,b,true\n\n\nx,,,,1\n", "F516", 5, ["`n`", "int", "'x'"]),
    (HEADER + ",2,a,b,true\n", "F516", 2, ["`n`", "empty"]),
    (HEADER + "1,2,\"a\nb\",c,1\n1.0,,,,1\n", "F516", 4, ["`n`", "'1.0'"]),
    (HEADER + "1,NA,a,b,1\n", "F516", 2, ["`x`", "float", "'NA'"]),
    (HEADER + "1,2,a,b,yes\n", "F516", 2, ["`ok`", "bool", "'yes'"]),
    (HEADER + "0x10,2,a,b,1\n", "F516", 2, ["'0x10'"]),
    (HEADER + "1,nan(0),a,b,1\n", "F516", 2, ["'nan(0)'"]),
    (HEADER + '1,2,"a"b,c,1\n', "F515", 2, ["CSV"]),
    (HEADER + '1,2,a,c,1\n1,2,"never closed,c,1\n', "F515", 3, ["CSV"]),
    (HEADER + f'{"9" * 5000},2,a,c,1\n', "F516", 2, ["`n`"]),
])  # fmt: skip
def test_faults_name_line_column_and_value(tmp_path: Path, fault, content: str, code: str, line: int, words: list[str]):
    path = written(tmp_path / "a.csv", content)
    with fault(code) as found:
        list(csv(path, Row))
    assert found[0].subject == f"{path}:{line}"
    for word in words:
        assert word in found[0].title


def test_a_misspelt_column_is_suggested(tmp_path: Path, fault):
    path = written(tmp_path / "a.csv", "X,y\n1,2\n")
    path = written(tmp_path / "b.csv", "n,x,names,note,ok\n")
    with fault("F514") as found:
        list(csv(path, Row))
    assert "`names`" in found[0].help


def test_a_fault_late_in_a_large_file_has_its_line(tmp_path: Path, fault):
    path = written(tmp_path / "a.csv", "x,y\n" + "1,2\n" * 600_000 + '3,"4\n"\n' + "5,six\n")
    with fault("F516") as found:
        list(csv(path, Point))
    assert found[0].subject == f"{path}:600004"


def test_invalid_utf8_even_in_a_column_that_is_not_read(tmp_path: Path, fault):
    path = tmp_path / "a.csv"
    path.write_bytes(b"x,y,junk\n1,2,ok\n3,4,caf\xe9\n")
    with fault("F513") as found:
        list(csv(path, Point))
    assert found[0].subject == f"{path}:3"
    assert "0xe9 at offset 23" in found[0].title


@pytest.mark.parametrize("row", [int, list[int], str, tuple[int, ...], tuple[int, list[int]]])
def test_a_type_that_is_no_row(tmp_path: Path, fault, row: object):
    path = written(tmp_path / "a.csv", "x,y\n1,2\n")
    with fault("F517") as found:
        list(csv(path, row))
    assert found[0].subject == str(path)


def test_a_delimiter_is_one_character():
    for delimiter in ("", ";;", '"', "\n", "é"):
        with pytest.raises(ValueError, match="one ASCII character"):
            csv("a.csv", delimiter=delimiter)


def test_an_infinite_float_is_pythons(tmp_path: Path):
    path = written(tmp_path / "a.csv", "0,1e400\n1,-1e400\n2,nan\n")
    rows = list(csv(path, tuple[int, float], header=False))
    assert rows[:2] == [(0, math.inf), (1, -math.inf)]
    assert math.isnan(rows[2][1])


def test_the_first_fault_of_several_is_told(tmp_path: Path, fault):
    path = written(tmp_path / "a.csv", "x,y\n1,2\n3,four\nfive,6\n7\n")
    with fault("F516") as found:
        list(csv(path, Point))
    assert found[0].subject == f"{path}:3"
