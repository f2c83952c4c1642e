"""Results are lines for people and programs that read lines, or one JSON document."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pytest

from flowcc.cli.results import show_result, to_plain


class Reply(NamedTuple):
    id: int
    ok: bool


@dataclass(frozen=True)
class Plane:
    tail: str
    seats: int | None


class Colour(Enum):
    RED = "red"


@pytest.mark.parametrize(
    ("value", "lines"),
    [
        (3.5, ["3.5"]),
        ("word", ["word"]),
        (None, ["None"]),
        ({"a": 1, "b": 2}, ["a\t1", "b\t2"]),
        ([1, 2], ["1", "2"]),
        ([], []),
        ([("a", 1), ("b", 2)], ["a\t1", "b\t2"]),
        ([Reply(1, True)], ["1\tTrue"]),
        ((1, 2), ["1\t2"]),
        (([1, 2], {"a": 3}, 4), ["1", "2", "", "a\t3", "", "4"]),
        (np.array([1, 2]), ["1", "2"]),
        (pa.array(["a", None]), ["a", "None"]),
        (np.int64(7), ["7"]),
    ],
)
def test_lines(value: object, lines: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    show_result(value)
    assert capsys.readouterr().out.split("\n") == [*lines, ""]


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (Counter({"a": 1}), {"a": 1}),
        ({(1, 2): {"x"}}, [[[1, 2], ["x"]]]),
        ([Reply(1, True)], [{"id": 1, "ok": True}]),
        (Plane("N1", None), {"tail": "N1", "seats": None}),
        ({Colour.RED: 1.5}, [["red", 1.5]]),
        (np.array([[1, 2]]), [[1, 2]]),
        (2**70, 2**70),
        (1 + 2j, "(1+2j)"),
    ],
)
def test_json(value: object, plain: object, capsys: pytest.CaptureFixture[str]) -> None:
    assert to_plain(value) == plain
    show_result(value, as_json=True)
    assert json.loads(capsys.readouterr().out) == plain
