"""The caller's part of a run: its own stage, arguments streamed to their owners, members connected, results taken."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from flowcc.deploy.attend import jit_of
from flowcc.deploy.crew import Crew
from flowcc.deploy.errors import rebuilt
from flowcc.deploy.interrupts import Interrupts
from flowcc.deploy.plan import Plan, result_route, source_route
from flowcc.runtime.batches import Batch
from flowcc.runtime.channels.codec import Codec
from flowcc.runtime.channels.exchange import Exchange, Message
from flowcc.runtime.channels.loop import Loop, Waker
from flowcc.runtime.channels.member import Intake, Member, channel_intake, source_intake
from flowcc.runtime.channels.transport import Link, Loopback
from flowcc.runtime.channels.wiring import HERE, Wiring
from flowcc.runtime.failures import Skipped, skipped_item
from flowcc.runtime.jit import Jit
from flowcc.runtime.local import PLAIN
from flowcc.runtime.narrow import narrow
from flowcc.runtime.results import Handover
from flowcc.runtime.stage import Stage
from flowcc.verbs import running_as

Progress = Callable[[Mapping[str, int]], None]
Sink = Callable[[Skipped, BaseException | None], object]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run gave: its result, items seen by place, items left out by line of the flow, and the longest work."""

    result: Any
    seen: Mapping[str, int]
    skipped: Mapping[int, int]
    seconds: float  # that the member with the most to do was at work


class Caller:
    """Runs in the thread that called, until all members are done or one has failed."""

    def __init__(
        self, plan: Plan, wiring: Wiring, links: dict[int, Link | Loopback], records: Mapping[str, type], waker: Waker,
        sink: Sink | None = None, progress: Progress | None = None, handover: Handover = PLAIN,
    ) -> None:  # fmt: skip
        self._plan = plan
        self._wiring = wiring
        self._records = records
        self._members = dict(enumerate(wiring.everyone()))
        self._exchange = Exchange(wiring, HERE, 0, links, Codec(records))
        self._loop = Loop(self._exchange, waker)
        self._bound: dict[int, dict[int, str]] = {}
        self._sink = sink
        self._handover = handover
        self._progress = progress
        self._seen: Counter[str] = Counter()  # items of members that are done
        self._seen_so_far: dict[int, int] = {}  # items of the others
        self._skipped: Counter[int] = Counter()
        self._at_work = set(self._members) - {0}
        self._seconds = 0.0
        self._shapes: dict[str, str] = {}
        self._results: dict[str, list[Batch]] = {}
        self._ended: dict[str, set[int]] = {}
        for at, place in enumerate(plan.result.places):
            if place != HERE:
                self._results[result_route(at)] = []
                self._ended[result_route(at)] = set()

    def run(
        self,
        crew: Crew,
        here: ModuleType | None,
        inputs: Mapping[str, Iterator[Batch]],
        jit: tuple[str, str, float] | None = None,
    ) -> Outcome:
        """Do the whole run; ``inputs`` are the arguments that are read here."""
        with Interrupts() as interrupts, running_as(0, self._wiring.members):
            stage = self._wire_up(here, jit_of(jit))
            member = Member(stage, self._exchange, self._wiring, list(self._intakes(stage, inputs)), {})
            stage.start()
            while not (member.finished and self._all_done):
                busy = member.step() | self._take_results()
                self._loop.turn(busy=busy)
                while self._exchange.messages:
                    self._hear(crew, *self._exchange.messages.popleft())
                crew.check()
                interrupts.check()
        self._done(0, member.items, stage.skipped)
        return Outcome(self._result(stage), dict(self._seen), dict(self._skipped), self._seconds)

    def _wire_up(self, here: ModuleType | None, jit: Jit | None) -> Stage:
        plan = self._plan
        shapes = {channel.name: channel.shape for channel in plan.channels}
        on_error = self if plan.on_error == "sink" else plan.on_error
        stage = Stage(
            flow=plan.flow, filename=plan.file, members=self._wiring.members, on_error=on_error,
            outlet=self._exchange, shapes=shapes, jit=jit,
        )  # fmt: skip
        own = next((each for each in plan.stages if each.place == HERE), None)
        if own is not None:
            assert here is not None
            getattr(here, own.function)(stage)
        return stage

    def _intakes(self, stage: Stage, inputs: Mapping[str, Iterator[Batch]]) -> Iterator[Intake]:
        for source in self._plan.sources:
            if source.name not in inputs:
                continue
            if source.place != HERE:
                batches = _narrowed(inputs[source.name], source.only)
                yield channel_intake(self._exchange, source_route(source.name), batches)
            elif source.name in stage.sources:
                yield source_intake(stage.sources[source.name], inputs[source.name])

    @property
    def _all_done(self) -> bool:
        return not self._at_work and all(
            len(members) == self._wiring.members[self._place_of(name)] for name, members in self._ended.items()
        )

    def _place_of(self, result: str) -> str:
        return next(route.sender for route in self._wiring.routes if route.name == result)

    def _take_results(self) -> bool:
        busy = False
        for name, batches in self._results.items():
            arrivals: deque[Any] = self._exchange.arrivals[name]
            while arrivals:
                busy = True
                member, batch = self._exchange.take(name)
                if batch is None:
                    self._ended[name].add(member)
                else:
                    batches.append(batch)
        return busy

    def _hear(self, crew: Crew, peer: int, message: Message) -> None:
        if "hello" in message:
            self._bound[peer] = message["hello"]
            if len(self._bound) == len(self._members) - 1:
                self._connect()
        elif "seen" in message:
            self._seen_so_far[peer] = message["seen"]
            self._show()
        elif "left_out" in message:
            self._leave_out(Skipped(*message["left_out"]), rebuilt(message["raised"], self._records))
        elif "done" in message:
            self._shapes.update(message["shapes"])
            self._seconds = max(self._seconds, message["seconds"])
            crew.learn(message["loaded"])
            self._done(peer, message["done"], message["skipped"])
        elif "failed" in message:
            raise crew.error_of(message["failed"], self._records, *self._members[peer])

    def write(self, item: Any, error: BaseException, line: int, operator: str) -> None:
        """Hand an item that the caller's own stage left out to the sink."""
        self._leave_out(skipped_item(item, error, line, operator, HERE, 0), error)

    def _leave_out(self, skipped: Skipped, error: BaseException | None) -> None:
        if self._sink is not None:
            self._sink(skipped, error)

    def _done(self, number: int, items: int, skipped: Mapping[int, int]) -> None:
        self._at_work.discard(number)
        self._seen_so_far.pop(number, None)
        self._seen[self._members[number][0]] += items
        self._skipped.update(skipped)
        self._show()

    def _show(self) -> None:
        if self._progress is not None:
            seen = self._seen.copy()
            for number, items in self._seen_so_far.items():
                seen[self._members[number][0]] += items
            self._progress(seen)

    def _connect(self) -> None:
        """Tell every member where those listen that it is to connect to."""
        for peer in self._bound:
            endpoints = {other: bound[peer] for other, bound in self._bound.items() if peer in bound}
            self._exchange.say(peer, {"welcome": endpoints})

    def _result(self, stage: Stage) -> Any:
        own = ((result.shape, result.batches) for result in stage.results)
        found = [
            next(own) if place == HERE else (self._shapes[result_route(at)], self._results[result_route(at)])
            for at, place in enumerate(self._plan.result.places)
        ]
        return self._handover.results(found, self._plan.result.many)


def _narrowed(batches: Iterator[Batch], only: tuple[str, ...] | None) -> Iterator[Batch]:
    return batches if only is None else (narrow(batch, only) for batch in batches)
