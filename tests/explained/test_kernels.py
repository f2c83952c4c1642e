"""`explain()` of kernels: seconds of compiling, the cache and what changed in a key, items and speed, and reasons."""

from __future__ import annotations

import importlib.util
import itertools
import stat
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from flowcc.backend.kernels import making
from flowcc.flow import Flow
from tests.explained import constructs
from tests.privileges import as_ordinary_user

MODULE = """
from flowcc import Batch, flow

LIMIT = 3

def first(x):
    return x * 2 + 1

def second(x):
    return x * 3 + LIMIT

@flow(jit="always")
def one(xs: Batch[int]) -> list[int]:
    return [first(x) for x in xs]

@flow(jit="always")
def two(xs: Batch[int]) -> list[int]:
    return [second(x) for x in xs]

@flow(jit="always")
def odd(xs: Batch[int]) -> list[object]:
    return [sorted([x, 1]) for x in xs]
"""
numbers = itertools.count()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("FLOWCC_CACHE", str(tmp_path / "cache"))
    yield tmp_path
    making._loaded.clear()


def program(folder: Path, *changes: tuple[str, str]) -> ModuleType:
    """The module with changes to its text, loaded as by a new process: under its name, with nothing compiled yet."""
    text = MODULE
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path = folder / str(next(numbers)) / "shown.py"
    path.parent.mkdir()
    path.write_text(text)
    specification = importlib.util.spec_from_file_location("shown", path)
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    making._loaded.clear()
    return module


def told(flow: Any, items: Any) -> dict[str, Any]:
    """What `explain` says about the comprehension after a call."""
    given = flow(items)
    assert (given.tolist() if isinstance(given, np.ndarray) else given) == flow.plain(list(items))
    (row,) = [row for row in flow.explain().operators() if row["operator"] == "Each"]
    return row


def test_compiling_and_the_cache_are_shown(folder: Path) -> None:
    row = told(program(folder).one, range(500))
    assert row["runs"] == "numba"
    assert row["items"] == "500"
    assert int(row["items/s"].replace(",", "")) > 0
    assert row["kernel"].startswith("compiled in ")
    assert row["kernel"].endswith(" s: missed: not kept yet")
    assert float(row["kernel"].split()[2]) > 0
    assert told(program(folder).one, range(500))["kernel"] == "from the cache"


def test_an_edit_spoils_only_what_calls_it(folder: Path) -> None:
    for module in (program(folder), program(folder)):
        kernels = [told(flow, range(9))["kernel"] for flow in (module.one, module.two)]
    assert kernels == ["from the cache"] * 2
    edited = program(folder, ("x * 2 + 1", "x * 2 - 1"))
    assert told(edited.one, range(9))["kernel"].endswith("missed: source changed")
    assert told(edited.two, range(9))["kernel"] == "from the cache"
    captured = program(folder, ("LIMIT = 3", "LIMIT = 4"))
    assert told(captured.two, range(9))["kernel"].endswith("missed: source changed")
    assert told(captured.one, range(9))["kernel"] == "from the cache"


def test_a_comment_spoils_nothing(folder: Path) -> None:
    told(program(folder).one, range(9))
    assert told(program(folder, ("def first", "# new\n\ndef first")).one, range(9))["kernel"] == "from the cache"


def test_refusals_name_the_expression(folder: Path) -> None:
    row = told(program(folder).odd, range(9))
    assert row["runs"] == "python"
    assert "`sorted" in row["why"] or "`[x, 1]`" in row["why"]


@pytest.mark.parametrize(
    ("items", "reason"),
    [
        ([1, "a"], "some are int, some str"),
        ([(1, [2])], "item 1 of tuple: a list is a Python object"),
        ([(1,), (1, 2)], "tuples of different lengths"),
        ([None, None], "all are None"),
        ([(1, None), (2, None)], "item 1 of tuple: all are None"),
        ([{1}], "a set is a Python object"),
    ],
)
def test_items_without_columns_are_described(folder: Path, items: list[Any], reason: str) -> None:
    module = program(folder, ("[first(x) for x in xs]", "[x == x for x in xs]"))
    row = told(module.one, items)
    assert row["why"] == f"the items have no columns ({reason}): `[x == x for x in xs]`"


def test_items_that_kernels_hand_back_are_counted(folder: Path) -> None:
    row = told(program(folder).one, [*range(500), 2**62, *range(500)])
    assert row["runs"] == "numba"
    assert "items in Python" in row["why"]


def test_a_cache_that_cannot_be_written_is_shown(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    (folder / "cache").write_text("")
    row = told(program(folder).one, range(9))
    assert "is not used" in row["kernel"]
    told(program(folder).two, range(9))
    assert len(caplog.records) == 1


def test_a_read_only_cache_is_shown(folder: Path) -> None:
    (folder / "cache").mkdir(mode=stat.S_IRUSR | stat.S_IXUSR)
    row = as_ordinary_user(lambda: told(program(folder).one, range(9)))
    assert "is not used: Permission denied" in row["kernel"]
    assert list((folder / "cache").iterdir()) == []


CONSTRUCTS = [name for name, found in vars(constructs).items() if isinstance(found, Flow)]


@pytest.mark.parametrize("name", CONSTRUCTS)
def test_a_construct_runs_as_machine_code(name: str, folder: Path) -> None:
    flow = getattr(constructs, name)
    items = constructs.NUMBERS if "int" in str(flow.parameters[0][1]) else constructs.TEXTS
    assert repr(flow(items)) == repr(flow.plain(items))
    rows = [row for row in flow.explain().operators() if row["operator"] == "Each"]
    assert [row["runs"] for row in rows] == ["numba"] * len(rows)
    assert not [entry["items_in_python"] for row in rows for entry in row["detail"] if entry["items_in_python"]]
