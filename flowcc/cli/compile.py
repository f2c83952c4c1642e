"""`flowcc compile FLOW -o build/`: the staged program as a folder that runs on its own."""

from __future__ import annotations

from pathlib import Path

import click

from flowcc.cli.arguments import set_option, settings_of
from flowcc.cli.program import find_flow, flow_argument
from flowcc.cli.report import ending, json_option, show_json


@click.command(name="compile")
@flow_argument
@click.option(
    "-o",
    "--out",
    default="build",
    show_default=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder to write.",
)
@set_option
@json_option
def command(target: str, values: tuple[str, ...], out: Path, as_json: bool) -> int:
    """Write FLOW as a plan, one readable Python module a place, and a picture of its graph.

    `flowcc run` runs the folder, also where the program itself is not.
    """
    with ending(as_json=as_json) as end:
        flow = find_flow(target)
        flow.compile(out, **settings_of(flow, values))
        files = sorted(str(path) for path in out.iterdir() if path.is_file())
        if as_json:
            show_json({"folder": str(out), "files": files})
        else:
            click.echo("\n".join(files))
    return end.status
