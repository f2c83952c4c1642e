"""`flowcc check FLOW`: what is guaranteed, or every fault that stands in the way."""

from __future__ import annotations

import click

from flowcc.cli.arguments import set_option, settings_of
from flowcc.cli.program import find_flow, flow_argument
from flowcc.cli.report import ending, json_option, show_report


@click.command(name="check")
@flow_argument
@set_option
@json_option
def command(target: str, values: tuple[str, ...], as_json: bool) -> int:
    """Say what is guaranteed of FLOW: order, delivery, whether it ends, every `because` and every algebraic law.

    Status 1 when the program is refused; all its faults then stand on standard error.
    """
    with ending(as_json=as_json) as end:
        flow = find_flow(target)
        show_report(flow.check(**settings_of(flow, values)), as_json=as_json)
    return end.status
