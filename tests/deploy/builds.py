"""Build folders written by hand, as the backend writes them."""

import json
import textwrap
from pathlib import Path

from flowcc.deploy.plan import Plan, digest_modules, msgspec
from flowcc.version import VERSION

READER = """
from operator import add
from flowcc.runtime.stage import Stage

RECORDS = ()


def words_each(lines):
    return [word.lower() for line in lines for word in line.split()]


def mine_by(word):
    return word


def reader(stage: Stage) -> None:
    lines = stage.source("lines", at=22)
    words = stage.each(words_each, lines, at=23)
    stage.send("mine", words, by=mine_by, at=24)
    g = stage.receive("g", merge=add, at=25)
    stage.result(g, at=25)
"""

COUNTERS = """
from flowcc.runtime.stage import Stage

RECORDS = ()


def counters(stage: Stage) -> None:
    mine = stage.receive("mine", at=24)
    counted = stage.fold("Counter", mine, at=25)
    stage.send("g", counted, at=25)
"""


def write_build(folder: Path, modules, *, flow="flow", **parts) -> Path:
    """Write modules (name → text) and a plan; ``parts`` are its lists, short keys filled in."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in modules.items():
        (folder / f"{name}.py").write_text(textwrap.dedent(text))
    plan = {
        "format": 1, "flowcc": VERSION, "flow": flow, "file": f"{flow}.py", "digest": "",
        "stages": [], "channels": [], "sources": [], "result": {"places": ["Here"], "many": False},
        "values": {}, "on_error": "raise", **parts,
    }  # fmt: skip
    plan["digest"] = digest_modules(folder, msgspec.convert(plan, Plan))
    (folder / "plan.json").write_text(json.dumps(plan))
    return folder


def stage(place, *, kind="process", size=1):
    return {"place": place, "kind": kind, "size": size, "module": place.lower(), "function": place.lower()}


def channel(name, sender, receiver, verb, **more):
    return {"name": name, "sender": sender, "receiver": receiver, "verb": verb, **more}


def word_count(folder: Path) -> Path:
    return write_build(
        folder,
        {"reader": READER, "counters": COUNTERS},
        flow="word_count",
        stages=[stage("Reader"), stage("Counters", kind="cluster")],
        channels=[
            channel("mine", "Reader", "Counters", "scatter", by=True),
            channel("g", "Counters", "Reader", "gather", merge=True, shape="value"),
        ],
        sources=[{"name": "lines", "place": "Reader", "shape": "items", "element": "str"}],
        result={"places": ["Reader"], "many": False},
    )
