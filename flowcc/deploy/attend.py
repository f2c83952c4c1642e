"""One stage member from its orders to its end: greet, be connected, run, hand over results, say that it is done."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NoReturn

import zmq

from flowcc.deploy.modules import load_module, records_of
from flowcc.deploy.orders import Orders
from flowcc.deploy.plan import source_route
from flowcc.runtime.batches import Batch
from flowcc.runtime.channels.codec import Codec
from flowcc.runtime.channels.exchange import Exchange
from flowcc.runtime.channels.loop import Loop, Waker
from flowcc.runtime.channels.member import Member, source_intake
from flowcc.runtime.channels.transport import Link, Loopback, Way, bind, open_socket
from flowcc.runtime.channels.wiring import Wiring, link_name
from flowcc.runtime.failures import OnError
from flowcc.runtime.stage import Stage
from flowcc.verbs import running_as

Links = dict[int, Link | Loopback]
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
        self._links, self._bound = open_links(self._wiring, self._own, orders, context)
        self._codec = Codec()
        self._exchange = Exchange(self._wiring, orders.place, orders.member, self._links, self._codec)
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
        except Exception as error:  # the edge of a stage
            self._exchange.abandon()
            self._exchange.say(0, {"failed": describe(error, self._codec)})
        while True:
            self._turn(busy=False)  # others may still need to be answered

    def _greet(self) -> None:
        """Tell the caller where this member listens, and connect to the others once it says where they do."""
        self._exchange.say(0, {"hello": self._bound})
        self._until(lambda: bool(self._exchange.messages))
        _, message = self._exchange.messages.popleft()
        for peer, endpoint in message["welcome"].items():
            link = self._links[peer]
            assert isinstance(link, Link)
            link.socket.connect(endpoint)

    def _work(self, wire_up: Callable[[Stage], None], records: Mapping[str, type]) -> None:
        orders = self._orders
        stage = Stage(
            flow=orders.flow, filename=orders.filename, place=orders.place, member=orders.member,
            members=orders.members, on_error=on_error_of(orders.on_error), outlet=self._exchange, shapes=orders.shapes,
        )  # fmt: skip
        wire_up(stage)
        intakes = [
            source_intake(stage.sources[name], self._open(described, records))
            for name, described in orders.sources.items()
            if described is not None and name in stage.sources
        ]
        sent = {source_route(name): name for name, described in orders.sources.items() if described is None}
        member = Member(stage, self._exchange, self._wiring, intakes, sent)
        stage.start()
        self._until(lambda: member.finished, member.step)
        for channel, result in zip(orders.results, stage.results, strict=True):
            for batch in result.batches:
                self._exchange.send(channel, batch)
            self._exchange.end(channel)
        shapes = {name: result.shape for name, result in zip(orders.results, stage.results, strict=True)}
        self._exchange.say(0, {"done": member.counts(), "shapes": shapes})

    def _open(self, described: Mapping[str, Any], records: Mapping[str, type]) -> Iterator[Batch]:
        from flowcc.runtime.sources.describe import source_from_plan  # only where a file is read

        return source_from_plan(described, records).batches(
            self._orders.member, self._orders.members[self._orders.place]
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
        self._exchange.each_link(lambda link: link.socket.close(linger=0))


def open_links(
    wiring: Wiring, own: int, orders: Orders, context: zmq.Context[zmq.Socket[bytes]]
) -> tuple[Links, dict[int, str]]:
    """Open a link to every peer, bound where this member has the lower number; also return where each is bound."""
    links: Links = {}
    bound: dict[int, str] = {}
    way = Way(orders.scheme, orders.where)
    for peer in wiring.peers(orders.place, orders.member):
        if peer == own:
            links[peer] = Loopback()
            continue
        socket = open_socket(context)
        links[peer] = Link(socket, orders.key)
        if own < peer:
            bound[peer] = bind(socket, way, link_name(own, peer))
        elif peer == 0:
            socket.connect(orders.caller)
    return links, bound


def on_error_of(described: Any) -> OnError:
    """Return what becomes of an item whose element code raises: a word, or the file it is kept in."""
    if isinstance(described, str):
        return described
    from flowcc.runtime.sinks.errors import ErrorsTo

    return ErrorsTo(described["errors_to"])
