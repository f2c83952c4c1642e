"""`flowcc graph FLOW`: the dataflow as a picture or as data; places are boxes, edges carry their facts."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import click

from flowcc.cli.arguments import set_option, settings_of
from flowcc.cli.program import find_flow, flow_argument
from flowcc.cli.report import ending, json_option

SUFFIXES = {".mmd": "mermaid", ".md": "mermaid", ".dot": "dot", ".gv": "dot", ".svg": "svg", ".json": "json"}


@click.command(name="graph")
@flow_argument
@click.option(
    "-f",
    "--format",
    "form",
    type=click.Choice(["mermaid", "dot", "svg", "json"]),
    help="How to draw it. [default: by the ending of -o, else mermaid]",
)
@click.option(
    "-o", "--out", type=click.Path(dir_okay=False, path_type=Path), help="A file, instead of standard output."
)
@set_option
@json_option
def command(target: str, values: tuple[str, ...], form: str | None, out: Path | None, as_json: bool) -> int:
    """Draw the dataflow of FLOW as Mermaid, DOT, SVG or JSON."""
    chosen = "json" if as_json else form or (SUFFIXES.get(out.suffix) if out else None) or "mermaid"
    with ending(as_json=as_json) as end:
        flow = find_flow(target)
        graph = flow.graph(**settings_of(flow, values))
        draw: dict[str, Callable[[], str]] = {
            "mermaid": graph.mermaid,
            "dot": graph.dot,
            "svg": graph.svg,
            "json": lambda: json.dumps(graph.to_json(), ensure_ascii=False, indent=2),
        }
        drawn = draw[chosen]().rstrip()
        if out is None:
            click.echo(drawn)
        else:
            write_whole(out, drawn + "\n")
    return end.status


def write_whole(path: Path, text: str) -> None:
    """Write a file so that its final name never holds half of it."""
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        partial.write_text(text, encoding="utf-8")
        partial.replace(path)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise click.FileError(str(path), error.strerror or str(error)) from None
