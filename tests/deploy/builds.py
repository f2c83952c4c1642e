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


HEAD = "from flowcc.runtime.stage import Stage\n"


def relay(folder: Path, kernel: str, *, place="Worker", kind="process", prelude="", **plan) -> Path:
    """A flow of one place: the argument `xs`, `kernel` over it (the text of a list), and its items as the result."""
    body = f"""
{HEAD}{prelude}
RECORDS = globals().get("RECORDS", ())

def kernel(xs):
    return {kernel}

def {place.lower()}(stage: Stage) -> None:
    xs = stage.source("xs", at=3)
    ys = stage.each(kernel, xs, at=4)
    stage.send("back", ys, at=5)
"""
    here = f"""
{HEAD}
def here(stage: Stage) -> None:
    back = stage.receive("back", at=5)
    stage.result(back, at=6)
"""
    return write_build(
        folder,
        {place.lower(): body, "here": here},
        stages=[stage(place, kind=kind), stage("Here")],
        channels=[channel("back", place, "Here", "gather" if kind == "cluster" else "send")],
        sources=[{"name": "xs", "place": place, "shape": "items", "element": "object"}],
        **plan,
    )


def moved(folder: Path, verb: str, *, by: str = "", ordered: bool = False) -> Path:
    """Items from one sender over a verb to a cluster; each member gives (its number, what it got in order)."""
    sends = f"by={by}, " if by else ""
    sender = f"""
{HEAD}
def sender(stage: Stage) -> None:
    xs = stage.source("xs", at=3)
    stage.send("split", xs, {sends}at=4)
"""
    takers = f"""
from functools import partial
{HEAD}
def pair(member, xs):
    return [(member, xs)]

def takers(stage: Stage) -> None:
    split = stage.receive("split", at=4)
    got = stage.fold("list", split, at=5)
    stage.send("back", stage.apply(partial(pair, stage.member), got, at=5), at=6)
"""
    here = f"""
from operator import add
{HEAD}
def here(stage: Stage) -> None:
    stage.result(stage.receive("back", merge=add, at=6), at=6)
"""
    return write_build(
        folder,
        {"sender": sender, "takers": takers, "here": here},
        stages=[stage("Sender"), stage("Takers", kind="cluster"), stage("Here")],
        channels=[
            channel("split", "Sender", "Takers", verb),
            channel("back", "Takers", "Here", "gather", shape="value"),
        ],
        sources=[{"name": "xs", "place": "Sender"}],
    )
