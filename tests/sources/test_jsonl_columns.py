"""Lines of JSON that are read together are what they are one by one: the same records, or the same fault."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from flowcc import Batch, flow
from flowcc.diagnostics import FlowError
from flowcc.runtime.columns import Columns
from flowcc.runtime.sources import jsonl as reading
from flowcc.sources import jsonl


class Op(NamedTuple):
    id: int
    kind: str
    weight: float | None = None
    ok: bool = True


@dataclass(frozen=True)
class Mark:
    id: int
    kind: str
    inner: tuple[int, str] = (1, "x")


class Deep(NamedTuple):
    id: int
    kind: list[str]


OBJECTS = st.sampled_from(
    [
        '{"id": 1, "kind": "get"}',
        '{"kind": "é☃", "id": -5, "weight": 2}',
        '{"id": 1, "kind": "", "weight": null, "junk": {}}',
        '{"id": 9223372036854775808, "kind": "a"}',
        '{"id": 1, "kind": "a\\nb", "ok": false}',
        '{"id": 1, "kind": "\\ud800"}',
        '{"id": 1.0, "kind": "a"}',
        '{"id": true, "kind": "a"}',
        '{"id": 1}',
        '{"id": 1, "kind": "a", "weight": 1e400}',
        '{"id": 1, "kind": "a", "weight": -0.0}',
        '{"id": 1, "id": 2, "kind": "a"}',
        '{"id": 1, "kind": "a"} {"id": 2, "kind": "b"}',
        '{"id": 1, "kind": "a"}\n',
        '{"id": 1,\n"kind": "a"}',
        '{"id": 1, "junk": [{}\n,{}], "kind": "a"}',
        ' {"id": 1, "kind": "a"}',
        '{"id": 1, "kind": "a"} ',
        "[]",
        "{}",
        "1",
        "",
        '{"id": 1, "kind": ["a"]}',
        '{"id": 1, "kind": "a", "inner": [1, "y"]}',
    ]
)
ROWS = st.sampled_from([Op, Mark, Deep])
ONLY = st.none() | st.sampled_from([(), ("id",), ("kind",), ("id", "kind"), ("weight",)])


def read(path: Path, row: Any, only: tuple[str, ...] | None = None) -> tuple[list[Any], str]:
    items: list[Any] = []
    try:
        for batch in jsonl(path, row).batches(0, 1, only):
            items += batch if isinstance(batch, list) else batch.rows()
    except FlowError as error:
        return items, str(error)
    return items, ""


@settings(max_examples=300, deadline=None)
@given(
    lines=st.lists(OBJECTS, max_size=4), end=st.sampled_from(["\n", "\r\n"]), row=ROWS, only=ONLY, mark=st.booleans()
)
@example(
    lines=['{"id": 1, "kind": "a"} {"id": 2, "kind": "b"}', '{"id": 1,\n"kind": "a"}'],
    end="\n",
    row=Op,
    only=None,
    mark=False,
)
def test_fuzz_lines_together_are_lines_one_by_one(
    lines: list[str], end: str, row: Any, only: tuple[str, ...] | None, mark: bool, folder: Path
) -> None:
    path = folder / "a.jsonl"
    path.write_text(end.join(lines), encoding="utf-8-sig" if mark else "utf-8", newline="")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading, "_object_lines", lambda *arguments: None)
        items, wrong = read(path, row)
    assert read(path, row) == (items, wrong)
    assert repr(read(path, row)[0]) == repr(items)
    found, also_wrong = read(path, row, only)
    assert also_wrong == wrong
    for name in only or ():
        if name in row.__annotations__:
            assert [repr(getattr(item, name)) for item in found] == [repr(getattr(item, name)) for item in items]


def test_records_are_columns(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"id": 1, "kind": "a"}\n{"id": 2, "kind": "b", "weight": 3}', encoding="utf-8")
    for row in (Op, Mark):
        assert all(isinstance(batch, Columns) for batch in jsonl(path, row).batches())
    assert list(jsonl(path, Op)) == [Op(1, "a"), Op(2, "b", 3.0)]
    assert repr(read(path, Op, ("weight",))) == "([Op(weight=None, …), Op(weight=3.0, …)], '')"


def test_what_is_not_kept_is_checked_all_the_same(tmp_path: Path, fault: Any) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"id": 1, "kind": "a"}\n{"id": "2", "kind": "b"}\n', encoding="utf-8")
    with fault("F516") as found:
        list(jsonl(path, Op).batches(0, 1, ("kind",)))
    assert found[0].subject == f"{path}:2"


@flow(jit="always")
def weights(ops: Batch[Op]):
    return sum(op.weight for op in ops if op.weight is not None and op.id % 2)


def test_a_flow_reads_them_as_plain_python_does(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    lines = [
        f'{{"id": {number}, "kind": "a", "weight": {number / 8 if number % 3 else "null"}}}\n' for number in range(999)
    ]
    path.write_text("".join(lines), encoding="utf-8")
    assert weights(jsonl(path, Op)) == weights.plain(jsonl(path, Op))
