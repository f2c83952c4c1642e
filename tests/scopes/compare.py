"""A random nesting of functions, called in every way: what Python gives, or a fault that says why not."""

from __future__ import annotations

import itertools
import linecache
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import Enum
from typing import Any

from flowcc import FlowError, threads

_NUMBERS = itertools.count()
ARGUMENT = [3, 1, 0, 5, -2, 7, 4]


class Verdict(Enum):
    """What became of one program."""

    SAME = "same"
    REFUSED = "refused"
    FAILS = "fails in Python as well"
    ENDLESS = "calls itself without end in Python"


@contextmanager
def flow_of(text: str) -> Iterator[Any]:
    """Give the flow of a program, whose text `linecache` knows for as long as this lasts."""
    filename = f"<nesting {next(_NUMBERS)}>"
    linecache.cache[filename] = (len(text), None, text.splitlines(keepends=True), filename)
    names: dict[str, Any] = {"__name__": "nesting"}
    try:
        exec(compile(text, filename, "exec", dont_inherit=True), names)
        yield names["flowing"]
    finally:
        del linecache.cache[filename]


def outcome(call: Callable[[], object]) -> object:
    """Return what a call gives, or the name of the exception that it ends with."""
    try:
        return call()
    except (FlowError, AssertionError):
        raise
    except Exception as error:
        return type(error).__name__


def check(text: str, *, on_threads: bool = False) -> Verdict:
    """Compare one program; raises AssertionError where a call gives something else than Python."""
    with flow_of(text) as flowing:
        expected = outcome(lambda: flowing.plain(list(ARGUMENT)))
        if expected == "RecursionError":
            return Verdict.ENDLESS
        try:
            found = [outcome(lambda: flowing(list(ARGUMENT)))]
            if on_threads:
                found.append(outcome(lambda: flowing.run(list(ARGUMENT), on=threads())))
        except FlowError as error:
            _check_refusal(error, expected, text)
            return Verdict.REFUSED
        if expected in ("NameError", "UnboundLocalError") and not any(isinstance(each, str) for each in found):
            return Verdict.FAILS  # at a line whose value nothing reads, which a flow does not run
        assert all(each == expected for each in found), f"{text}\nexpected {expected}\ngot      {found}"
        return Verdict.FAILS if isinstance(expected, str) else Verdict.SAME


def _check_refusal(error: FlowError, expected: object, text: str) -> None:
    """A name is not bound yet, or it cannot be told which value is read."""
    for fault in error.diagnostics:
        unknown = fault.code == "F104" and fault.title.endswith("is read before it is bound")
        untold = fault.code == "F103" and fault.title.endswith("was bound again in between")
        assert unknown or untold, f"{text}\nexpected {expected}\nrefused: {error}"
