"""F55x: what can be wrong with a command line. One function a fault."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence

from flowcc.diagnostics import Diagnostic, Label
from flowcc.source import Span


def program_not_found(target: str, reason: str) -> Diagnostic:
    """F550: there is no file or module of that name, or it cannot be read."""
    return Diagnostic(
        code="F550",
        title=f"the program cannot be read: {reason}",
        subject=target,
        help="FILE.py:FLOW, or package.module:FLOW of an installed or reachable module",
    )


def flow_not_found(target: str, name: str, flows: Sequence[str]) -> Diagnostic:
    """F551: the program has no flow of that name, or none at all."""
    if name:
        title = f"the program has no `{name}`"
    else:
        title = "the program has no flow"
    return Diagnostic(
        code="F551", title=title, subject=target, help=_choose(name, flows, "put `@flow` above a function")
    )


def not_a_flow(target: str, name: str, kind: str, flows: Sequence[str]) -> Diagnostic:
    """F551: what has that name is something else."""
    return Diagnostic(
        code="F551",
        title=f"`{name}` is a {kind}, not a flow",
        subject=target,
        help=_choose(name, flows, f"put `@flow` above `{name}`") if flows else f"put `@flow` above `{name}`",
    )


def several_flows(target: str, flows: Sequence[str]) -> Diagnostic:
    """F552: the program has several flows and none was named."""
    return Diagnostic(
        code="F552",
        title=f"the program has {len(flows)} flows, and none is named",
        subject=target,
        help="one of " + ", ".join(f"{target}:{name}" for name in flows),
    )


def not_python(where: Span, message: str) -> Diagnostic:
    """F553: the file is not Python."""
    return Diagnostic(code="F553", title=f"the file is not Python: {message}", primary=Label(where))


def program_raises(target: str, error: str, where: Span | None) -> Diagnostic:
    """F554: the file raises an exception when it is loaded."""
    return Diagnostic(
        code="F554",
        title=f"the program raises {error} when it is loaded",
        primary=Label(where, "raised here") if where else None,
        subject=target,
        help="see that Python can import it; what is a script's work goes under `if __name__ == '__main__':`",
    )


def option_unreadable(option: str, given: str, form: str, reason: str = "") -> Diagnostic:
    """F555: an option is not of the form that it needs."""
    return Diagnostic(
        code="F555",
        title=f"`{given}` is not {form}" + (f": {reason}" if reason else ""),
        subject=option,
        help=f"{option} {form}",
    )


def unknown_name(option: str, name: str, kind: str, known: Iterable[str]) -> Diagnostic:
    """F556: an option names a parameter that the flow does not have."""
    return Diagnostic(
        code="F556",
        title=f"the flow has no {kind} `{name}`",
        subject=option,
        help=_choose(name, list(known), f"the flow has no {kind} at all: leave it out"),
    )


def wrong_option(option: str, name: str, right: str) -> Diagnostic:
    """F556: a parameter is given with the option for the other sort."""
    sort = "a collection" if right == "--in" else "no collection"
    return Diagnostic(code="F556", title=f"`{name}` is {sort}", subject=option, help=f"{right} {name}=…")


def missing_values(option: str, names: Sequence[str]) -> Diagnostic:
    """F557: a parameter without a default was given nothing."""
    return Diagnostic(
        code="F557",
        title="nothing is given for " + " and ".join(f"`{name}`" for name in names),
        subject=option,
        help=" ".join(f"{option} {name}=…" for name in names),
    )


def given_twice(option: str, name: str) -> Diagnostic:
    """F558: an option says two things about one name."""
    return Diagnostic(code="F558", title=f"`{name}` is given twice", subject=option, help=f"leave one {option} out")


def no_page(code: str, known: Sequence[str]) -> Diagnostic:
    """F559: there is no fault of that code."""
    return Diagnostic(
        code="F559", title=f"there is no fault {code}", subject="explain", help=_choose(code, known, "a code as F301")
    )


def _choose(name: str, known: Sequence[str], otherwise: str) -> str:
    """Name what may have been meant, or all there is."""
    close = difflib.get_close_matches(name, known, n=1) if name else []
    if close:
        return f"did you mean `{close[0]}`?"
    return "one of " + ", ".join(known) if known else otherwise
