"""`flowcc completion SHELL`: the script that makes a shell complete verbs, options, files and flows."""

from __future__ import annotations

import click


@click.command(name="completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> None:
    r"""Print the completion script of SHELL.

    \b
    bash:  eval "$(flowcc completion bash)"
    zsh:   eval "$(flowcc completion zsh)"
    fish:  flowcc completion fish | source
    """
    from click.shell_completion import get_completion_class

    from flowcc.cli.main import cli

    found = get_completion_class(shell)
    assert found is not None, shell
    click.echo(found(cli, {}, "flowcc", "_FLOWCC_COMPLETE").source())
