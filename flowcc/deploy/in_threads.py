"""A crew of threads in this process, over inproc sockets."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import zmq

from flowcc.deploy.attend import Attendance, Stopped
from flowcc.deploy.errors import describe_error, rebuild_error
from flowcc.deploy.modules import is_copied
from flowcc.deploy.orders import Orders
from flowcc.runtime.channels.codec import Codec
from flowcc.runtime.channels.loop import Waker
from flowcc.runtime.channels.transport import Way

PATIENCE = 5.0  # seconds for element code that is running to come back


class ThreadCrew:
    """One thread a member. A thread that is in element code is waited for, for a while; it cannot be ended."""

    def __init__(self, waker: Waker) -> None:
        self._waker = waker
        self.context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
        self.way = Way("inproc", uuid.uuid4().hex)
        self._threads: list[threading.Thread] = []
        self._wakers: list[Waker] = []
        self._stopping = threading.Event()
        self._errors: list[BaseException] = []  # raised by stages, told to the caller
        self._broken: list[BaseException] = []  # raised where there was no way to tell

    def spawn(self, members: Sequence[tuple[str, int]]) -> None:
        """Do nothing: threads start with their orders."""

    def start(self, orders: Sequence[Orders]) -> None:
        """Start a thread for every member."""
        for one in orders:
            waker = Waker()
            name = f"flowcc {one.place} {one.member}"
            thread = threading.Thread(target=self._attend, args=(one, waker), name=name, daemon=True)
            self._wakers.append(waker)
            self._threads.append(thread)
            thread.start()

    def _attend(self, orders: Orders, waker: Waker) -> None:
        attendance = Attendance(orders, self.context, self._stopping.is_set, waker)
        try:
            attendance.run(self._keep)
        except Stopped:
            pass
        except BaseException as error:  # the edge of a thread: nobody else would hear of it
            self._broken.append(error)
            self._waker.wake()
        finally:
            attendance.close()

    def _keep(self, error: BaseException, codec: Codec) -> dict[str, Any]:
        """Keep an exception and return its place among all errors; of a copied class, what it is made of."""
        if is_copied(type(error).__module__):
            return describe_error(error, codec)
        self._errors.append(error)
        return {"kept": self._errors.index(error)}

    def learn(self, modules: Sequence[str]) -> None:
        """Do nothing: what is loaded stays."""

    def check(self) -> None:
        """Raise what ended a thread before its work."""
        if self._broken:
            raise self._broken[0]

    def error_of(
        self, report: Mapping[str, Any], classes: Mapping[str, type], place: str, member: int
    ) -> BaseException:
        """Return the exception itself; rebuilt, where its class is a copy of the caller's."""
        if "kept" not in report:
            return rebuild_error(dict(report), classes, place, member)
        error: BaseException = self._errors[report["kept"]]
        return error

    def stop(self) -> None:
        """End all threads that are not in element code for longer."""
        self._stopping.set()
        for waker in self._wakers:
            waker.wake()
        deadline = time.monotonic() + PATIENCE
        for thread in self._threads:
            thread.join(max(deadline - time.monotonic(), 0))
        if any(thread.is_alive() for thread in self._threads):
            threading.Thread(target=self._clear, name="flowcc clearing", daemon=True).start()
        else:
            self._clear()

    def _clear(self) -> None:
        """Give everything back once all threads are gone."""
        for thread in self._threads:
            thread.join()
        for waker in self._wakers:
            waker.close()
        self.context.destroy(linger=0)
