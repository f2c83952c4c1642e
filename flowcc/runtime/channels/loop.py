"""The turns of one stage member: wait for sockets, take in what arrived, send what may go.

A turn never blocks longer than it must: acknowledgements that can wait are sent when nothing else is left to do,
and a silent receiver is asked. `Waker` lets another thread end a wait.
"""

from __future__ import annotations

import contextlib
import os
import time

import zmq

from flowcc.runtime.channels.exchange import Exchange
from flowcc.runtime.channels.transport import Link, Loopback

QUIET = 20  # milliseconds of silence after which everything that arrived is acknowledged
LONGEST_WAIT = 5.0
TEND_EVERY = 0.1  # seconds after which even a busy member answers everything and asks who is silent
GLANCE = 0.0001  # seconds for which a busy member does not look at its sockets again
POLLIN, POLLOUT = int(zmq.POLLIN), int(zmq.POLLOUT)  # enums cost more than what they are used for


class Waker:
    """Ends the wait of a loop from any thread."""

    def __init__(self) -> None:
        self.reading, self._writing = os.pipe()
        os.set_blocking(self.reading, False)
        os.set_blocking(self._writing, False)

    def wake(self) -> None:
        """End the current wait, or the next one."""
        with contextlib.suppress(BlockingIOError, OSError):
            os.write(self._writing, b"!")

    def clear(self) -> None:
        """Forget that it was called."""
        with contextlib.suppress(BlockingIOError):
            os.read(self.reading, 4096)

    def close(self) -> None:
        """Give the pipe back; must not be used any more."""
        for end in (self.reading, self._writing):
            with contextlib.suppress(OSError):
                os.close(end)


class Loop:
    """Polls the links of an exchange."""

    def __init__(self, exchange: Exchange, waker: Waker | None = None) -> None:
        self._exchange = exchange
        self._waker = waker
        self._poller = zmq.Poller()
        self._links: dict[object, tuple[int, Link]] = {}
        self._loopbacks: list[tuple[int, Loopback]] = []
        self._watched: set[object] = set()  # sockets that are also waited for to be written to
        self._quiet = False
        self._polled = self._tended = 0.0
        for peer, link in exchange.links.items():
            if isinstance(link, Link):
                self._links[link.socket] = (peer, link)
                self._poller.register(link.socket, POLLIN)
            else:
                self._loopbacks.append((peer, link))
        if waker is not None:
            self._poller.register(waker.reading, POLLIN)

    def turn(self, *, busy: bool) -> None:
        """Send, wait (not at all when ``busy``) and take in once."""
        now = time.monotonic()
        self._exchange.pump(now)
        looped = any(loopback for _, loopback in self._loopbacks) if self._loopbacks else False
        if busy and not looped and now < self._polled + GLANCE:
            return
        self._polled = now
        self._watch_backlogs()
        events = self._poller.poll(0 if busy or looped else self._patience(now))
        now = time.monotonic()
        if not (events or busy or looped) or now > self._tended + TEND_EVERY:
            self._tended = now
            self._exchange.answer(idle=True)
            self._exchange.probe(now)
        self._quiet = not events
        for socket, flags in events:
            if self._waker is not None and socket == self._waker.reading:
                self._waker.clear()
                continue
            peer, link = self._links[socket]
            if flags & POLLOUT:
                link.flush()
            if flags & POLLIN:
                self._exchange.receive(peer, now)
        for peer, _ in self._loopbacks:
            self._exchange.receive(peer, now)

    def _watch_backlogs(self) -> None:
        """Also wait for sockets that could not be written to, as long as that is so."""
        for socket, (_, link) in self._links.items():
            if link.has_backlog != (socket in self._watched):
                self._watched ^= {socket}
                self._poller.modify(socket, POLLIN | POLLOUT if link.has_backlog else POLLIN)

    def _patience(self, now: float) -> int:
        """Return how many milliseconds to wait."""
        if not self._quiet:
            return QUIET
        due = self._exchange.next_due()
        wait = LONGEST_WAIT if due is None else min(LONGEST_WAIT, max(due - now, 0.0))
        return int(wait * 1000) + 1
