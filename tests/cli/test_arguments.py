"""What is typed after `--in`, `--set` and `--members` becomes arguments, or all its faults at once."""

from __future__ import annotations

import pytest

from flowcc.cli.arguments import Parameter, check_names, read_members, read_values, split_pairs
from flowcc.diagnostics import FlowError

LINES = Parameter("lines", "Stream[str, Reader]", is_collection=True, is_optional=False)
N = Parameter("n", "int", is_collection=False, is_optional=True)
RATE = Parameter("rate", "float", is_collection=False, is_optional=False)
LOUD = Parameter("loud", "bool", is_collection=False, is_optional=True)
NAME = Parameter("name", "str", is_collection=False, is_optional=True)
ANY = Parameter("limits", "tuple[int, int]", is_collection=False, is_optional=True)
ALL = [LINES, N, RATE, LOUD, NAME, ANY]


def codes(raised: pytest.ExceptionInfo[FlowError]) -> list[str]:
    return [diagnostic.code for diagnostic in raised.value.diagnostics]


def test_a_value_may_hold_an_equals_sign() -> None:
    assert split_pairs("--in", ["lines=text:a=b.txt", "more = x"], "NAME=SOURCE") == {
        "lines": "text:a=b.txt",
        "more": " x",
    }


def test_pairs_that_are_none_and_names_given_twice() -> None:
    with pytest.raises(FlowError) as raised:
        split_pairs("--in", ["lines", "=text:a", "xs=", "ys=a", "ys=b"], "NAME=SOURCE")
    assert codes(raised) == ["F555", "F555", "F555", "F558"]


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("n", "20", 20),
        ("n", "-1", -1),
        ("rate", "1e3", 1000.0),
        ("rate", "3", 3.0),
        ("loud", "true", True),
        ("loud", "No", False),
        ("name", "20", "20"),
        ("limits", "(1, 2)", (1, 2)),
        ("limits", "word", "word"),
    ],
)
def test_values_are_read_as_annotated(name: str, text: str, value: object) -> None:
    read = read_values(ALL, {name: text})[name]
    assert (type(read), read) == (type(value), value)


def test_values_of_another_type_are_all_named() -> None:
    with pytest.raises(FlowError) as raised:
        read_values(ALL, {"n": "2.5", "rate": "fast", "loud": "maybe", "name": "fine"})
    assert codes(raised) == ["F555", "F555", "F555"]


def test_unknown_and_missing_names() -> None:
    with pytest.raises(FlowError) as raised:
        check_names(ALL, ["lnes", "n"], ["m", "lines"])
    assert codes(raised) == ["F556", "F556", "F556", "F556", "F557", "F557"]
    assert raised.value.diagnostics[0].help == "did you mean `lines`?"


def test_names_that_fit() -> None:
    check_names(ALL, ["lines"], ["rate"])


def test_members() -> None:
    assert read_members(["Counters=3", "Shards=1"]) == {"Counters": 3, "Shards": 1}


@pytest.mark.parametrize(
    "text", ["Counters=0", "Counters=-1", "Counters=three", "Counters=1.5", "Counters=²", "Counters"]
)
def test_members_that_are_no_number(text: str) -> None:
    with pytest.raises(FlowError) as raised:
        read_members([text])
    assert codes(raised) == ["F555"]
