"""What the text of a CSV field is read as, in every layout of a file: the table of `docs/sources.md`."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from flowcc import Batch, csv, flow
from flowcc.diagnostics import FlowError
from flowcc.runtime.sources import csv_read

FAULT = "F516"
VALUES: dict[Any, dict[str, Any]] = {
    int: {
        "5": 5, "+5": 5, "-0": 0, "007": 7, " 5": 5, "5 ": 5, "1_000": 1000, "٣": 3,
        "9223372036854775807": 2**63 - 1, "9223372036854775808": 2**63, "-9223372036854775809": -(2**63) - 1,
        "1e3": FAULT, "5.0": FAULT, "0x10": FAULT, "0b1": FAULT, "--1": FAULT, "": FAULT, " ": FAULT, "²": FAULT,
        "True": FAULT, "nan": FAULT,
    },
    float: {
        "5": 5.0, "-0": -0.0, "1e3": 1000.0, ".5": 0.5, "5.": 5.0, " 1": 1.0, "1_0.5": 10.5, "inf": math.inf,
        "-Infinity": -math.inf, "nan": math.nan, "NaN": math.nan, "1e400": math.inf, "4.9e-324": 5e-324, "0.1": 0.1,
        "9007199254740993": 2.0**53, "0x1p3": FAULT, "nan(0)": FAULT, "NA": FAULT, "": FAULT, "1,5": FAULT,
    },
    bool: {
        "true": True, "True": True, "TRUE": True, "1": True, "false": False, "False": False, "FALSE": False, "0": False,
        "yes": FAULT, " true": FAULT, "t": FAULT, "": FAULT, "2": FAULT, "1.0": FAULT,
    },
    str: {"": "", " a ": " a ", "NA": "NA", "null": "null", "None": "None", '"': '"', "a,b": "a,b", "a\nb": "a\nb",
          "a\r\nb": "a\r\nb", "\0": "\0", "\ufeffa": "\ufeffa", "#": "#", "\\n": "\\n"},
    int | None: {"": None, "5": 5, " ": FAULT, "None": FAULT},
    float | None: {"": None, "nan": math.nan, "-0.0": -0.0},
    str | None: {"": None, " ": " ", "None": "None"},
    bool | None: {"": None, "0": False},
}  # fmt: skip
CASES = [(kind, text, value) for kind, values in VALUES.items() for text, value in values.items()]
LAYOUTS = {
    "plain": ("{0},{1}\n", "utf-8", False),
    "every field quoted": ('"{0}","{1}"\n', "utf-8", True),
    "ends of Windows": ("{0},{1}\r\n", "utf-8", False),
    "a byte-order mark": ("{0},{1}\n", "utf-8-sig", False),
}


def quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if set(text) & set(',"\n\r') else text


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize(("kind", "text", "value"), CASES)
def test_values(tmp_path: Path, kind: Any, text: str, value: Any, layout: str) -> None:
    line, encoding, all_quoted = LAYOUTS[layout]
    field = text.replace('"', '""') if all_quoted else quoted(text)
    path = tmp_path / "a.csv"
    path.write_bytes((line.format("x", "y") + line.format(field, "z") * 2).encode(encoding))
    source = csv(path, tuple[kind, str])
    if value is FAULT:
        with pytest.raises(FlowError) as raised:
            list(source)
        assert [(each.code, each.subject) for each in raised.value.diagnostics] == [(FAULT, f"{path}:2")]
        return
    rows = list(source)
    assert [(type(x), repr(x), y) for x, y in rows] == [(type(value), repr(value), "z")] * 2


@pytest.mark.parametrize(("text", "line"), [("1,2\n3\n", 3), ("1,2\n3,4,5\n", 3), ("1,2\n\n3\n", 4), ('1,2\n"3\n', 3)])
def test_records_of_another_width_are_one_fault(tmp_path: Path, text: str, line: int) -> None:
    path = tmp_path / "a.csv"
    path.write_text("x,y\n" + text, encoding="utf-8")
    with pytest.raises(FlowError) as raised:
        list(csv(path, tuple[int, int]))
    assert [(each.code, each.subject) for each in raised.value.diagnostics] == [("F515", f"{path}:{line}")]


class Point(NamedTuple):
    x: int
    y: int


@flow
def twice_read(points: Batch[Point]):
    return sum(p.x for p in points), [p.y for p in points if p.x > 1], len(points)


def test_one_pass_serves_all_readers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.csv"
    path.write_text("x,y\n1,2\n3,4\n", encoding="utf-8")
    read: list[str] = []
    blocks_of = csv_read.blocks_of

    def noted(*arguments: Any) -> Any:
        read.append(arguments[0].path)
        return blocks_of(*arguments)

    monkeypatch.setattr(csv_read, "blocks_of", noted)
    assert twice_read(csv(path, Point)) == (4, [4], 2)
    assert read == [str(path)]
