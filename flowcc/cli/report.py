"""What a verb says and how it ends: results to standard output, faults to standard error, one exit status.

With ``--json`` both are one JSON document.
"""

from __future__ import annotations

import json
import sys
import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

import click

from flowcc.diagnostics import Diagnostic, FlowError, Label

DONE, REFUSED, WRONG_USAGE, FAILED = range(4)
REFUSING = ("F1", "F2", "F3", "F4", "F541", "F542", "F553")  # also a compiled program, and a file that is not Python
MISUSED = (
    "F519",
    "F520",
    "F530",
    "F531",
    "F540",
    "F55",
)  # sources, arguments, members and options that were typed wrongly

json_option = click.option("--json", "as_json", is_flag=True, help="Machine-readable output.")
traceback_option = click.option("--traceback", "traced", is_flag=True, help="Show where an exception came from.")


class Report(Protocol):
    """What a flow says about itself: text for people, plain data for programs."""

    def to_json(self) -> Mapping[str, object]:
        """The whole report as plain data."""
        ...


@dataclass
class Ending:
    """How a verb ended; set when its block is left."""

    status: int = DONE


@contextmanager
def ending(*, as_json: bool = False, traced: bool = False) -> Iterator[Ending]:
    """Show what the block raises and remember the exit status for it.

    Faults give the status of the first one's layer. Any other exception is the run's own and gives 3.
    """
    end = Ending()
    try:
        yield end
    except (click.ClickException, click.Abort, BrokenPipeError):
        raise
    except FlowError as error:
        show_faults(error, as_json=as_json)
        end.status = status_of(error.code)
    except Exception as error:  # the edge: what element code raised reaches the caller as itself
        show_exception(error, as_json=as_json, traced=traced)
        end.status = FAILED


def status_of(code: str) -> int:
    """The exit status that a fault of this code gives."""
    if code.startswith(REFUSING):
        return REFUSED
    return WRONG_USAGE if code.startswith(MISUSED) else FAILED


def show_faults(error: FlowError, *, as_json: bool = False) -> None:
    """Draw all faults on standard error, in colour on a terminal."""
    if as_json:
        show_json({"faults": [fault_to_json(diagnostic) for diagnostic in error.diagnostics]}, err=True)
        return
    if sys.stderr.isatty():
        from rich.console import Console

        from flowcc.render import print_faults

        print_faults(error.diagnostics, error.sources, console=Console(stderr=True))
        return
    from flowcc.render import render_faults

    click.echo(render_faults(error.diagnostics, error.sources), err=True)


def show_exception(error: Exception, *, as_json: bool = False, traced: bool = False) -> None:
    """Show an exception with its notes, and its traceback where it was asked for."""
    if as_json:
        notes = list(getattr(error, "__notes__", ()))
        show_json({"exception": {"type": type(error).__name__, "message": str(error), "notes": notes}}, err=True)
        return
    lines = traceback.format_exception(error) if traced else traceback.format_exception_only(error)
    click.echo("".join(lines).rstrip(), err=True)
    if not traced:
        click.echo("   help: --traceback shows where it came from", err=True)


def show_report(report: Report, *, as_json: bool = False) -> None:
    """Print a report for people or, as JSON, for programs."""
    if as_json:
        show_json(report.to_json())
    else:
        click.echo(str(report))


def show_json(document: object, *, err: bool = False, indent: int | None = 2) -> None:
    """Print one JSON document."""
    click.echo(json.dumps(document, ensure_ascii=False, indent=indent, default=str), err=err)


def fault_to_json(diagnostic: Diagnostic) -> dict[str, object]:
    """A fault as plain data; lines and columns count from 1."""
    return {
        "code": diagnostic.code,
        "title": diagnostic.title,
        "subject": diagnostic.subject,
        "primary": _label_to_json(diagnostic.primary) if diagnostic.primary else None,
        "secondary": [_label_to_json(label) for label in diagnostic.secondary],
        "notes": list(diagnostic.notes),
        "help": diagnostic.help,
    }


def _label_to_json(label: Label) -> dict[str, object]:
    span = label.span
    return {
        "file": span.filename,
        "line": span.line,
        "column": span.column + 1,
        "end_line": span.end_line,
        "end_column": span.end_column + 1,
        "text": label.text,
    }


def show_table(title: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table: drawn on a terminal, tab-separated when piped."""
    if not sys.stdout.isatty():
        for row in rows:
            click.echo("\t".join(row))
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(*header, title=title, title_justify="left", show_edge=False)
    for row in rows:
        table.add_row(*row)
    Console().print(table)
