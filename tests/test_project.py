"""What must hold of the project as a whole: layers, sizes, names, what an import costs."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
import tomllib
from itertools import chain
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "flowcc"
MODULES = sorted(PACKAGE.rglob("*.py"))
LEAVES = {"ir", "equality", "facts", "source", "diagnostics", "places", "streams", "environment", "version", "scopes"}
MAY_IMPORT = {
    "frontend": LEAVES | {"frontend"},
    "passes": LEAVES | {"passes", "algebra"},
    "algebra": LEAVES | {"algebra"},
    "backend": LEAVES | {"backend"},
    "runtime": {"runtime", "diagnostics", "source", "places", "operators", "event_time", "verbs", "version"},
    "deploy": {"deploy", "runtime", "diagnostics", "source", "places", "operators", "verbs", "version"},
} | {leaf: LEAVES | {"render"} for leaf in LEAVES}
CROSSINGS = {
    ("backend/kernels", f"runtime.{name}")
    for name in ("batches", "columns", "memory", "no_columns", "schema", "sides", "columnar")
}
EXCHANGE = {"pickle", "cloudpickle", "dill", "marshal", "shelve"}
MOST_LINES = 400
MOST_OF_IMPORT = 12  # yardsticks of the process's own time, which is 50 to 90 ms
MOST_OF_HELP = 20
MODULE_IDS = [str(path.relative_to(ROOT)) for path in MODULES]


def imported(path: Path) -> set[str]:
    """The full names of all modules that a file imports, also inside functions."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: a relative import"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


@pytest.mark.parametrize("path", MODULES, ids=MODULE_IDS)
def test_imports_point_one_way(path: Path) -> None:
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    if parts[0] not in MAY_IMPORT:
        return
    for name in imported(path):
        if name == "flowcc" or name.startswith("flowcc."):
            target = name.split(".")[1:]
            crossing = ("/".join(parts[:2]), ".".join(target[:2]))
            assert target, f"{path} imports the whole package"
            assert target[0] in MAY_IMPORT[parts[0]] or crossing in CROSSINGS, f"{parts[0]} imports {name}"


@pytest.mark.parametrize("path", MODULES, ids=MODULE_IDS)
def test_no_file_is_long(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MOST_LINES


@pytest.mark.parametrize("path", MODULES, ids=MODULE_IDS)
def test_nothing_is_pickled(path: Path) -> None:
    assert not {name.split(".")[0] for name in imported(path)} & EXCHANGE


@pytest.mark.parametrize("path", MODULES, ids=MODULE_IDS)
def test_every_module_says_its_idea(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))


def python(code: str, **environment: str) -> str:
    """What a bare interpreter prints that runs ``code`` from the project's folder."""
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return done.stdout


def test_import_loads_nothing_heavy() -> None:
    loaded = set(json.loads(python("import json, sys, flowcc; print(json.dumps(sorted(sys.modules)))")))
    assert "flowcc.flow" in loaded
    heavy = {"libcst", "numba", "numpy", "pyarrow", "pandas", "polars", "zmq", "rich", "click", "hypothesis", "astor"}
    assert not loaded & heavy


def yardsticks(code: str) -> float:
    """The process's own time that ``code`` takes in a bare interpreter, against what Python takes there to compile.

    It is the best of five. Compiled modules are kept, as they are for users.
    """
    timed = (
        f"import time; start = time.process_time(); {code}; taken = time.process_time() - start; "
        "from tests.pace import yardstick; print(taken / yardstick())"
    )
    return min(float(python(timed, PYTHONDONTWRITEBYTECODE="").split()[-1]) for _ in range(5))


def test_import_is_quick() -> None:
    assert yardsticks("import flowcc") < MOST_OF_IMPORT


def test_help_is_quick() -> None:
    assert yardsticks("from flowcc.cli.main import run; run(['--help'])") < MOST_OF_HELP


def test_public_names() -> None:
    names = json.loads(
        python("import json, flowcc; print(json.dumps([n for n in flowcc.__all__ if not hasattr(flowcc, n)]))")
    )
    assert names == []


def test_every_dependency_says_why() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    listed = tomllib.loads(text)["project"]
    everything = list(chain(listed["dependencies"], *listed["optional-dependencies"].values()))
    for line in text.splitlines():
        if any(line.strip().startswith(f'"{name}"') for name in everything):
            assert "  # " in line, line


def test_every_ignored_rule_says_why() -> None:
    lines = (ROOT / "pyproject.toml").read_text(encoding="utf-8").splitlines()
    start = lines.index("ignore = [")
    ignored = lines[start + 1 : lines.index("]", start)]
    assert ignored
    assert all("  # " in line for line in ignored)


def test_core_dependencies_are_those_that_were_agreed() -> None:
    listed = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    names = {item.split(">")[0].split("=")[0] for item in listed}
    agreed = {"libcst", "astor", "numba", "numpy", "pyarrow", "pyzmq", "msgspec", "hypothesis", "click", "rich"}
    assert names == agreed
