"""`flowcc run FLOW` runs a flow; `flowcc run build/` runs what `flowcc compile` wrote."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from flowcc.cli.arguments import (
    SET_FORM,
    check_names,
    parameters_of,
    read_members,
    read_values,
    set_option,
    split_pairs,
)
from flowcc.cli.program import complete_target, find_flow
from flowcc.cli.report import ending, json_option, show_json, traceback_option
from flowcc.cli.results import show_result

if TYPE_CHECKING:
    from flowcc.cli.program import AnyFlow
    from flowcc.deploy.targets import Target as RunTarget
    from flowcc.last_run import LastRun
    from flowcc.places import Place
    from flowcc.runtime.sinks.describe import Sink

IN_FORM = "NAME=SOURCE, as in lines=text:book.txt"


@click.command(name="run")
@click.argument("target", metavar="FLOW|FOLDER", shell_complete=complete_target)
@click.option("--in", "inputs", multiple=True, metavar="NAME=SOURCE", help="A collection, as in lines=text:book.txt")
@set_option
@click.option("--out", metavar="SINK", help="Where results go, as in jsonl:counts.jsonl. [default: printed]")
@click.option(
    "--on",
    type=click.Choice(["here", "threads", "processes"]),
    default="here",
    show_default=True,
    help="What the stages run on.",
)
@click.option("--members", multiple=True, metavar="PLACE=NUMBER", help="How many members a cluster has.")
@json_option
@traceback_option
def command(
    target: str,
    inputs: tuple[str, ...],
    values: tuple[str, ...],
    out: str | None,
    on: str,
    members: tuple[str, ...],
    as_json: bool,
    traced: bool,
) -> int:
    r"""Run FLOW, or the FOLDER that `flowcc compile` wrote, and print its result.

    \b
    flowcc run word_count.py --in lines=text:book.txt
    flowcc run build/ --in lines=text:book.txt --on processes --members Counters=3
    """
    with ending(as_json=as_json, traced=traced) as end:
        given = split_pairs("--in", inputs, IN_FORM)
        settings = split_pairs("--set", values, SET_FORM)
        sizes = read_members(members)
        sink = _sink(out)
        if Path(target).is_dir():
            from flowcc.cli.folder import run_folder
            from flowcc.deploy.targets import threads

            counted: LastRun | None
            result, counted = run_folder(Path(target), given, settings, target_of(on) or threads(), sizes)
        else:
            flow = find_flow(target)
            result, counted = _run_flow(flow, given, settings, target_of(on), sizes), flow.last_run
        if sink is None:
            show_result(result, as_json=as_json)
        else:
            sink.write(result)
        _show_left_out(counted, as_json=as_json)
    return end.status


def target_of(on: str) -> RunTarget | None:
    """What ``--on`` names; `here` is no target, a flow is simply called."""
    from flowcc.deploy.targets import processes, threads

    return {"here": None, "threads": threads(), "processes": processes()}[on]


def _sink(form: str | None) -> Sink | None:
    if form is None:
        return None
    from flowcc.sources import parse_sink

    sink = parse_sink(form)
    sink.check()
    return sink


def _show_left_out(counted: LastRun | None, *, as_json: bool) -> None:
    """Say on standard error what ``on_error="skip"`` left out."""
    skipped = counted.skipped if counted is not None else {}
    if skipped and as_json:
        show_json({"left_out": {str(line): count for line, count in skipped.items()}}, err=True)
    elif skipped:
        for line, count in sorted(skipped.items()):
            click.echo(f"left out {count:,} item{'' if count == 1 else 's'} that line {line} failed on", err=True)


def _run_flow(
    flow: AnyFlow, given: Mapping[str, str], settings: Mapping[str, str], on: RunTarget | None, sizes: Mapping[str, int]
) -> object:
    from flowcc.sources import parse_source

    parameters = parameters_of(flow)
    check_names(parameters, given, settings)
    arguments = read_values(parameters, settings)
    rows = row_types(flow)
    for name, form in given.items():
        arguments[name] = parse_source(form, rows.get(name))
    if on is None and not sizes:
        return flow(**arguments)
    bound = inspect.signature(flow.plain).bind(**arguments)
    bound.apply_defaults()
    members: dict[type[Place] | str, int] = dict(sizes.items())
    return flow.run(*bound.args, on=on, members=members)


def row_types(flow: AnyFlow) -> dict[str, Any]:
    """The class of the items of each collection: the first argument of its annotation, where there is one."""
    hints = typing.get_type_hints(flow.plain)
    return {name: arguments[0] for name, hint in hints.items() if (arguments := typing.get_args(hint))}
