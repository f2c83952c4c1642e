"""The verbs that move data, with their plain meaning: run by CPython there is one member of everything.

The compiler reads their names in a flow's source; only `size` and `member` are ever called by a running stage.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar, Token
from typing import Any, TypeVar

from flowcc.places import Cluster, Place, Process

T = TypeVar("T")
V = TypeVar("V")

Standing = tuple[int, Mapping[str, int]]
ALONE: Standing = (0, {})
_STANDING: ContextVar[Standing] = ContextVar("flowcc_standing", default=ALONE)


def send(xs: V, to: type[Process]) -> V:
    """Move items or a value from one process to the process ``to``; order is kept. Plain Python: ``xs``."""
    return xs


def broadcast(xs: V, to: type[Cluster]) -> V:
    """Give every member of the cluster ``to`` all items, or the value; order is kept. Plain Python: ``xs``."""
    return xs


def scatter(xs: V, to: type[Cluster], by: Callable[[Any], object] | None = None) -> V:
    """Split items among the members of ``to``: one in turn, or the one that owns ``by(item)``. Plain Python: ``xs``.

    Equal keys have one owner. Order is kept within a member, and per key from one sender.
    """
    return xs


def route(pairs: Iterable[tuple[int, T]], to: type[Cluster]) -> list[T]:
    """Give each item to the member that its pair (member, item) names. Plain Python: the items."""
    return [item for _, item in pairs]


def gather(xs: V, to: type[Process], merge: Callable[[Any, Any], object] | None = None, ordered: bool = False) -> V:
    """Bring what the members of a cluster hold to the process ``to``. Plain Python: ``xs``.

    Items come in any order, or with ``ordered`` in the order that a scatter split. Values are made one by
    ``merge(held, other)``, in member order; dicts that the compiler shows to hold different keys need none.
    """
    return xs


def size(cluster: type[Place]) -> int:
    """Return the number of members of ``cluster`` in this run. Plain Python: 1."""
    return _STANDING.get()[1].get(cluster.__name__, 1)


def member() -> int:
    """Return the number of the member that runs this, from 0. Plain Python: 0."""
    return _STANDING.get()[0]


@contextmanager
def running_as(number: int, sizes: Mapping[str, int]) -> Iterator[None]:
    """Make `member` and `size` answer for member ``number`` among places of these sizes, in this context."""
    before = enter((number, sizes))
    try:
        yield
    finally:
        leave(before)


def enter(standing: Standing) -> Token[Standing]:
    """Begin to answer as ``standing`` says, until `leave`; `running_as` for those who count microseconds."""
    return _STANDING.set(standing)


def leave(before: Token[Standing]) -> None:
    """Answer again as before the `enter` that gave ``before``."""
    _STANDING.reset(before)
