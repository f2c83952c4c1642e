"""Flows are compiled wherever Python keeps their source: files, cells, doctests, `exec`; a bare session is told."""

from __future__ import annotations

import doctest
import linecache
import subprocess
import sys
import types
from pathlib import Path

import pytest

from flowcc import Flow, FlowError

CELL = """from flowcc import Batch, flow

OFFSET = {offset}

@flow
def shifted(xs: Batch[int]) -> list[int]:
    return [x + OFFSET for x in xs]
"""


def run_cell(text: str, filename: str) -> Flow[..., object]:
    """Run a text as IPython runs a cell: its lines are in `linecache`, its file is not."""
    linecache.cache[filename] = (len(text), None, text.splitlines(keepends=True), filename)
    names: dict[str, object] = {"__name__": "__main__"}
    exec(compile(text, filename, "exec"), names)
    found = names["shifted"]
    assert isinstance(found, Flow)
    return found


def test_a_cell_that_is_run_again_is_read_again() -> None:
    first = run_cell(CELL.format(offset=1), "<cell 1>")
    assert first([1, 2]) == [2, 3]
    second = run_cell(CELL.format(offset=10), "<cell 2>")
    assert second([1, 2]) == [11, 12]
    assert first([1, 2]) == [2, 3]


def test_a_fault_in_a_cell_shows_the_cell() -> None:
    text = CELL.format(offset=1).replace("return", "while True: pass\n    return")
    with pytest.raises(FlowError) as caught:
        run_cell(text, "<cell 3>")([1])
    assert "<cell 3>:7:5" in str(caught.value)
    assert "while True: pass" in str(caught.value)


def test_a_doctest() -> None:
    text = """
    >>> from flowcc import Batch, flow
    >>> @flow
    ... def doubled(xs: Batch[int]) -> list[int]:
    ...     return [x * 2 for x in xs]
    >>> doubled([1, 2, 3])
    [2, 4, 6]
    """
    module = types.ModuleType("tested", text)
    results = doctest.testmod(module)
    assert (results.attempted, results.failed) == (3, 0)


def test_a_function_inside_a_function_with_what_it_closes_over(tmp_path: Path) -> None:
    program = tmp_path / "enclosed.py"
    program.write_text(
        "from flowcc import Batch, flow\n"
        "def make(step):\n"
        "    words = {'a': step}\n"
        "    @flow\n"
        "    def inner(xs: Batch[str]) -> list[int]:\n"
        "        return [words.get(x, 0) + step for x in xs]\n"
        "    return inner\n",
        encoding="utf-8",
    )
    names: dict[str, object] = {"__name__": "enclosed"}
    exec(compile(program.read_text(encoding="utf-8"), str(program), "exec"), names)
    make = names["make"]
    assert callable(make)
    assert make(2)(["a", "b"]) == [4, 2]
    assert make(5)(["a", "b"]) == [10, 5]


def test_a_bare_session_is_told_what_to_do() -> None:
    typed = (
        "from flowcc import Batch, flow\n"
        "@flow\n"
        "def lost(xs: Batch[int]) -> list[int]: return [x for x in xs]\n"
        "\n"
        "try: lost([1])\n"
        "except Exception as error: print(error)\n"
        "\n"
    )
    done = subprocess.run(
        [sys.executable, "-i", "-c", ""], input=typed, capture_output=True, text=True, timeout=60, check=False
    )
    assert "error[F108]" in done.stdout
    assert "write the function into a file" in done.stdout


def test_a_file_that_changed_since_it_was_imported(tmp_path: Path) -> None:
    program = tmp_path / "changing.py"
    text = CELL.format(offset=1)
    program.write_text(text, encoding="utf-8")
    names: dict[str, object] = {"__name__": "changing"}
    exec(compile(text, str(program), "exec"), names)
    program.write_text("# nothing left\n", encoding="utf-8")
    found = names["shifted"]
    assert isinstance(found, Flow)
    with pytest.raises(FlowError, match="F108"):
        found([1])
