"""A flow is found by file or module and name; whatever stands in the way is one fault with its exit status."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from flowcc.cli.program import find_flow, split_target
from flowcc.diagnostics import FlowError

from .conftest import Command

ONE = """\
from flowcc import Batch, flow


@flow
def total(xs: Batch[int]) -> int:
    return sum(xs)
"""
TWO = (
    ONE
    + """

@flow
def largest(xs: Batch[int]) -> int:
    return max(xs)


def plain(xs): ...
"""
)


def write(name: str, text: str) -> str:
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    Path(name).write_text(text, encoding="utf-8")
    return name


def refusal(target: str) -> tuple[str, str]:
    with pytest.raises(FlowError) as raised:
        find_flow(target)
    (diagnostic,) = raised.value.diagnostics
    return diagnostic.code, f"{diagnostic.title} | {diagnostic.help}"


@pytest.mark.parametrize(
    ("target", "parts"),
    [
        ("a.py:f", ("a.py", "f")),
        ("a.py", ("a.py", "")),
        ("pkg.mod:f", ("pkg.mod", "f")),
        ("C:/a.py", ("C:/a.py", "")),
        (":f", (":f", "")),
        ("a.py:", ("a.py:", "")),
    ],
)
def test_splitting(target: str, parts: tuple[str, str]) -> None:
    assert split_target(target) == parts


def test_by_file_and_name() -> None:
    assert find_flow(write("two.py", TWO) + ":largest").plain([1, 3, 2]) == 3


def test_the_only_flow_needs_no_name() -> None:
    assert find_flow(write("folder/one.py", ONE)).plain([1, 2]) == 3


def test_a_file_named_like_a_module_of_python() -> None:
    assert find_flow(write("statistics.py", ONE)).plain([1, 2]) == 3


def test_by_module() -> None:
    write("some_package/__init__.py", "")
    write("some_package/flows.py", ONE)
    assert find_flow("some_package.flows:total").plain([1, 2]) == 3


def test_neighbouring_modules_can_be_imported() -> None:
    write("place/neighbour_of_flow.py", "LIMIT = 3\n")
    assert find_flow(write("place/using.py", "from neighbour_of_flow import LIMIT\n" + ONE)).plain([1, 2]) == 3


def test_flows_that_are_only_imported_do_not_count() -> None:
    write("place/base_flows.py", TWO)
    text = "from base_flows import largest, total\n" + ONE.replace("total", "own")
    assert find_flow(write("place/own_flow.py", text)).plain([1, 2]) == 3


def test_several_flows_and_no_name() -> None:
    code, said = refusal(write("two.py", TWO))
    assert code == "F552"
    assert "two.py:total, two.py:largest" in said


@pytest.mark.parametrize(
    ("name", "code", "said"),
    [
        ("totl", "F551", "did you mean `total`?"),
        ("nosuch", "F551", "one of total, largest"),
        ("plain", "F551", "`plain` is a function, not a flow"),
        ("Batch", "F551", "not a flow"),
    ],
)
def test_no_such_flow(name: str, code: str, said: str) -> None:
    found, text = refusal(write("two.py", TWO) + f":{name}")
    assert found == code
    assert said in text


@pytest.mark.parametrize(
    ("target", "code"),
    [
        ("nosuch.py", "F550"),
        ("nosuch.py:total", "F550"),
        ("nosuch_module", "F550"),
        ("nosuch_package.module:total", "F550"),
        ("no such thing", "F550"),
        (".", "F550"),
        ("", "F550"),
    ],
)
def test_no_such_program(target: str, code: str) -> None:
    assert refusal(target)[0] == code


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"x = (1\n", "F553"),
        (b"def f(:\n", "F553"),
        (b"# coding: nosuch\n", "F553"),
        (b"x = '\xff'\n", "F550"),
        (b"x = 1\x00\n", "F550"),
        (b"", "F551"),
        (b"x = 1\n", "F551"),
        (b"raise ValueError('no')\n", "F554"),
        (b"import nosuch_module_at_all\n", "F554"),
        (b"raise SystemExit(1)\n", "F554"),
        (b"1 / 0\n", "F554"),
    ],
)
def test_files_that_hold_no_flow(data: bytes, code: str) -> None:
    Path("bad.py").write_bytes(data)
    found, _ = refusal("bad.py")
    assert found == code or (found, code) == ("F553", "F550")  # later Pythons find a null byte when they parse


def test_a_syntax_error_is_shown_with_its_line(flowcc: Command) -> None:
    ended = flowcc("check", write("bad.py", "x = 1\ny = (x +\n"))
    assert ended.status == 1
    assert ended.out == ""
    assert ended.err.splitlines()[1:4] == ["  bad.py:2:5", "   2 | y = (x +", "     |     ^"]


def test_what_a_program_raises_is_shown_with_its_line(flowcc: Command) -> None:
    ended = flowcc("check", write("bad.py", "def f():\n    return 1 / 0\n\nf()\n"))
    assert ended.status == 2
    assert "error[F554]: the program raises ZeroDivisionError (division by zero) when it is loaded" in ended.err
    assert "2 |     return 1 / 0" in ended.err


def test_faults_as_json(flowcc: Command) -> None:
    ended = flowcc("check", "--json", write("bad.py", "y = (x +\n"))
    (fault,) = json.loads(ended.err)["faults"]
    assert (ended.status, ended.out, fault["code"]) == (1, "", "F553")
    assert (fault["primary"]["line"], fault["primary"]["column"]) == (1, 5)


def test_what_a_program_prints_is_no_result(flowcc: Command) -> None:
    ended = flowcc("check", "--json", write("loud.py", "print('loading')\n" + ONE))
    assert ended.status == 0
    assert "loading" in ended.err
    assert json.loads(ended.out)
