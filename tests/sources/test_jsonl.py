from __future__ import annotations

import gzip
import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flowcc.runtime.sources import blocks
from flowcc.sources import jsonl


class Op(NamedTuple):
    id: int
    kind: str
    weight: float | None = None


@dataclass(frozen=True)
class Nested:
    name: str
    ops: list[int]


@dataclass(frozen=True)
class Other:
    name: str


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)


def put(path: Path, *lines: str, end: str = "\n") -> Path:
    path.write_bytes("".join(line + end for line in lines).encode())
    return path


@settings(max_examples=150, deadline=None)
@given(values=st.lists(JSON, max_size=6), end=st.sampled_from(["\n", "\r\n", "\n\n", " \n"]), shares=st.integers(1, 3))
def test_any_json_values_are_what_json_says(values, end, shares, folder: Path):
    lines = [json.dumps(value, ensure_ascii=False) for value in values]
    path = put(folder / "a.jsonl", *lines, end=end)
    found = [value for share in range(shares) for batch in jsonl(path).batches(share, shares) for value in batch]
    assert repr(found) == repr([json.loads(line) for line in lines])


def test_named_tuples_and_dataclasses_are_read_from_objects(tmp_path: Path):
    path = put(tmp_path / "a.jsonl", '{"id": 1, "kind": "get", "junk": []}', '{"weight": 2, "kind": "put", "id": 2}')
    assert list(jsonl(path, Op)) == [Op(1, "get"), Op(2, "put", 2.0)]
    assert type(next(iter(jsonl(path, Op)))) is Op
    path = put(tmp_path / "b.jsonl", '{"name": "a", "ops": [1, 2]}')
    assert list(jsonl(path, Nested)) == [Nested("a", [1, 2])]


def test_other_types(tmp_path: Path):
    path = put(tmp_path / "a.jsonl", '["a", 1]', f'["b", {10**30}]')
    assert list(jsonl(path, tuple[str, int])) == [("a", 1), ("b", 10**30)]
    assert list(jsonl(put(tmp_path / "b.jsonl", "1", "2.5"), float)) == [1.0, 2.5]
    assert list(jsonl(put(tmp_path / "c.jsonl", '{"a": 1}'), dict[str, int])) == [{"a": 1}]


def test_a_byte_order_mark_and_a_last_line_without_end(tmp_path: Path):
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"\xef\xbb\xbf1\n2")
    assert list(jsonl(path, int)) == [1, 2]


@pytest.mark.parametrize("shares", [1, 2, 3])
@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_shares_are_all_values_once(tmp_path: Path, shares: int, suffix: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(blocks.blocks_of, "__defaults__", (64,))
    data = "".join(f'{{"id": {n}, "kind": "get"}}\n' for n in range(200)).encode()
    path = tmp_path / f"a.jsonl{suffix}"
    path.write_bytes(gzip.compress(data) if suffix else data)
    parts = [[op.id for batch in jsonl(path, Op).batches(share, shares) for op in batch] for share in range(shares)]
    assert all(parts)
    assert sorted(number for part in parts for number in part) == list(range(200))


@pytest.mark.parametrize(("line", "code", "words"), [
    ('{"id": "1", "kind": "a"}', "F516", ["int", "str", "$.id"]),
    ('{"id": 1.0, "kind": "a"}', "F516", ["int", "float", "$.id"]),
    ('{"id": true, "kind": "a"}', "F516", ["int", "bool", "$.id"]),
    ('{"id": null, "kind": "a"}', "F516", ["int", "null", "$.id"]),
    ('{"id": 1}', "F516", ["kind"]),
    ("[1, 2]", "F516", ["object", "array"]),
    ('{"id": 1, "kind": "a"', "F515", ["JSON"]),
    ('{"id": 1, "kind": "a"} {"id": 1, "kind": "a"}', "F515", ["JSON"]),
    ("{'id': 1}", "F515", ["JSON"]),
    ("word", "F515", ["JSON"]),
    ('{"id": 1, "kind": "\\ud800"}', "F515", ["JSON"]),
    ("[" * 100_000, "F516", ["array"]),
])  # fmt: skip
def test_faults_name_the_line_and_the_field(tmp_path: Path, fault, line: str, code: str, words: list[str]):
    path = put(tmp_path / "a.jsonl", '{"id": 1, "kind": "a"}', "", line, "???")
    with fault(code) as found:
        list(jsonl(path, Op))
    assert found[0].subject == f"{path}:3"
    for word in words:
        assert word in found[0].title


def test_a_value_over_two_lines_is_a_fault(tmp_path: Path, fault):
    path = put(tmp_path / "a.jsonl", '{"a":', "1}")
    with fault("F515") as found:
        list(jsonl(path))
    assert found[0].subject == f"{path}:1"


def test_depth_past_the_limit_is_a_fault(tmp_path: Path, fault):
    path = put(tmp_path / "a.jsonl", "1", "[" * 100_000)
    with fault("F515") as found:
        list(jsonl(path))
    assert found[0].subject == f"{path}:2"


def test_nan_is_no_json(tmp_path: Path, fault):
    with fault("F515"):
        list(jsonl(put(tmp_path / "a.jsonl", "NaN"), float))
    with fault("F516"):
        list(jsonl(put(tmp_path / "b.jsonl", "1e999"), float))
    assert list(jsonl(put(tmp_path / "c.jsonl", "1e308"), float)) == [1e308]
    assert math.copysign(1, next(iter(jsonl(put(tmp_path / "d.jsonl", "-0.0"), float)))) == -1


def test_the_line_of_a_fault_in_a_later_share(tmp_path: Path, fault):
    path = put(tmp_path / "a.jsonl", *["1"] * 900, "x", *["2"] * 99)
    with fault("F515") as found:
        list(jsonl(path, int).batches(2, 3))
    assert found[0].subject == f"{path}:901"


def test_invalid_utf8_even_in_a_field_that_is_ignored(tmp_path: Path, fault):
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"id": 1, "kind": "a", "junk": "\xff"}\n')
    with fault("F513"):
        list(jsonl(path, Op))


def test_a_type_json_has_not(tmp_path: Path, fault):
    path = put(tmp_path / "a.jsonl", "1")
    with fault("F517") as found:
        list(jsonl(path, Nested | Other))
    assert found[0].subject == str(path)


class Unknown(NamedTuple):
    name: Missing  # noqa: F821  # that is the test


def test_annotations_that_name_nothing(tmp_path: Path, fault):
    with fault("F517") as found:
        list(jsonl(put(tmp_path / "a.jsonl", "1"), Unknown))
    assert "Missing" in found[0].title


def test_no_type_gives_plain_values(tmp_path: Path):
    values: list[Any] = [None, True, 1, 1.5, "a", [1], {"a": {"b": []}}]
    assert list(jsonl(put(tmp_path / "a.jsonl", *map(json.dumps, values)))) == values
