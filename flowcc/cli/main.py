"""The `flowcc` command: which verbs there are, and what each way of ending means to the shell.

A verb's module is imported when that verb is called, so that `flowcc --help` costs little more than Python itself.
Exit status: 0 done, 1 the program was refused, 2 wrong usage, 3 the run failed, 130 interrupted.
"""

from __future__ import annotations

import importlib
import os
import sys

import click

from flowcc.version import VERSION

VERBS = {
    "check": "What is guaranteed: order, delivery, every `because` and every law.",
    "explain": "Operators and how each runs, and why; or the page of a fault.",
    "graph": "The dataflow as Mermaid, DOT, SVG or JSON.",
    "compile": "Write the staged program into a folder.",
    "run": "Run a flow, or what was compiled.",
    "doctor": "Whether this machine has what flowcc needs.",
    "cache": "List or clean the compiled kernels.",
    "completion": "Print the completion script of a shell.",
}
INTERRUPTED = 130
BROKEN_PIPE = 141


class NobodyReads(Exception):
    """Whoever read the standard output has left."""


class Verbs(click.Group):
    """Verbs that are imported when called; their one-line helps stand in `VERBS`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All verbs, in the order in which a newcomer needs them."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """Import the verb's module and return its command; None where there is no such verb."""
        if name not in VERBS:
            return None
        command: click.Command = importlib.import_module(f"flowcc.cli.{name}").command
        return command

    def invoke(self, ctx: click.Context) -> object:
        """Run the verb; a pipe that nobody reads any more is no fault, which click would call status 1."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            raise NobodyReads from None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the verbs without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl(list(VERBS.items()))


@click.group(
    cls=Verbs,
    epilog="FLOW is FILE.py:NAME or package.module:NAME; `:NAME` may be left out when there is one flow.",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)
@click.version_option(VERSION, "--version", message="flowcc %(version)s")
def cli() -> None:
    """Compile ordinary Python functions over collections into fast, exact dataflows."""


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and leave with its exit status."""
    sys.exit(run(arguments))


def run(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit status."""
    try:
        status = cli.main(args=arguments, prog_name="flowcc", standalone_mode=False)
        sys.stdout.flush()
    except click.ClickException as wrong:
        wrong.show()
        return 2
    except (KeyboardInterrupt, click.Abort):
        click.echo("interrupted", err=True)
        return INTERRUPTED
    except (NobodyReads, BrokenPipeError):
        _silence_stdout()
        return BROKEN_PIPE
    return status if isinstance(status, int) else 0


def _silence_stdout() -> None:
    """Nobody reads any more: let the interpreter's own flush at exit go nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
