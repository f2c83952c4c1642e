"""Run a build folder: check it, start its stages where the target says, run the caller's part, stop everything."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from flowcc.deploy.caller import Caller
from flowcc.deploy.crew import Crew
from flowcc.deploy.modules import load_module, records_of
from flowcc.deploy.orders import Orders
from flowcc.deploy.plan import Plan, SourcePlan, StagePlan, read_plan, result_route, wire
from flowcc.deploy.targets import Processes, Target
from flowcc.runtime.batches import Batch, pulls
from flowcc.runtime.channels.loop import Waker
from flowcc.runtime.channels.transport import Link, Loopback, bind, open_socket
from flowcc.runtime.channels.wiring import HERE, Wiring, link_name
from flowcc.runtime.sources.describe import Source


def launch(
    build: Path,
    arguments: Mapping[str, object],
    *,
    members: Mapping[str, int],
    on: Target,
    records: Mapping[str, type],
    here: ModuleType | None = None,
) -> Any:
    """Run a bounded flow from its build folder and return its result.

    ``arguments`` are items (anything iterable) or sources; ``records`` are the caller's own classes by name, of which
    values are made here; ``here`` is the caller's own stage, where it is not to be loaded from the folder.
    Raises `FlowError` for a wrong folder, wrong members or a dead stage, and what element code raised as itself.
    """
    plan = read_plan(build)
    wiring = wire(plan, members)
    own = next((stage for stage in plan.stages if stage.place == HERE), None)
    if own is not None and here is None:
        here = load_module(build, own.module, plan.key)
    classes = {**(records_of(here) if here is not None else {}), **records}
    waker = Waker()
    crew = crew_of(on, waker)
    try:
        links, addresses = _bind_links(plan, wiring, crew)
        crew.start([_orders(build, plan, wiring, stage, member, arguments, crew, addresses)
                    for stage, member in _others(plan, wiring)])  # fmt: skip
        inputs = {source.name: _batches(arguments[source.name])
                  for source in plan.sources if _is_read_here(source, arguments)}  # fmt: skip
        return Caller(plan, wiring, links, classes, waker).run(crew, here, inputs)
    finally:
        crew.stop()
        waker.close()


def crew_of(target: Target, waker: Waker) -> Crew:
    """Return the crew that runs where ``target`` says, and wakes the caller when a member dies."""
    if isinstance(target, Processes):
        from flowcc.deploy.in_processes import ProcessCrew

        return ProcessCrew(target.transport, waker)
    from flowcc.deploy.in_threads import ThreadCrew

    return ThreadCrew()


def _bind_links(plan: Plan, wiring: Wiring, crew: Crew) -> tuple[dict[int, Link | Loopback], dict[int, str]]:
    links: dict[int, Link | Loopback] = {}
    addresses: dict[int, str] = {}
    for peer in wiring.peers_of_caller():
        socket = open_socket(crew.context)
        links[peer] = Link(socket, plan.key)
        addresses[peer] = bind(socket, crew.way, link_name(0, peer))
    if any(route.sender == route.receiver == HERE for route in wiring.routes):
        links[0] = Loopback()
    return links, addresses


def _others(plan: Plan, wiring: Wiring) -> Iterator[tuple[StagePlan, int]]:
    """Give all members but the caller, in the order of their numbers."""
    for stage in plan.stages:
        if stage.place != HERE:
            for member in range(wiring.members[stage.place]):
                yield stage, member


def _orders(
    build: Path, plan: Plan, wiring: Wiring, stage: StagePlan, member: int, arguments: Mapping[str, object],
    crew: Crew, addresses: Mapping[int, str],
) -> Orders:  # fmt: skip
    sources = {
        source.name: None if _is_read_here(source, arguments) else _described(arguments[source.name])
        for source in plan.sources
        if source.place == stage.place
    }
    return Orders(
        place=stage.place, member=member, members=dict(wiring.members), key=plan.key,
        routes=tuple((r.number, r.name, r.verb, r.sender, r.receiver, r.ordered) for r in wiring.routes),
        flow=plan.flow, filename=plan.file, folder=str(build.resolve()), module=stage.module, function=stage.function,
        shapes={channel.name: channel.shape for channel in plan.channels},
        results=tuple(result_route(at) for at, place in enumerate(plan.result.places) if place == stage.place),
        sources=sources, on_error=plan.on_error, scheme=crew.way.scheme, where=crew.way.where,
        caller=addresses[wiring.address(stage.place, member)],
    )  # fmt: skip


def _is_read_here(source: SourcePlan, arguments: Mapping[str, object]) -> bool:
    given = arguments[source.name]
    return source.place == HERE or not isinstance(given, Source) or given.only_here


def _described(source: object) -> Mapping[str, Any]:
    assert isinstance(source, Source)
    return source.to_plan()


def _batches(argument: object) -> Iterator[Batch]:
    """Return an argument in batches: a source's own, a list as it is, columns of arrays, anything else item by item."""
    if isinstance(argument, Source):
        return iter(argument.batches())
    if isinstance(argument, list):
        return iter([argument])
    if hasattr(argument, "__array__") or hasattr(argument, "__arrow_c_stream__"):
        from flowcc.runtime.arrays import batch_of  # loads NumPy, which who has an array has loaded

        batch = batch_of(argument)
        if batch is not None:
            return iter([batch])
    return pulls(iter(argument))  # type: ignore[call-overload]
