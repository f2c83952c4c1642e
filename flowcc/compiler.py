"""Every phase, from source to program: parse → lower → check → rewrite → emit, or split and build."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from flowcc.algebra.names import Names
from flowcc.annotated import NOTHING, Annotation, result_specs
from flowcc.backend.emit import emit_here, emit_local
from flowcc.depth import deep_expressions
from flowcc.diagnostics import FlowError
from flowcc.environment import Environment
from flowcc.few import Few, few_of, quicker_of
from flowcc.frontend.lower import Lowered, lower
from flowcc.frontend.meanings import is_home
from flowcc.frontend.parse import ParsedFunction, parse_function
from flowcc.ir import Flow, Program
from flowcc.passes.check_claims import check_claims
from flowcc.passes.pipeline import IN_PROCESS, rewrite, run_checks
from flowcc.passes.split import split
from flowcc.quicker import Quicker
from flowcc.runtime.results import ResultSpec
from flowcc.verify import verify

if TYPE_CHECKING:
    from flowcc.report import CheckReport
    from flowcc.runtime.stage import Stage


@dataclass(frozen=True)
class Compiled:
    """A flow after its checks; what it is compiled to is made when it is first asked for."""

    written: Flow
    environment: Environment
    returns: Annotation = NOTHING  # what the results are annotated with

    @cached_property
    @deep_expressions()
    def few(self) -> Few:
        """What the plain function gives, for calls on a few items."""
        return few_of(self.written)

    @cached_property
    def specs(self) -> tuple[ResultSpec, ...]:
        """What each result is to be handed over as."""
        return result_specs(self.written, self.returns)

    @cached_property
    @deep_expressions()
    def quicker(self) -> Quicker:
        """Which calls are for the plain function."""
        return quicker_of(self.written)

    @cached_property
    @deep_expressions()
    def in_process(self) -> Flow:
        """The flow as a call in this process runs it."""
        flow = rewrite(self.written, IN_PROCESS)
        verify(flow)
        return flow

    @cached_property
    @deep_expressions()
    def rewritten(self) -> Flow:
        """The flow as its stages run it."""
        flow = rewrite(self.written)
        verify(flow)
        return flow

    @cached_property
    @deep_expressions()
    def program(self) -> Program:
        """The flow split into one stage a place."""
        return split(self.rewritten)

    @cached_property
    def local(self) -> Callable[[Stage], None]:
        """The function that wires all places up as one stage in this process."""
        wire: Callable[[Stage], None] = self.local_names[self.written.name]
        return wire

    @cached_property
    @deep_expressions()
    def local_names(self) -> Mapping[str, Any]:
        """The names of the module that is emitted for this process: its stage's function and its kernels."""
        text, filename = emit_local(self.in_process, self.environment)
        namespace: dict[str, Any] = self.environment.namespace()
        exec(compile(text, filename, "exec", dont_inherit=True), namespace)
        return namespace

    @cached_property
    @deep_expressions()
    def here(self) -> ModuleType:
        """The caller's own stage of a run, over live names: what it makes is of the caller's own classes."""
        text, filename = emit_here(self.program, self.environment)
        module = ModuleType(f"{self.written.name}_here")
        vars(module).update(self.environment.namespace())
        exec(compile(text, filename, "exec", dont_inherit=True), vars(module))
        return module

    @deep_expressions()
    def check_strict(self) -> Compiled:
        """Return this flow when all its comprehensions have kernels; raises `FlowError` (F402)."""
        from flowcc.strict import check_strict  # the translator of kernels, which few flows need before they are hot

        found = check_strict(self.in_process, self.environment, self.local_names)
        if found:
            raise FlowError(found, {self.environment.filename: self.environment.text})
        return self

    @deep_expressions()
    def build(self, out: Path, *, drawn: bool = True) -> None:
        """Write the folder that runs on its own: plan, one module a place, definitions and, ``drawn``, the graph."""
        from flowcc.backend.build import write_build  # graphs and copies of definitions, which a call needs none of

        write_build(self.program, self.environment, out, drawn=drawn)

    @deep_expressions()
    def report(self) -> CheckReport:
        """Return what is kept of order, delivery and ends, and every claim."""
        from flowcc.report import CheckReport  # what is said of a flow, which a call needs none of

        return CheckReport(self.written, Names(self.environment, is_home))


@deep_expressions()
def compile_flow(
    function: ParsedFunction,
    environment: Environment,
    values: Mapping[str, object] | None = None,
    on_error: str = "raise",
) -> Compiled:
    """Compile a parsed function; ``values`` are the parameters that are no collections.

    Raises `FlowError` with all faults of the first phase that finds any.
    """
    lowered: Lowered = lower(function, environment, values, on_error)
    names = Names(lowered.environment, is_home)
    found = [
        *run_checks(lowered.flow, names),
        *check_claims(lowered.flow, lowered.environment),
    ] or lowered.broken_promises
    if found:
        raise FlowError(found, {environment.filename: environment.text})
    verify(lowered.flow)
    return Compiled(lowered.flow, lowered.environment)


def check_source(text: str, filename: str, name: str) -> CheckReport:
    """Compile the top-level function ``name`` of a source text as if it carried ``@flow``; nothing of it is run.

    Returns the report, or raises `FlowError` with spans in ``filename``.
    """
    environment = Environment(filename, text, live=False)
    return compile_flow(parse_function(text, filename, name), environment).report()
