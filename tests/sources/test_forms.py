from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pytest

from flowcc.runtime.sources.types import type_of_text
from flowcc.sources import Sink, csv, jsonl, parquet, parse_sink, parse_source, source_from_plan, text


class Row(NamedTuple):
    n: int


@dataclass
class Point:
    x: int


@pytest.mark.parametrize(("form", "source"), [
    ("text:book.txt", text("book.txt")),
    ("-", text("-")),
    ("text:-", text("-")),
    ("csv:-", csv("-", Row)),
    ("csv:a:b.csv", csv("a:b.csv", Row)),
    ("jsonl:x", jsonl("x", Row)),
    ("parquet:x/*", parquet("x/*", Row)),
    ("book.txt", text("book.txt")),
    ("flights.csv.gz", csv("flights.csv.gz", Row)),
    ("x.NDJSON.zst", jsonl("x.NDJSON.zst", Row)),
    ("dir/x.parquet", parquet("dir/x.parquet", Row)),
])  # fmt: skip
def test_forms_of_sources(form: str, source: object):
    row = None if source == text(getattr(source, "path", "")) else Row
    assert parse_source(form, row) == source


@pytest.mark.parametrize(("form", "row", "items"), [
    ("[]", None, []),
    ("[1, 2.5]", None, [1, 2.5]),
    ('["a"]', str, ["a"]),
    ("[1, 2]", float, [1.0, 2.0]),
    ("[[1, 2]]", tuple[int, int], [(1, 2)]),
    (' [{"n": 1}]', Row, [Row(1)]),
    ('[{"x": 1}]', Point, [Point(1)]),
])  # fmt: skip
def test_items_as_a_json_list(form: str, row: Any, items: list[object]):
    assert repr(parse_source(form, row)) == repr(items)


@pytest.mark.parametrize(
    ("form", "row"), [("[1, 2", None), ("[1, x]", None), ('["a"]', int), ("[1] 2", None), ("[null]", str)]
)
def test_items_that_are_none(fault, form: str, row: Any):
    with fault("F519"):
        parse_source(form, row)


@pytest.mark.parametrize("form", ["", "book", "txt:book", "csvv:a.csv", "text:", ":a", "a.doc", "text"])
def test_what_is_no_form(fault, form: str):
    for parse in (parse_source, parse_sink):
        with fault("F519") as found:
            parse(form)
        assert found[0].subject == form


def test_a_misspelt_kind_is_suggested(fault):
    with fault("F519") as found:
        parse_source("cvs:a.csv")
    assert "did you mean `csv:" in found[0].help


def test_lines_are_no_rows(fault):
    with fault("F519") as found:
        parse_source("text:a.txt", Row)
    assert "Row" in found[0].title


@pytest.mark.parametrize(("form", "sink"), [
    ("-", Sink("jsonl", "-")),
    ("csv:-", Sink("csv", "-")),
    ("counts.jsonl", Sink("jsonl", "counts.jsonl")),
    ("text:a", Sink("text", "a")),
    ("parquet:a/b", Sink("parquet", "a/b")),
    ("a.csv.zst", Sink("csv", "a.csv.zst")),
])  # fmt: skip
def test_forms_of_sinks(form: str, sink: Sink):
    assert parse_sink(form) == sink


RECORDS = {"Row": Row, "Point": Point}


@pytest.mark.parametrize("source", [
    text("a*.txt"),
    csv(Path("a.csv"), Row),
    csv("a.csv"),
    csv("a.csv", tuple[int, str | None], header=False, delimiter="\t"),
    jsonl("a.jsonl", Point),
    jsonl("a.jsonl", dict[str, list[Row]]),
    jsonl("a.jsonl", tuple[int, ...]),
    parquet("a.parquet", Row),
])  # fmt: skip
def test_a_source_travels_as_plain_data(source: Any):
    plan = msgspec.json.decode(msgspec.json.encode(source.to_plan()))
    assert source_from_plan(plan, RECORDS) == source


def test_a_plan_names_only_records_it_was_given():
    for word in ("open", "__import__('os')", "Row.x", "eval", "list[open]"):
        with pytest.raises(KeyError):
            type_of_text(word, RECORDS)


def test_types_that_cannot_travel(fault):
    with fault("F517"):
        jsonl("a", lambda: None).to_plan()  # type: ignore[call-overload]


def test_elements():
    assert text("a").element is str
    assert csv("a").element == dict[str, str]
    assert csv("a", Row).element is Row
    assert jsonl("a").element is None


def test_a_path_is_a_path():
    with pytest.raises(TypeError):
        text(3)  # type: ignore[arg-type]


def test_nothing_heavy_is_imported_before_a_source_is_opened():
    script = "import sys, flowcc.sources; print({'numpy', 'pyarrow', 'msgspec', 'csv'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
