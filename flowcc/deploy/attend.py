"""One stage member from its orders to its end: greet, be connected, run, hand over results, say that it is done."""

from __future__ import annotations

import importlib
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NoReturn

import zmq

from flowcc.deploy.errors import describe_briefly
from flowcc.deploy.modules import load_module, records_of
from flowcc.deploy.orders import Orders
from flowcc.deploy.plan import source_route
from flowcc.diagnostics import FlowError
from flowcc.runtime.batches import Batch
from flowcc.runtime.channels.codec import Codec
from flowcc.runtime.channels.exchange import Exchange
from flowcc.runtime.channels.loop import Loop, Waker
from flowcc.runtime.channels.member import Member, source_intake
from flowcc.runtime.channels.transport import Link, Loopback, bind, connect, open_socket
from flowcc.runtime.channels.wiring import link_name
from flowcc.runtime.failures import skipped_item
from flowcc.runtime.jit import Jit
from flowcc.runtime.stage import Stage
from flowcc.verbs import running_as

COMPILE, LONGEST_COMPILE = 2.0, 10.0  # seconds that are waited for it at most, once all work is done
GLANCE = 0.005
LATE = frozenset({"pyarrow", "concurrent.futures.thread"})
TELL_EVERY = 0.2  # seconds between two words of how many items have been seen
Describe = Callable[[BaseException, Codec], Mapping[str, Any]]


class Stopped(BaseException):
    """The run is over before this member was done."""


