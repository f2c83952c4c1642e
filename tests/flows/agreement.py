"""Run one program in every way there is, and say where two of them differ."""

from __future__ import annotations

import itertools
import linecache
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from flowcc import FlowError, threads
from flowcc.compiler import Compiled, compile_flow
from flowcc.environment import Environment
from flowcc.frontend.parse import parse_function
from flowcc.interpret import interpret
from flowcc.ir import Flow
from flowcc.passes.pipeline import IN_PROCESS, PIPELINE
from flowcc.show import show
from flowcc.verify import verify
from tests.flows.compare import agree
from tests.flows.grammar import Program

MEMBERS = (1, 2, 3)
_NUMBERS = itertools.count()


@dataclass(frozen=True)
class Outcome:
    """What a run gave, or the exception it ended with."""

    value: object = None
    error: Exception | None = None

    def __str__(self) -> str:
        return f"raises {self.error!r}" if self.error is not None else repr(self.value)


def outcome(function: Callable[[], object]) -> Outcome:
    """Return what a call gives or raises."""
    try:
        return Outcome(function())
    except FlowError:
        raise
    except AssertionError:
        raise
    except Exception as error:
        return Outcome(error=error)


@contextmanager
def imported(program: Program) -> Iterator[tuple[str, dict[str, Any]]]:
    """Run the module of ``program`` from a file name that `linecache` knows for as long as this lasts."""
    filename = f"<program {next(_NUMBERS)}>"
    linecache.cache[filename] = (len(program.source), None, program.source.splitlines(keepends=True), filename)
    names: dict[str, Any] = {"__name__": "program"}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SyntaxWarning)  # `0 is None` is odd, but Python
            exec(compile(program.source, filename, "exec", dont_inherit=True), names)
        yield filename, names
    finally:
        del linecache.cache[filename]


def compiled(program: Program, filename: str, names: dict[str, Any]) -> Compiled:
    """Compile the flow ``f`` of a program; raises `FlowError` when it is refused."""
    environment = Environment(filename, program.source, names)
    return compile_flow(parse_function(program.source, filename, "f"), environment, on_error=names["f"].on_error)


def steps_of(flow: Flow) -> Iterator[tuple[str, Flow, tuple[int, ...]]]:
    """Give the flow as written, and after each pass that changes it, verified; with the numbers of members to try."""
    yield "as written", flow, MEMBERS
    for passes, members in ((PIPELINE, MEMBERS), (IN_PROCESS, (1,))):
        before = flow
        for step in passes:
            after = step(before)
            if after != before:
                verify(after)
                yield f"after {step.__name__}", after, members
            before = after


def check_program(program: Program) -> bool:
    """Compare every way to run ``program``; False when it is refused, AssertionError where two ways differ."""
    with imported(program) as (filename, names):
        try:
            done = compiled(program, filename, names)
        except FlowError:
            return False
        expected = _expected(program, done, names)
        for name, flow, sizes_tried in steps_of(done.written):
            for members in sizes_tried:
                sizes = {"Clerks": members, "Counters": members}
                found = outcome(lambda: interpret(flow, program.arguments, done.environment, sizes, seed=members))  # noqa: B023
                _compare(program, expected, found, f"interpreted {name}, with {members} members", flow)
        found = outcome(lambda: names["f"](**_copies(program)))
        _compare(program, expected, found, "called in this process", done.in_process)
        found = outcome(lambda: names["f"](**{name: Cut(items) for name, items in program.arguments.items()}))
        _compare(program, expected, found, "called with arguments in many batches", done.in_process)
        return True


def _expected(program: Program, done: Compiled, names: dict[str, Any]) -> Outcome:
    """Return what plain Python gives; where failing items are left out, what the reference meaning does."""
    if done.written.on_error != "raise":
        return outcome(lambda: interpret(done.written, program.arguments, done.environment))
    found = outcome(lambda: names["f"].plain(**_copies(program)))
    assert found.error is None or program.partial, f"the grammar is wrong: {found}\n{program.text}"
    return found


class Cut:
    """An argument that arrives in batches of one, two and three items."""

    def __init__(self, items: list[object]) -> None:
        self.items = items

    def __iter__(self) -> Iterator[object]:
        return iter(self.items)

    def batches(self, share: int, shares: int) -> Iterator[list[object]]:
        """Give the items of one share, a few at a time."""
        rest = iter(self.items[share::shares])
        for size in itertools.cycle((1, 2, 3)):
            batch = list(itertools.islice(rest, size))
            if not batch:
                return
            yield batch


def check_on_stages(program: Program, members: int) -> bool:
    """Compare a run on real stages with the plain call; False when the program is refused."""
    with imported(program) as (filename, names):
        try:
            done = compiled(program, filename, names)
        except FlowError:
            return False
        expected = outcome(lambda: names["f"].plain(**_copies(program)))
        sizes = dict.fromkeys(clusters_of(done.written), members)
        found = outcome(lambda: names["f"].run(**_copies(program), on=threads(), members=sizes))
        _compare(program, expected, found, f"run on threads, with {members} members", done.rewritten)
        return True


def clusters_of(flow: Flow) -> set[str]:
    """Return the names of the clusters of a flow."""
    return {op.out.facts.place.name for op in flow.ops if op.out.facts.place.is_cluster}


def _copies(program: Program) -> dict[str, list[object]]:
    return {name: list(items) for name, items in program.arguments.items()}


def _compare(program: Program, expected: Outcome, found: Outcome, way: str, flow: Flow) -> None:
    if expected.error is None and found.error is None:
        same = agree(expected.value, found.value, program.ordered)
    else:
        same = type(expected.error) is type(found.error)
    if not same:
        given = f"{program.text}arguments: {program.arguments}"
        raise AssertionError(f"{way}:\n{given}\nexpected {expected}\ngot      {found}\n{show(flow)}") from found.error
