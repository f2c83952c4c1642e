"""A chain of iterators, run in every way there is: what Python gives or raises."""

from __future__ import annotations

from collections.abc import Callable

from flowcc import FlowError, threads
from flowcc.compiler import compile_flow
from flowcc.environment import Environment
from flowcc.frontend.parse import parse_function
from flowcc.interpret import interpret
from tests.flows.agreement import Cut, steps_of
from tests.scopes.compare import flow_of


def outcome(call: Callable[[], object]) -> tuple[str, object]:
    """Return what a call gives, or the type of what it raises; which of several failing items comes first is open."""
    try:
        made = call()
    except (FlowError, AssertionError):
        raise
    except Exception as error:
        return type(error).__name__, None
    return "gives", made


def check(text: str, xs: list[int], ys: list[int], *, on_threads: bool = True) -> bool:
    """Compare all ways to run a program with Python; False where it is refused."""
    with flow_of(text) as flowing:
        plain = flowing.plain
        expected = outcome(lambda: plain(list(xs), list(ys)))
        environment = Environment(plain.__code__.co_filename, text, plain.__globals__)
        try:
            done = compile_flow(parse_function(text, environment.filename, "flowing"), environment)
        except FlowError:
            return False
        ways = {
            "called": lambda: flowing(list(xs), list(ys)),
            "called in small batches": lambda: flowing(Cut(list(xs)), Cut(list(ys))),
        }
        if on_threads:
            ways["run on threads"] = lambda: flowing.run(list(xs), list(ys), on=threads())
        found = {way: outcome(call) for way, call in ways.items()}
        for name, flow, _ in steps_of(done.written):
            given = {"xs": list(xs), "ys": list(ys)}
            found[f"interpreted {name}"] = outcome(lambda: interpret(flow, given, done.environment))  # noqa: B023
        differing = {way: each for way, each in found.items() if each != expected}
        assert not differing, f"{text}\nxs={xs}, ys={ys}\nexpected {expected}\ngot {differing}"
        return True
