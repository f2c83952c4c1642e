"""What can be wrong when a program is written out: element code that cannot travel, and folders in the way."""

from __future__ import annotations

from flowcc.diagnostics import Diagnostic, Label
from flowcc.source import NOWHERE, Span


def cannot_be_carried(name: str, what: str, used: Span, through: str) -> Diagnostic:
    """F403: element code names something that no source text or literal can make again elsewhere."""
    led_here = f" (by way of `{through}`)" if through and through != name else ""
    return Diagnostic(
        code="F403",
        title=f"`{name}` cannot be carried to another process: it is {what}",
        primary=None if used == NOWHERE else Label(used, f"needed here{led_here}"),
        subject=name,
        help="make it inside the function that uses it, pass it in as data, or put it in a module that can be imported",
    )


def two_meanings(name: str, used: Span) -> Diagnostic:
    """F403: two functions mean different things by one name that they take from around them."""
    return Diagnostic(
        code="F403",
        title=f"`{name}` cannot be carried to another process: two functions mean different things by it",
        primary=None if used == NOWHERE else Label(used, "both are needed here"),
        subject=name,
        help="give one of them another name",
    )


def not_a_build(folder: str, reason: str) -> Diagnostic:
    """F543: what is to be written over is not a folder that flowcc wrote."""
    return Diagnostic(
        code="F543",
        title=f"the build cannot be written there: {reason}",
        subject=folder,
        help="another folder, or take away what is there",
    )


def cannot_write(folder: str, reason: str) -> Diagnostic:
    """F544: the file system refuses the build folder."""
    return Diagnostic(
        code="F544",
        title=f"the build cannot be written: {reason}",
        subject=folder,
        help="a folder that can be written to, on a disk that has room",
    )
