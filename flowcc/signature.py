"""How a flow is called: arguments to parameters, which of them flow, and the compiled flow for their kind."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from time import perf_counter
from types import FunctionType
from typing import TYPE_CHECKING, Any, get_args

from flowcc.annotated import annotation_of, hint_of
from flowcc.compiler import Compiled, compile_flow
from flowcc.diagnostics import FlowError
from flowcc.few import NOT_FEW, calls_flows, count_of
from flowcc.frontend.lower import Parameter, new_product, parameters_of
from flowcc.frontend.lowering import Lowering
from flowcc.frontend.parse import parse_function
from flowcc.last_run import LastRun
from flowcc.outside import outside_of
from flowcc.runtime.local import Rows, run_here
from flowcc.runtime.results import Handover, first_columns

if TYPE_CHECKING:
    from flowcc.flow import Flow
    from flowcc.runtime.sources.rows import RowType

MISSING = inspect.Parameter.empty
SCALARS = (int, float, str, bytes, bool, type(None), complex, type, FunctionType)
MOST_KINDS = 256


def _always() -> bool:
    return True


class Signature:
    """The parameters of one flow, and what was compiled for the kinds of arguments seen so far."""

    def __init__(self, flow: Flow[..., Any], parameters: Sequence[Parameter], defaults: Mapping[str, object]) -> None:
        self.flow = flow
        self.parameters = parameters
        self.names = tuple(parameter.name for parameter in parameters)
        self.defaults = defaults
        self.flowing = frozenset(p.name for p in parameters if p.is_collection)
        self.undecided = frozenset(p.name for p in parameters if p.annotation.text == "")
        self.is_current = outside_of(flow.plain).is_same if isinstance(flow.plain, FunctionType) else _always
        self._compiled: dict[tuple[object, ...], Compiled] = {}
        self._may_be_few = flow.jit == "auto" and flow.on_error == "raise" and not calls_flows(flow.plain)
        self._only_data = self.flowing == set(self.names) and not self.undecided
        self._hot: Compiled | None = None
        self._jit: Any = None
        self.called = False  # in this process

    def call(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
        """Run in this process."""
        given = self._match(args, kwargs)
        compiled, arguments = (self._hot, given) if self._hot is not None else self._bind(given)
        handover = self.handover(compiled, arguments)
        rows = self.rows if any(type(argument) is not list for argument in arguments.values()) else {}
        items = count_of(arguments.values()) if self._may_be_few else None
        if items is None or not compiled.quicker.is_plain(items):
            return self._run(compiled, arguments, rows, handover, items)
        begun = perf_counter()
        answer = compiled.few.answer(self.flow.plain, given, arguments, rows, handover)
        if answer is NOT_FEW:
            return self._run(compiled, arguments, rows, handover, items)
        if items > compiled.quicker.always:
            self.jit.ran(perf_counter() - begun)
        compiled.quicker.took(items, True, perf_counter() - begun)
        return answer

    def handover(self, compiled: Compiled, arguments: Mapping[str, object]) -> Handover:
        """Return how the results of a call on these collections are handed over."""
        return Handover(compiled.specs, first_columns(arguments, compiled.specs), tuple(arguments.values()))

    def _run(
        self, compiled: Compiled, arguments: Mapping[str, object], rows: Rows, handover: Handover, items: int | None
    ) -> Any:
        self.called = True
        on_error: Any = self.flow.on_error
        skipped: dict[int, int] | None = None
        if on_error != "raise":
            skipped = {}
            self.flow.last_run = LastRun({}, skipped)
        begun = perf_counter()
        answer = run_here(
            compiled.local,
            arguments,
            flow=compiled.written.name,
            filename=compiled.environment.filename,
            on_error=on_error,
            jit=self.jit,
            skipped=skipped,
            rows=rows,
            handover=handover,
        )
        if items is not None:
            compiled.quicker.took(items, False, perf_counter() - begun)
        return answer

    @cached_property
    def rows(self) -> Mapping[str, RowType]:
        """What the items of each collection are declared to be, where that is a record: rows of tables become it."""
        from flowcc.runtime.tables import declared_row  # needs NumPy, which most calls do not

        found = {name: get_args(hint_of(self.flow.plain, name))[:1] for name in self.flowing}
        declared = {name: declared_row(item[0], name) for name, item in found.items() if item}
        return {name: row for name, row in declared.items() if row is not None}

    @property
    def jit(self) -> Any:
        """What compiles hot element code; None where the flow says never."""
        if self._jit is None and self.flow.jit != "never":
            self._jit = make_jit(self.flow.jit)
        return self._jit

    def runs(self) -> Mapping[int, Sequence[Mapping[str, object]]]:
        """What ran at each line in this process so far, for `explain`."""
        return {} if self._jit is None else runs_by_line(self._jit)

    @property
    def plain_calls(self) -> int:
        """How many calls the plain function took."""
        return sum(compiled.quicker.plain_calls for compiled in self._compiled.values())

    def bind(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> tuple[Compiled, Mapping[str, object]]:
        """Return the flow compiled for these arguments, and the collections among them by name.

        Raises TypeError as the function itself would.
        """
        return self._bind(self._match(args, kwargs))

    def _bind(self, given: Mapping[str, object]) -> tuple[Compiled, Mapping[str, object]]:
        flowing = self.flowing if not self.undecided else self._decided(given)
        values = {name: value for name, value in given.items() if name not in flowing}
        compiled = self.compiled(values, flowing)
        if self._only_data:
            self._hot = compiled
        return compiled, {name: given[name] for name in self.names if name in flowing}

    def _match(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, object]:
        if not kwargs and len(args) == len(self.names):
            return dict(zip(self.names, args, strict=True))
        bound = inspect.signature(self.flow.plain).bind(*args, **kwargs)
        return {**self.defaults, **bound.arguments}

    def _decided(self, given: Mapping[str, object]) -> frozenset[str]:
        """Parameters without an annotation flow when what is given for them can be gone over."""
        seen = {name for name in self.undecided if not isinstance(given[name], SCALARS) and _iterates(given[name])}
        return (self.flowing - self.undecided) | seen

    def compiled(self, values: Mapping[str, object], flowing: frozenset[str] | None = None) -> Compiled:
        """Return the flow compiled with these values of the parameters that do not flow."""
        key = _key(values)
        found = self._compiled.get(key) if key is not None else None
        if found is None:
            found = self._compile({**self._known_defaults(flowing), **values})
            if key is not None:
                if len(self._compiled) >= MOST_KINDS:
                    self._compiled.clear()
                self._compiled[key] = found
        return found

    def _known_defaults(self, flowing: frozenset[str] | None) -> dict[str, object]:
        flowing = self.flowing if flowing is None else flowing
        return {name: value for name, value in self.defaults.items() if name not in flowing}

    def _compile(self, values: Mapping[str, object]) -> Compiled:
        source = self.flow.__flow_source__
        parsed = parse_function(source.environment.text, source.environment.filename, source.name, source.line)
        on_error = self.flow.on_error if isinstance(self.flow.on_error, str) else "sink"
        compiled = compile_flow(parsed, source.environment, values, on_error)
        compiled = replace(compiled, returns=annotation_of(self.flow.plain, "return"))
        return compiled.check_strict() if self.flow.strict else compiled

    def described(self) -> list[tuple[str, str, bool, object]]:
        """Name, annotation, whether it is a collection, and default of each parameter."""
        return [
            (p.name, p.annotation.text, p.is_collection, self.defaults.get(p.name, MISSING)) for p in self.parameters
        ]


def make_jit(mode: Any) -> Any:
    """Return what compiles hot element code, imported only when a flow runs."""
    from flowcc.backend.kernels.hot import Hot

    return Hot(mode)


def runs_by_line(jit: Any) -> Mapping[int, Sequence[Mapping[str, object]]]:
    """Return what ran at each line."""
    by_line: Mapping[int, Sequence[Mapping[str, object]]] = jit.by_line()
    return by_line


def _iterates(value: object) -> bool:
    return hasattr(value, "__iter__") or hasattr(value, "batches") or hasattr(value, "__getitem__")


def _key(values: Mapping[str, object]) -> tuple[object, ...] | None:
    """Return a key that tells 1, 1.0 and True apart; None for values that cannot be compared cheaply."""
    key = tuple(
        (name, type(value), repr(value) if isinstance(value, tuple) else value) for name, value in values.items()
    )
    try:
        hash(key)
    except TypeError:
        return None
    return key


def signature_of(flow: Flow[..., Any]) -> Signature:
    """Return how a flow is called, from its annotations; raises `FlowError` for annotations that mean nothing."""
    source = flow.__flow_source__
    environment = source.environment
    parsed = parse_function(environment.text, environment.filename, source.name, source.line)
    lowering = Lowering(parsed, environment, new_product())
    parameters = parameters_of(lowering, {})
    if lowering.product.faults:
        raise FlowError(lowering.product.faults, {environment.filename: environment.text})
    signature = inspect.signature(flow.plain)
    defaults = {p.name: p.default for p in signature.parameters.values() if p.default is not MISSING}
    return Signature(flow, parameters, defaults)
