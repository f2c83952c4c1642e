"""Places: the classes a flow names to say where its parts live."""

from __future__ import annotations

from typing import ClassVar


class Place:
    """Where a part of a flow lives. Name one by a subclass of `Process`, `Cluster` or `External`."""

    members: ClassVar[int] = 1


class Process(Place):
    """A place with one instance."""


class Cluster(Place):
    """A place with many members that run the same code, each on its share.

    ``class Counters(Cluster, size=3)`` gives the default number of members; without it, it is 1.
    """

    def __init_subclass__(cls, size: int = 1, **options: object) -> None:
        if type(size) is not int or size < 1:
            raise ValueError(f"a cluster has 1 or more members, not {size!r}")
        super().__init_subclass__(**options)
        cls.members = size


class External(Place):
    """Outside the program: people and services that talk to it."""


class Here(Process):
    """With the caller: where a value lives that names no other place."""
