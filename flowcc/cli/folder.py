"""Runs what `flowcc compile` wrote, from the folder alone."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flowcc.cli.arguments import Parameter, check_names
from flowcc.last_run import LastRun
from flowcc.progress import progress_bar
from flowcc.sources import parse_source

if TYPE_CHECKING:
    from flowcc.deploy.plan import Plan
    from flowcc.deploy.targets import Target


def run_folder(
    folder: Path, inputs: Mapping[str, str], values: Mapping[str, str], on: Target, members: Mapping[str, int]
) -> tuple[object, LastRun]:
    """Run a build folder; return its result and what was counted. Values were given when it was compiled."""
    on.prepare()  # which goes on while this is imported
    from flowcc.deploy.launch import launch_counted
    from flowcc.deploy.plan import read_plan
    from flowcc.flow import HOT

    plan = read_plan(folder)
    needed = [Parameter(source.name, source.element, is_collection=True, is_optional=False) for source in plan.sources]
    check_names(needed, inputs, values)
    records = _classes(folder, plan)
    rows = {source.name: _row_type(source.element, records) for source in plan.sources}
    arguments = {name: parse_source(form, rows[name]) for name, form in inputs.items()}
    with progress_bar(plan.flow) as progress:
        outcome = launch_counted(
            folder, arguments, members=members, on=on, records=records, progress=progress, jit=(HOT, "auto", 0.0)
        )
    return outcome.result, LastRun(outcome.seen, outcome.skipped)


def _classes(folder: Path, plan: Plan) -> dict[str, type]:
    """The user's classes that the folder carries, by name."""
    from flowcc.deploy.modules import DEFINITIONS, load_module

    if not (folder / f"{DEFINITIONS}.py").exists():
        return {}
    module = load_module(folder, DEFINITIONS, plan.key)
    return {name: kind for name, kind in vars(module).items() if isinstance(kind, type)}


def _row_type(element: str, records: Mapping[str, type]) -> Any:
    """The class of the items of a source; None where the folder does not know it."""
    from flowcc.runtime.sources.types import type_of_text

    try:
        return type_of_text(element, records)
    except (KeyError, SyntaxError):
        return None
