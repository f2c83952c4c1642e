"""What an interpretation holds: each member's share of each wire, and the names that element code is run with."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

from flowcc import ir
from flowcc.facts import ANYWHERE, PlaceRef, Shape
from flowcc.operators import Closings

Tag = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Share:
    """What one member holds of a wire: its items (or its value, alone in the list), and where each stood.

    ``tags`` are the positions of the items in the collection that a scatter split, kept as long as they are known.
    ``error`` is what the next item raises, where only who asks for it is to see that.
    """

    items: list[Any]
    tags: list[Tag] | None = None
    error: Exception | None = None

    def __iter__(self) -> Iterator[Any]:
        yield from self.items
        if self.error is not None:
            raise self.error


@dataclass(slots=True)
class Run:
    """One interpretation: what is held on each wire, and the choices made so far."""

    namespace: dict[str, object]
    members: Mapping[str, int]
    choices: Random | None
    skip: bool
    held: dict[str, list[Share]] = field(default_factory=dict)
    owners: dict[str, dict[object, int]] = field(default_factory=dict)

    def count(self, place: PlaceRef) -> int:
        """Return how many members run at ``place``."""
        return self.members.get(place.name, place.size) if place.is_cluster else 1

    def owner(self, place: PlaceRef, key: object) -> int:
        """Return the member of ``place`` that owns ``key``; equal keys have one owner throughout a run."""
        owners = self.owners.setdefault(place.name, {})
        count = self.count(place)
        chosen = len(owners) % count if self.choices is None else self.choices.randrange(count)
        return owners.setdefault(key, chosen)

    def share(self, wire: ir.Wire, member: int) -> Share:
        """Return what ``member`` sees of ``wire``; what is known everywhere is the same for all."""
        share = self.lazily(wire, member)
        if share.error is not None:
            raise share.error
        return share

    def lazily(self, wire: ir.Wire, member: int) -> Share:
        """Return what ``member`` sees of ``wire`` as far as it can be made."""
        shares = self.held[wire.name]
        return shares[0] if wire.facts.place == ANYWHERE else shares[member]

    def whole(self, wire: ir.Wire, member: int) -> Any:
        """Return what element code sees under the name of ``wire``: the value, the dict or the list."""
        return whole_of(wire, self.share(wire, member).items)


class Evaluator:
    """Evaluates element code where the flow's wires and the names of its file are known."""

    def __init__(self, names: dict[str, object]) -> None:
        self.names = names

    def __call__(self, code: ir.Code) -> Any:
        """Return what element code gives."""
        for definition in code.definitions:
            exec(_compiled(definition, "exec"), self.names)
        return eval(_compiled(code.text, "eval"), self.names)

    def maybe(self, code: ir.Code | None) -> Any:
        """Return what element code gives, None without any."""
        return None if code is None else self(code)

    def all(self, arguments: Iterable[tuple[str, ir.Code]]) -> dict[str, Any]:
        """Return what each of an operator's arguments gives, by name."""
        return {name: self(code) for name, code in arguments}


@functools.lru_cache(4096)
def _compiled(text: str, mode: str) -> Any:
    return compile(text, "<element code>", mode)


def whole_of(wire: ir.Wire, items: list[Any]) -> Any:
    """Return the items of a wire as element code reads them."""
    match wire.facts.shape:
        case Shape.VALUE:
            return items[0]
        case Shape.ENTRIES:
            made = dict(items)
            return made if len(made) == len(items) else Closings(items)
        case Shape.ITEMS:
            return list(items)