class Attendance:
    """One member's sockets and its conversation with the caller."""

    def __init__(
        self, orders: Orders, context: zmq.Context[zmq.Socket[bytes]], stopping: Callable[[], bool], waker: Waker | None
    ) -> None:
        self._orders = orders
        self._wiring = orders.wiring
        self._stopping = stopping
        self._own = self._wiring.address(orders.place, orders.member)
        self._codec = Codec()
        self._sockets: dict[int, zmq.Socket[bytes]] = {}
        links: dict[int, Link | Loopback] = {}
        for peer in self._wiring.peers(orders.place, orders.member):
            if peer == self._own:
                links[peer] = Loopback()
                continue
            socket = self._sockets[peer] = open_socket(context)
            links[peer] = Link(socket, orders.key)
        connect(self._sockets[0], orders.way, orders.caller)
        self._exchange = Exchange(self._wiring, orders.place, orders.member, links, self._codec)
        self._loop = Loop(self._exchange, waker)

    def run(self, describe: Describe) -> None:
        """Do the whole work, then answer the others until the caller stops the run: it never returns.

        Whatever is raised is reported to the caller, who decides what becomes of it. Raises `Stopped`.
        """
        with running_as(self._orders.member, self._orders.members):
            self._run(describe)

    def _run(self, describe: Describe) -> NoReturn:
        try:
            module = load_module(Path(self._orders.folder), self._orders.module, self._orders.key)
            self._codec.register(records_of(module))
            self._greet()
            self._work(getattr(module, self._orders.function), records_of(module))
        except Stopped:
            raise
        except BaseException as error:  # the edge of a stage; element code may also raise SystemExit
            self._exchange.abandon()
            self._exchange.say(0, {"failed": describe(error, self._codec)})
        while True:
            self._turn(busy=False)  # others may still need to be answered

    def _greet(self) -> None:
        """Tell the caller where this member listens, and connect to the others once it says where they do."""
        way = self._orders.way
        bound = {
            peer: bind(socket, way, link_name(self._own, peer))
            for peer, socket in self._sockets.items()
            if self._own < peer
        }
        self._exchange.say(0, {"hello": bound})
        self._until(lambda: bool(self._exchange.messages))
        _, message = self._exchange.messages.popleft()
        for peer, endpoint in message["welcome"].items():
            connect(self._sockets[peer], way, endpoint)

    def _work(self, wire_up: Callable[[Stage], None], records: Mapping[str, type]) -> None:
        orders = self._orders
        on_error = self if orders.on_error == "sink" else orders.on_error
        stage = Stage(
            flow=orders.flow, filename=orders.filename, place=orders.place, member=orders.member,
            members=orders.members, on_error=on_error, outlet=self._exchange, shapes=orders.shapes,
            jit=jit_of(orders.jit),
        )  # fmt: skip
        wire_up(stage)
        try:
            self._attend(stage, records)
        finally:
            stage.parallel.close()

    def _attend(self, stage: Stage, records: Mapping[str, type]) -> None:
        orders = self._orders
        intakes = [
            source_intake(stage.sources[name], self._open(described, records, stage.sources[name].only))
            for name, described in orders.sources.items()
            if described is not None and name in stage.sources
        ]
        sent = {source_route(name): name for name, described in orders.sources.items() if described is None}
        begun, worked = time.monotonic(), time.thread_time()
        member = Member(stage, self._exchange, self._wiring, intakes, sent)
        stage.start()
        self._until(lambda: member.finished, self._telling(member) if orders.progress else member.step)
        for channel, result in zip(orders.results, stage.results, strict=True):
            for batch in result.batches:
                self._exchange.send(channel, batch)
            self._exchange.end(channel)
        seconds = time.thread_time() - worked
        self._let_compile(stage.jit, time.monotonic() - begun)
        shapes = {name: result.shape for name, result in zip(orders.results, stage.results, strict=True)}
        done = {"done": member.items, "skipped": stage.skipped, "shapes": shapes, "seconds": seconds}
        self._exchange.say(0, {**done, "loaded": loaded_modules()})

    def _let_compile(self, jit: Jit | None, work: float) -> None:
        """Let what is being compiled be kept, where this process ends with its work: else each run would begin anew.

        That takes no longer than the ``work`` did, or two seconds.
        """
        if jit is None or self._orders.way.scheme == "inproc":
            return
        patience = time.monotonic() + min(max(work, COMPILE), LONGEST_COMPILE)
        while jit.busy and time.monotonic() < patience:
            self._turn(busy=True)
            time.sleep(GLANCE)

    def write(self, item: Any, error: BaseException, line: int, operator: str) -> None:
        """Hand an item that was left out to the caller's sink, as its text where it cannot travel."""
        skipped = skipped_item(item, error, line, operator, self._orders.place, self._orders.member)
        report = describe_briefly(error, self._codec)
        try:
            self._exchange.say(0, {"left_out": tuple(skipped), "raised": report})
        except FlowError:
            self._exchange.say(0, {"left_out": tuple(skipped._replace(item=repr(item))), "raised": report})

    def _telling(self, member: Member) -> Callable[[], bool]:
        """Return the member's step, which also says now and then how many items it has seen."""
        told = time.monotonic()

        def step() -> bool:
            nonlocal told
            now = time.monotonic()
            if now > told + TELL_EVERY:
                told = now
                self._exchange.say(0, {"seen": member.items})
            return member.step()

        return step

    def _open(
        self, described: Mapping[str, Any], records: Mapping[str, type], only: tuple[str, ...] | None
    ) -> Iterator[Batch]:
        from flowcc.runtime.sources.describe import source_from_plan  # only where a file is read

        return source_from_plan(described, records).batches(
            self._orders.member, self._orders.members[self._orders.place], only
        )

    def _until(self, reached: Callable[[], bool], step: Callable[[], bool] = lambda: False) -> None:
        while not reached():
            self._turn(busy=step())

    def _turn(self, *, busy: bool) -> None:
        if self._stopping():
            raise Stopped
        self._loop.turn(busy=busy)

    def close(self) -> None:
        """Close all sockets."""
        for socket in self._sockets.values():
            socket.close(linger=0)


def loaded_modules() -> list[str]:
    """Return the modules of this package, and what it loads late, that the stage came to need.

    The next one may as well begin with them; without the compiler, as what has been compiled is kept.
    """
    if "numba" in sys.modules:
        return []
    return [name for name in sys.modules if name.startswith("flowcc.") or name in LATE]


def jit_of(described: tuple[str, str, float] | None) -> Jit | None:
    """Return what compiles hot element code, made by name: what runs stages knows nothing of the compiler."""
    if described is None:
        return None
    maker, mode, spent = described
    module, _, name = maker.partition(":")
    jit: Jit = getattr(importlib.import_module(module), name)(mode)
    jit.ran(spent)  # what is hot only in many short runs is compiled too
    return jit
