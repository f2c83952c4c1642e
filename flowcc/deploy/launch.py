"""Run a build folder: check it, start its stages where the target says, run the caller's part, stop everything."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from flowcc.deploy.caller import Caller, Outcome, Progress, Sink
from flowcc.deploy.crew import Crew
from flowcc.deploy.modules import load_module, records_of
from flowcc.deploy.orders import Orders
from flowcc.deploy.plan import Plan, SourcePlan, StagePlan, read_plan, result_route, wire
from flowcc.deploy.targets import Processes, Target
from flowcc.runtime.batches import Batch
from flowcc.runtime.channels.loop import Waker
from flowcc.runtime.channels.transport import Link, Loopback, bind, open_socket
from flowcc.runtime.channels.wiring import HERE, Wiring, link_name
from flowcc.runtime.local import PLAIN, Rows, batches_of
from flowcc.runtime.results import Handover


def launch(
    build: Path,
    arguments: Mapping[str, object],
    *,
    members: Mapping[str, int],
    on: Target,
    records: Mapping[str, type],
    here: ModuleType | None = None,
) -> Any:
    """Run a bounded flow from its build folder and return its result; all else as in `launch_counted`."""
    return launch_counted(build, arguments, members=members, on=on, records=records, here=here).result


def launch_counted(
    build: Path,
    arguments: Mapping[str, object],
    *,
    members: Mapping[str, int],
    on: Target,
    records: Mapping[str, type],
    here: ModuleType | None = None,
    sink: Sink | None = None,
    progress: Progress | None = None,
    temporary: Path | None = None,
    jit: tuple[str, str, float] | None = None,
    rows: Rows | None = None,
    handover: Handover = PLAIN,
) -> Outcome:
    """Run a bounded flow from its build folder; return its result and what was counted.

    ``arguments`` are items (anything iterable) or sources; ``records`` are the caller's own classes by name, of which
    values and exceptions are made here; ``here`` is the caller's own stage, where it is not to be loaded from the
    folder. ``sink`` gets each item that a flow with ``on_error=sink`` leaves out, and the exception where it can be had
    here; ``progress`` is called now and then with the number of items seen at each place; ``temporary`` is removed
    should the caller be killed; ``jit`` names (as ``module:name``) what compiles hot element code in the stages, its
    mode, and the seconds that stages of earlier runs have worked; ``rows`` are the records that rows of tables become;
    ``handover`` says which results are handed over as columns.
    Raises `FlowError` for a wrong folder, wrong members or a dead stage, and what element code raised as itself.
    """
    plan = read_plan(build)
    run = _Run(build, plan, wire(plan, members), arguments, progress is not None, jit, rows or {})
    inputs = run.inputs()
    own = next((stage for stage in plan.stages if stage.place == HERE), None)
    if own is not None and here is None:
        here = load_module(build, own.module, plan.key)
    classes = {**(records_of(here) if here is not None else {}), **records}
    waker = Waker()
    crew = crew_of(on, waker, temporary)
    try:
        crew.spawn(list(run.wiring.everyone())[1:])
        links, addresses = run.bind(crew)
        crew.start(list(run.orders(crew, addresses)))
        return Caller(plan, run.wiring, links, classes, waker, sink, progress, handover).run(crew, here, inputs, jit)
    finally:
        crew.stop()
        waker.close()


def crew_of(target: Target, waker: Waker, temporary: Path | None = None) -> Crew:
    """Return the crew that runs where ``target`` says, and wakes the caller when a member dies."""
    if isinstance(target, Processes):
        from flowcc.deploy.in_processes import ProcessCrew

        return ProcessCrew(target.transport, waker, temporary)
    from flowcc.deploy.in_threads import ThreadCrew

    return ThreadCrew(waker)


@dataclass(frozen=True, slots=True)
class _Run:
    """What a run is made of before anything is started."""

    build: Path
    plan: Plan
    wiring: Wiring
    arguments: Mapping[str, object]
    tells: bool
    jit: tuple[str, str, float] | None
    rows: Rows

    def inputs(self) -> dict[str, Iterator[Batch]]:
        """Return the arguments that are read here; raises `FlowError` (F520) for one that cannot be."""
        return {
            each.name: batches_of(each.name, self.arguments[each.name], row=self.rows.get(each.name), only=each.only)
            for each in self.plan.sources
            if self._is_read_here(each)
        }

    def _is_read_here(self, source: SourcePlan) -> bool:
        """Whether items are sent to their owner, which opens a source of files itself."""
        given = self.arguments[source.name]
        return source.place == HERE or not hasattr(given, "to_plan") or bool(getattr(given, "only_here", False))

    def bind(self, crew: Crew) -> tuple[dict[int, Link | Loopback], dict[int, str]]:
        """Return the caller's links, and where each listens."""
        links: dict[int, Link | Loopback] = {}
        addresses: dict[int, str] = {}
        for peer in self.wiring.peers_of_caller():
            socket = open_socket(crew.context)
            links[peer] = Link(socket, self.plan.key)
            addresses[peer] = bind(socket, crew.way, link_name(0, peer))
        if any(route.sender == route.receiver == HERE for route in self.wiring.routes):
            links[0] = Loopback()
        return links, addresses

    def orders(self, crew: Crew, addresses: Mapping[int, str]) -> Iterator[Orders]:
        """Give the orders of all members but the caller, in the order of their numbers."""
        for stage in self.plan.stages:
            if stage.place != HERE:
                for member in range(self.wiring.members[stage.place]):
                    address = addresses[self.wiring.address(stage.place, member)]
                    yield self._orders(stage, member, crew, address)

    def _orders(self, stage: StagePlan, member: int, crew: Crew, address: str) -> Orders:
        plan = self.plan
        sources = {
            source.name: None if self._is_read_here(source) else self._described(source.name)
            for source in plan.sources
            if source.place == stage.place
        }
        results = tuple(result_route(at) for at, place in enumerate(plan.result.places) if place == stage.place)
        return Orders(
            place=stage.place, member=member, members=dict(self.wiring.members), key=plan.key,
            routes=tuple((r.number, r.name, r.verb, r.sender, r.receiver) for r in self.wiring.routes),
            flow=plan.flow, filename=plan.file, folder=str(self.build.resolve()), module=stage.module,
            function=stage.function, shapes={channel.name: channel.shape for channel in plan.channels},
            results=results, sources=sources, on_error=plan.on_error, progress=self.tells,
            jit=self.jit, way=crew.way, caller=address,
        )  # fmt: skip

    def _described(self, name: str) -> Mapping[str, Any]:
        source: Any = self.arguments[name]
        described: Mapping[str, Any] = source.to_plan()
        return described
