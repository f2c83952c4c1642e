"""Emitted modules against the texts beside the cases; `UPDATE_GOLDENS=1` writes them anew, but never in CI."""

from __future__ import annotations

import importlib.util
import inspect
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from flowcc.backend.emit import emit_here, emit_local, emit_stages
from flowcc.compiler import Compiled

ROOT = Path(__file__).parents[2]
GOLDENS = ROOT / "tests" / "goldens"
CASES = {
    "word_count": "examples/word_count.py",
    "late_makers": "examples/flights.py",
    "pi": "examples/pi.py",
    "reachable": "examples/reachability.py",
    "clicks_per_minute": "examples/sessions.py",
    "invoices": "tests/cases/carried.py",
    "relative": "tests/cases/sides.py",
    "everywhere": "tests/cases/sides.py",
}


@cache
def load(path: str) -> ModuleType:
    name = f"case_{Path(path).stem}"
    spec = importlib.util.spec_from_file_location(name, ROOT / path)
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def compiled(name: str) -> Compiled:
    flow: Any = getattr(load(CASES[name]), name)
    found: Compiled = flow._compile({})
    return found


def modules_of(name: str) -> dict[str, str]:
    case = compiled(name)
    local, _ = emit_local(case.rewritten, case.environment)
    return {"local.py": local, **emit_stages(case.program, case.environment)}


@pytest.mark.parametrize("name", CASES)
def test_modules_are_the_ones_beside_the_case(name: str) -> None:
    folder = GOLDENS / name
    found = modules_of(name)
    if os.environ.get("UPDATE_GOLDENS") and not os.environ.get("CI"):
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.iterdir():
            old.unlink()
        for file, text in found.items():
            (folder / file).write_text(text, encoding="utf-8")
    assert found == {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.py")}


def test_modules_are_formatted_and_import_what_they_use_and_nothing_else(tmp_path: Path) -> None:
    for name in CASES:
        (tmp_path / name).mkdir()
        for file, text in modules_of(name).items():
            if file not in ("local.py", "definitions.py"):  # run where names live; copies the user's own lines
                (tmp_path / name / file).write_text(text, encoding="utf-8")
    ruff = [sys.executable, "-m", "ruff"]
    style = ["--isolated", "--line-length", "120", "--target-version", "py311", "."]
    checks = ["--select", "F,E,W", "--no-cache"]
    for command in (["format", "--diff", "--no-cache", *style], ["check", *checks, *style]):
        done = subprocess.run([*ruff, *command], cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", CASES)
def test_every_statement_says_its_line_twice(name: str) -> None:
    base = Path(CASES[name]).name
    for file, text in modules_of(name).items():
        if file == "definitions.py":
            continue
        wiring = re.sub(
            r"\(\n((?:        .*\n)+)    \)", lambda call: f"({' '.join(call[1].split()).rstrip(',')})", text
        )
        statements = [line for line in wiring.splitlines() if re.match(r"    (\w+ = )?stage\.", line)]
        assert statements
        for line in statements:
            assert re.search(rf"at=(\d+)\)  # {re.escape(base)}:\1$", line), line


def wired(text: str, filename: str, namespace: dict[str, Any], name: str) -> Any:
    exec(compile(text, filename, "exec", dont_inherit=True), namespace)
    return namespace[name]


@pytest.mark.parametrize("name", CASES)
def test_kernels_of_a_call_in_this_process_have_source(name: str) -> None:
    case = compiled(name)
    text, filename = emit_local(case.rewritten, case.environment)
    namespace = case.environment.namespace()
    before = set(namespace)
    wired(text, filename, namespace, name)
    functions = [namespace[each] for each in set(namespace) - before if inspect.isfunction(namespace[each])]
    assert functions
    for function in functions:
        assert inspect.getsource(function).startswith(f"def {function.__name__}(")
        assert inspect.getsource(function) in text


def test_the_same_flow_gives_the_same_text_under_the_same_name() -> None:
    case = compiled("relative")
    first, second = (emit_local(case.rewritten, case.environment) for _ in range(2))
    assert first == second
    assert re.fullmatch(r"<flowcc relative [0-9a-f]{8}>", first[1])


def test_the_callers_own_stage_is_written_for_its_live_names() -> None:
    case = compiled("word_count")
    text, filename = emit_here(case.program, case.environment)
    assert "definitions" not in text
    assert callable(wired(text, filename, case.environment.namespace(), "here"))


def arguments() -> Iterator[tuple[str, list[Any]]]:
    carried, flights = load(CASES["invoices"]), load(CASES["late_makers"])
    orders = [("a-1", "at", (1.0, 200.0)), ("b-22", "de", (0.5,)), ("?", "de", (9.0,)), ("c-3", "fr", (99.0, 2.0))]
    yield "word_count", [["the fox", "The dog", "", "a fox"]]
    yield "invoices", [[carried.Order(*order) for order in orders]]
    yield "relative", [[3, 1, 4, 1, 5, -9, 2, 6]]
    flown = [flights.Flight(f"N{n % 3}", None if n % 5 == 0 else n / 2, 100) for n in range(400)]
    yield "late_makers", [flown, [flights.Plane("N1", "Airbus"), flights.Plane("N2", "Boeing")]]
    yield "reachable", [[(1, 2), (2, 3), (4, 5), (3, 1)], [1]]


@pytest.mark.parametrize(("name", "given"), list(arguments()), ids=lambda given: str(given)[:12])
@pytest.mark.parametrize("members", [1, 3])
def test_stages_give_what_the_plain_function_gives(name: str, given: list[Any], members: int) -> None:
    flow: Any = getattr(load(CASES[name]), name)
    clusters = [place.name for place in flow.graph().places if place.is_cluster]
    expected = flow.plain(*given)
    assert flow(*given) == expected
    assert flow.run(*given, members=dict.fromkeys(clusters, members)) == expected
