"""`flowcc explain FLOW` says how each operator runs; `flowcc explain F301` prints the page of a fault."""

from __future__ import annotations

import re
import sys
from importlib import resources

import click

from flowcc.cli import faults
from flowcc.cli.arguments import set_option, settings_of
from flowcc.cli.program import complete_target, find_flow
from flowcc.cli.report import ending, json_option, show_json, show_report
from flowcc.diagnostics import FlowError

CODE = re.compile(r"[Ff]\d{3}")


@click.command(name="explain")
@click.argument("target", metavar="FLOW|CODE", shell_complete=complete_target)
@set_option
@json_option
def command(target: str, values: tuple[str, ...], as_json: bool) -> int:
    """Say of each operator of FLOW where and how it runs (numba, arrow or python) and why.

    With a CODE such as F301, print the page of that fault.
    """
    with ending(as_json=as_json) as end:
        if CODE.fullmatch(target):
            _show_page(target.upper(), as_json=as_json)
        else:
            flow = find_flow(target)
            show_report(flow.explain(**settings_of(flow, values)), as_json=as_json)
    return end.status


def fault_pages() -> dict[str, str]:
    """The Markdown text of every fault's page, by code."""
    folder = resources.files("flowcc.cli") / "pages"
    pages = sorted((entry.name, entry) for entry in folder.iterdir() if entry.name.endswith(".md"))
    return {name.removesuffix(".md"): entry.read_text(encoding="utf-8") for name, entry in pages}


def _show_page(code: str, *, as_json: bool) -> None:
    pages = fault_pages()
    if code not in pages:
        raise FlowError([faults.no_page(code, list(pages))])
    if as_json:
        show_json({"code": code, "page": pages[code]})
    elif sys.stdout.isatty():
        from rich.console import Console
        from rich.markdown import Markdown

        Console(width=min(Console().width, 100)).print(Markdown(pages[code]))
    else:
        click.echo(pages[code].rstrip())
