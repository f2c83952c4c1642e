"""A build folder: the plan, one module a place, their definitions, and a picture of the graph.

Nothing half-written ever has the final name: everything is written into a folder beside it, which then takes its
place. The same program gives the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from flowcc.backend import faults
from flowcc.backend.emit import DEFINITIONS, emit_stages, stage_functions
from flowcc.backend.graph import graph_of
from flowcc.diagnostics import FlowError
from flowcc.environment import Environment
from flowcc.facts import HERE
from flowcc.ir import Program, Result, Source
from flowcc.version import VERSION

FORMAT = 1
PLAN = "plan.json"
GRAPH = "graph.svg"


def write_build(program: Program, environment: Environment, out: Path, *, drawn: bool = True) -> None:
    """Write the folder ``out``, in place of an older build if there is one; with its picture where it is ``drawn``.

    Raises `FlowError`: F403 when a stage needs what cannot be carried, F543 when ``out`` is something other than a
    build, F544 when it cannot be written.
    """
    modules = emit_stages(program, environment)
    files = {**modules, PLAN: plan_text(program, environment, modules)}
    if drawn:
        files[GRAPH] = graph_of(program).svg()
    out = Path(os.path.abspath(out))
    _check_replaceable(out)
    beside: Path | None = None
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(prefix=f".{out.name}.", dir=out.parent))
        beside.chmod(0o755)
        for name, text in sorted(files.items()):
            (beside / name).write_bytes(text.encode("utf-8", "surrogatepass"))
        _replace(beside, out)
    except OSError as error:
        raise FlowError([faults.cannot_write(str(out), error.strerror or str(error))]) from None
    finally:
        if beside is not None:
            shutil.rmtree(beside, ignore_errors=True)


def plan_text(program: Program, environment: Environment, modules: Mapping[str, str]) -> str:
    """Return ``plan.json``: who runs what, who talks to whom, and the digest of the modules."""
    functions = stage_functions(program)
    plan = {
        "format": FORMAT,
        "flowcc": VERSION,
        "flow": program.name,
        "file": environment.filename.replace("\\", "/").rpartition("/")[2],
        "digest": digest_of(modules),
        "stages": [
            {"place": place.name, "kind": place.kind, "size": place.size, "module": functions[place.name],
             "function": functions[place.name]}
            for place in (stage.place for stage in program.stages)
        ],
        "channels": [
            {"name": channel.name, "sender": channel.sender.name, "receiver": channel.receiver.name,
             "verb": channel.move.verb, "by": channel.move.by is not None, "merge": channel.move.merge is not None,
             "ordered": channel.move.ordered, "shape": channel.move.out.facts.shape.value,
             "line": channel.move.span.line}
            for channel in program.channels
        ],
        "sources": _sources(program),
        "result": _result(program),
        "values": {name: _shown(value) for name, value in sorted(environment.settings.items())},
        "on_error": program.on_error,
    }  # fmt: skip
    return json.dumps(plan, ensure_ascii=False, indent=2) + "\n"


def digest_of(modules: Mapping[str, str]) -> str:
    """Return the SHA-256 over the modules' names and bytes, in the order of their names."""
    digest = hashlib.sha256()
    for name in sorted(modules):
        digest.update(name.encode() + b"\0" + modules[name].encode("utf-8", "surrogatepass") + b"\0")
    return digest.hexdigest()


def _sources(program: Program) -> list[dict[str, object]]:
    return [
        {"name": op.out.name, "place": stage.place.name, "shape": op.out.facts.shape.value,
         "element": str(op.out.facts.element)} | ({} if op.only is None else {"only": op.only})
        for stage in program.stages
        for op in stage.ops
        if isinstance(op, Source)
    ]  # fmt: skip


def _result(program: Program) -> dict[str, object]:
    result = next(op for stage in program.stages for op in stage.ops if isinstance(op, Result))
    return {"places": [HERE.name] * len(result.inputs), "many": result.many}


def _shown(value: object) -> object:
    """Return a setting as JSON has it, else its text."""
    match value:
        case None | bool():
            return value
        case int() if type(value) is int:
            return value if -(2**63) <= value < 2**63 else hex(value)
        case float() if type(value) is float and math.isfinite(value):
            return value
        case str() if type(value) is str and value.isprintable():
            return value
    return ascii(value)


def _check_replaceable(out: Path) -> None:
    """Refuse to write over anything but an older build or an empty folder."""
    if out.is_symlink() or (out.exists() and not out.is_dir()):
        raise FlowError([faults.not_a_build(str(out), "there is a file of that name")])
    try:
        names = {path.name for path in out.iterdir()} if out.exists() else set()
    except OSError as error:
        raise FlowError([faults.cannot_write(str(out), error.strerror or str(error))]) from None
    own = _files_of(out)
    if names and not own:
        raise FlowError([faults.not_a_build(str(out), "the folder holds other things")])
    if foreign := names - own:
        raise FlowError([faults.not_a_build(str(out), f"it holds `{min(foreign)}`, which flowcc did not write")])


def _files_of(build: Path) -> set[str]:
    """Return the names of the files of a build folder, none where it is no build."""
    try:
        plan = json.loads((build / PLAN).read_bytes())
        modules = {f"{stage['module']}.py" for stage in plan["stages"]}
        return {PLAN, GRAPH, DEFINITIONS, "__pycache__", *modules} if plan["flowcc"] else set()
    except (OSError, ValueError, TypeError, LookupError):
        return set()


def _replace(beside: Path, out: Path) -> None:
    """Give the finished folder its final name; what had it before goes away only afterwards."""
    if not out.exists():
        beside.rename(out)
        return
    old = beside.with_name(beside.name + ".old")
    out.rename(old)
    try:
        beside.rename(out)
    except OSError:
        old.rename(out)
        raise
    shutil.rmtree(old, ignore_errors=True)
