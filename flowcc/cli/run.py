"""`flowcc run FLOW` runs a flow; `flowcc run build/` runs what `flowcc compile` wrote."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from flowcc.cli.arguments import check_names, read_members, read_values, split_pairs
from flowcc.cli.program import Target, find_flow
from flowcc.cli.report import ending, json_option, traceback_option
from flowcc.cli.results import show_result

if TYPE_CHECKING:
    from flowcc.runtime.sources.describe import Source

IN_FORM = "NAME=SOURCE, as lines=text:book.txt"
SET_FORM = "NAME=VALUE"


@click.command(name="run")
@click.argument("target", metavar="FLOW|FOLDER", type=Target())
@click.option(
    "--in",
    "inputs",
    multiple=True,
    metavar="NAME=SOURCE",
    help="text:, csv:, jsonl: or parquet: and files; - is stdin.",
)
@click.option("--set", "values", multiple=True, metavar="NAME=VALUE", help="A parameter that is no collection.")
@click.option("--out", metavar="SINK", help="Where results go, as jsonl:counts.jsonl. [default: standard output]")
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
    """Run FLOW, or the FOLDER that `flowcc compile` wrote, and print its result.

    \b
    flowcc run word_count.py --in lines=text:book.txt
    flowcc run build/ --in lines=text:book.txt --on processes --members Counters=3 --out jsonl:counts.jsonl
    """
