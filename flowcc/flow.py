"""``@flow`` and what it gives: a function that keeps its meaning and can be checked, compiled and run on stages."""

from __future__ import annotations

import inspect
import linecache
from collections.abc import Callable, Mapping
from functools import update_wrapper
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FunctionType
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, Protocol, TypeVar, overload

if TYPE_CHECKING:
    from flowcc.backend.graph import Graph
    from flowcc.compiler import Compiled
    from flowcc.deploy.targets import Target
    from flowcc.frontend.names import FlowSource
    from flowcc.last_run import LastRun
    from flowcc.places import Place
    from flowcc.report import CheckReport, ExplainReport
    from flowcc.signature import Signature

P = ParamSpec("P")
R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)
HOT = "flowcc.backend.kernels.hot:Hot"  # what compiles element code on a stage


class ErrorSink(Protocol):
    """Where ``@flow(on_error=sink)`` puts the items that element code failed on."""

    def write(self, item: object, error: BaseException, line: int, operator: str) -> None:
        """Keep one failed item."""


class Flow(Generic[P, R_co]):
    """A flow: call it like the function it was, or check, explain, draw, compile and run it.

    Nothing is done until it is used; it is compiled once per kind of arguments.
    """

    def __init__(
        self, function: Callable[P, R_co], on_error: str | ErrorSink = "raise", strict: bool = False, jit: str = "auto"
    ) -> None:
        self.plain = function
        self.on_error = on_error
        self.strict = strict
        self.jit = jit
        update_wrapper(self, function)
        self._made: Signature | None = None
        self._staged = 0.0  # seconds that stages have worked
        self.last_run: LastRun | None = None  # set by runs on stages, and by calls that may leave items out

    @property
    def _signature(self) -> Signature:
        if self._made is None or not self._made.is_current():
            from flowcc.signature import signature_of

            self._made = signature_of(self)
        return self._made

    @property
    def __flow_source__(self) -> FlowSource:
        """Where the function is written and what its names stand for, read anew where they may have changed."""
        from flowcc.environment import environment_of
        from flowcc.frontend.names import FlowSource

        function = self.plain
        assert isinstance(function, FunctionType)
        filename, text = source_text(function)
        return FlowSource(function.__name__, function.__code__.co_firstlineno, environment_of(function, filename, text))

    @property
    def parameters(self) -> list[tuple[str, str, bool, object]]:
        """Name, annotation, whether it is a collection, and default (``inspect.Parameter.empty``) of each parameter."""
        return self._signature.described()

    def __call__(self, *args: Any, **kwargs: Any) -> R_co:
        """Compile, once per kind of arguments, and run in this process.

        Collections may be lists, iterators, NumPy, Arrow, pandas and polars columns, or sources such as ``text(path)``:
        more than the function's own annotations say, hence `Any`. Results are plain Python values; where columns came
        in, collections that are not annotated as lists stay columns: numbers an array where NumPy's came, all else a
        sequence that reads as the list does and has ``to_arrow``, ``to_numpy``, ``to_pandas`` and ``to_polars``.
        """
        return self._signature.call(args, kwargs)  # type: ignore[no-any-return]

    def run(
        self,
        *args: Any,
        on: Target | None = None,
        members: Mapping[type[Place] | str, int] | None = None,
        **kwargs: Any,
    ) -> R_co:
        """Run on real stages: ``on`` is ``threads()`` (the default) or ``processes()``; ``members`` by place or name.

        Results are of the kinds that a call returns. Raises `FlowError` for faults, and what element code raises as
        itself, with a note saying where.
        """
        from flowcc.deploy.targets import threads

        on = threads() if on is None else on
        on.prepare()  # which goes on while this is imported and compiled
        from flowcc.deploy.launch import launch_counted
        from flowcc.last_run import LastRun, keeper_of
        from flowcc.progress import progress_bar
        from flowcc.records import records_of

        compiled, arguments = self._signature.bind(args, kwargs)
        sizes = {place if isinstance(place, str) else place.__name__: n for place, n in (members or {}).items()}
        here = compiled.here  # all that takes long before anything is written
        with TemporaryDirectory(prefix="flowcc-") as folder, progress_bar(self.plain.__name__) as progress:
            build = Path(folder) / "build"
            compiled.build(build, drawn=False)
            outcome = launch_counted(
                build,
                arguments,
                members=sizes,
                on=on,
                records=records_of(compiled.environment),
                here=here,
                jit=None if self.jit == "never" else (HOT, self.jit, self._staged),
                sink=keeper_of(self.on_error),
                progress=progress,
                temporary=Path(folder),
                rows=self._signature.rows,
                handover=self._signature.handover(compiled, arguments),
            )
            self._staged += outcome.seconds
        self.last_run = LastRun(outcome.seen, outcome.skipped)
        result: R_co = outcome.result
        return result

    def check(self, **values: Any) -> CheckReport:
        """Return the guarantees, or raise `FlowError` with every fault; ``values`` are parameters that do not flow."""
        return self._compile(values).report()

    def explain(self, **values: Any) -> ExplainReport:
        """Return the operators as they run, and what runs each of them and why."""
        from flowcc.report import ExplainReport

        compiled = self._compile(values)
        runs, plain_calls = self._signature.runs(), self._signature.plain_calls
        return ExplainReport(compiled.written, compiled.in_process, runs, plain_calls, self._signature.called)

    def graph(self, **values: Any) -> Graph:
        """Return the dataflow, to draw as Mermaid, DOT, SVG or JSON; draws itself in a notebook."""
        from flowcc.backend.graph import graph_of

        return graph_of(self._compile(values).written)

    def compile(self, out: str | Path, **values: Any) -> Path:
        """Write the staged program into the folder ``out``: `plan.json` and one readable module a place."""
        path = Path(out)
        self._compile(values).build(path)
        return path

    def start(self, *args: Any, **kwargs: Any) -> Any:
        """Live runs are not part of this version: raises `FlowError` (F109)."""
        raise self._not_yet("start")

    def simulate(self, *args: Any, **kwargs: Any) -> Any:
        """Simulated runs are not part of this version: raises `FlowError` (F109)."""
        raise self._not_yet("simulate")

    def _not_yet(self, name: str) -> Exception:
        from flowcc.diagnostics import FlowError
        from flowcc.frontend.faults import no_live_runs

        return FlowError([no_live_runs(f"{self.__name__}.{name}")])  # type: ignore[attr-defined]

    def _compile(self, values: Mapping[str, object]) -> Compiled:
        return self._signature.compiled(dict(values))

    def _repr_html_(self) -> str:
        return self.graph().svg()

    def __repr__(self) -> str:
        return f"<flow {self.plain.__module__}.{self.plain.__qualname__}>"


