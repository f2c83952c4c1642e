"""Who is connected with whom: the channels of a plan between numbered members, as every stage of a run knows them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

HERE = "Here"
CONTROL = 0  # the channel on which a stage and its launcher speak


@dataclass(frozen=True, slots=True)
class Route:
    """One channel: its number, its name, the verb that says which member gets an item, and its two places."""

    number: int
    name: str
    verb: str
    sender: str
    receiver: str


@dataclass(frozen=True)
class Wiring:
    """The channels and the number of members of each place. Members are numbered through; the caller is 0."""

    members: Mapping[str, int]  # the first is `HERE`, with one member
    routes: tuple[Route, ...]

    @cached_property
    def _firsts(self) -> dict[str, int]:
        firsts, number = {}, 0
        for place, size in self.members.items():
            firsts[place] = number
            number += size
        return firsts

    def address(self, place: str, member: int) -> int:
        """Return the number of a place's member among all."""
        return self._firsts[place] + member

    def addresses(self, place: str) -> range:
        """Return the numbers of all members of a place."""
        first = self._firsts[place]
        return range(first, first + self.members[place])

    def everyone(self) -> Iterator[tuple[str, int]]:
        """Give place and member of all, in the order of their numbers."""
        for place, size in self.members.items():
            for member in range(size):
                yield place, member

    def leaving(self, place: str) -> tuple[Route, ...]:
        """Return the channels that a place sends on."""
        return tuple(route for route in self.routes if route.sender == place)

    def arriving(self, place: str) -> tuple[Route, ...]:
        """Return the channels that a place receives on."""
        return tuple(route for route in self.routes if route.receiver == place)

    def peers(self, place: str, member: int) -> list[int]:
        """Return whom a member has a link with: the caller, and all at the other ends of its channels."""
        ends = {route.receiver for route in self.leaving(place)} | {route.sender for route in self.arriving(place)}
        found = {0} | {number for end in ends for number in self.addresses(end)}
        return sorted(found - {0} if place == HERE else found)

    def peers_of_caller(self) -> list[int]:
        """Return all other members: each has a link with the caller."""
        return list(range(1, sum(self.members.values())))


def link_name(one: int, other: int) -> str:
    """Return the name of the link between two members, the same from both ends; the lower number binds."""
    return f"{min(one, other)}-{max(one, other)}"
