"""Each rewrite on one program: what it makes of it stands in ``after/``, and means the same for any number of members.

``make goldens`` writes what stands there anew.
"""

from __future__ import annotations

import os
from collections import Counter, namedtuple
from importlib import import_module
from pathlib import Path

import pytest

from flowcc.compiler import compile_flow
from flowcc.environment import Environment
from flowcc.frontend.parse import parse_function
from flowcc.interpret import interpret
from flowcc.ir import Flow
from flowcc.passes import pipeline
from flowcc.show import show
from flowcc.verify import verify

FOLDER = Path(__file__).parent
BEFORE = sorted((FOLDER / "before").glob("*.py"))
Flight = namedtuple("Flight", "tailnum delay distance note")
INPUTS = {
    "xs": {
        "str": ["a", "b", "a"],
        "tuple[int, int]": [(1, 2), (3, 4), (1, 5)],
        "int": [5, 1, 4, 8, 0, 15, 7, 7],
        "Flight": [Flight("N1", 12, 501, "-"), Flight("N2", 9, 800, "late"), Flight("N1", 40, 2000, "")],
    },
    "ys": {"tuple[int, str]": [(1, "a"), (1, "b"), (2, "c")]},
    "edges": {"tuple[int, int]": [(1, 2), (2, 3), (9, 1), (3, 1)]},
    "roots": {"int": [1]},
}


def written(path: Path) -> tuple[Flow, Environment]:
    """The flow of a program as it was written, and its environment with live names."""
    text = path.read_text(encoding="utf-8")
    names: dict[str, object] = {"__name__": "before"}
    exec(compile(text, str(path), "exec"), names)
    environment = Environment(str(path), text, names)
    compiled = compile_flow(parse_function(text, str(path), "before"), environment)
    return compiled.written, compiled.environment


def comparable(result: object) -> object:
    if isinstance(result, tuple):
        return tuple(map(comparable, result))
    return Counter(map(repr, result)) if isinstance(result, list) else result


@pytest.mark.parametrize("path", BEFORE, ids=lambda path: path.stem)
def test_what_a_pass_makes(path: Path) -> None:
    flow, environment = written(path)
    step = getattr(import_module(f"flowcc.passes.{path.stem}"), path.stem)
    assert step in (*pipeline.PIPELINE, *pipeline.IN_PROCESS)
    after = step(flow)
    verify(after)
    assert after != flow
    beside = FOLDER / "after" / f"{path.stem}.txt"
    if os.environ.get("UPDATE_GOLDENS") and not os.environ.get("CI"):
        beside.write_text(show(after), encoding="utf-8")
    assert show(after) == beside.read_text(encoding="utf-8")
    assert step(after) == after or path.stem in {"number_order"}
    types = {op.out.name: str(op.out.facts.element) for op in flow.ops if op.out.name in INPUTS}
    arguments = {name: INPUTS[name][kind] for name, kind in types.items()}
    expected = comparable(interpret(flow, arguments, environment))
    for members in (1, 2, 3):
        assert comparable(interpret(after, arguments, environment, {"Workers": members})) == expected


def test_every_rewrite_has_a_program() -> None:
    steps = {step.__name__ for step in (*pipeline.PIPELINE, *pipeline.IN_PROCESS)}
    assert steps == {path.stem for path in BEFORE}