def source_text(function: FunctionType) -> tuple[str, str]:
    """Return the file name and whole text that a function was compiled from; raises `FlowError` (F108) without one."""
    from flowcc.diagnostics import FlowError
    from flowcc.frontend.faults import no_source

    filename = inspect.getsourcefile(function) or function.__code__.co_filename
    linecache.checkcache(filename)
    lines = linecache.getlines(filename, function.__globals__)
    if not lines:
        raise FlowError([no_source(function.__name__)])
    return filename, "".join(lines)


@overload
def flow(function: Callable[P, R], /) -> Flow[P, R]: ...
@overload
def flow(
    *, on_error: str | ErrorSink = "raise", strict: bool = False, jit: str = "auto"
) -> Callable[[Callable[P, R]], Flow[P, R]]: ...
def flow(
    function: Any = None, /, *, on_error: str | ErrorSink = "raise", strict: bool = False, jit: str = "auto"
) -> Any:
    """Make a flow of an ordinary function.

    ``on_error`` says what an exception in element code does: ``"raise"`` reaches the caller, ``"skip"`` leaves the item
    out and counts it, a sink also keeps it. ``strict`` refuses element code that would not run as machine code.
    ``jit`` is ``"auto"`` (compile what proves hot), ``"always"`` or ``"never"``.
    """
    if on_error not in ("raise", "skip") and not hasattr(on_error, "write"):
        raise ValueError(f'on_error is "raise", "skip" or a sink with `write`, not {on_error!r}')
    if jit not in ("auto", "always", "never"):
        raise ValueError(f'jit is "auto", "always" or "never", not {jit!r}')
    if function is None:
        return lambda decorated: Flow(decorated, on_error, strict, jit)
    if not isinstance(function, FunctionType):
        raise TypeError(f"@flow takes a function, not {function!r}")
    return Flow(function, on_error, strict, jit)
