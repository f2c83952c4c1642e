"""What is known of every wire: place, element type, order, delivery, and whether it ends.

Facts are inferred forwards. Combining two collections takes the weaker of each (`weaker`).
`shape` says what travels on the wire, `share` how the shares of a cluster were cut.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, IntEnum


class Shape(Enum):
    """What travels on a wire."""

    ITEMS = "items"  # items of a collection, batch by batch
    ENTRIES = "entries"  # a dict that arrives entry by entry, as (key, value) pairs
    VALUE = "value"  # one value, known when its inputs have ended


class Order(IntEnum):
    """How much of the order of items is known; more is stronger."""

    NONE = 0
    PER_KEY = 1  # items with one key are in order among themselves
    TOTAL = 2


class Delivery(IntEnum):
    """How often an item may be seen; more is stronger."""

    AT_LEAST_ONCE = 0
    ONCE = 1


@dataclass(frozen=True, slots=True)
class Type:
    """An element type as its name and arguments: ``dict[str, int]``; ``object`` is unknown."""

    name: str
    arguments: tuple[Type, ...] = ()

    def __str__(self) -> str:
        if self.name == "|":
            return " | ".join(map(str, self.arguments))
        if not self.arguments:
            return "tuple[()]" if self.name == "tuple" else self.name
        return f"{self.name}[{', '.join(map(str, self.arguments))}]"


UNKNOWN = Type("object")


@dataclass(frozen=True, slots=True)
class PlaceRef:
    """A place as the IR knows it: its name, its kind and its default number of members."""

    name: str
    kind: str = "process"  # "process", "cluster" or "external"
    size: int = 1

    @property
    def is_cluster(self) -> bool:
        """Whether many members may run here."""
        return self.kind == "cluster"


HERE = PlaceRef("Here")
ANYWHERE = PlaceRef("Anywhere")  # known when compiled: meets any place


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """The facts of one wire.

    ``share`` is how a cluster's members divide the collection: ``"by <key>"`` (items with one key, given as
    normalised lambda text, live at one member), ``"by keys"`` (a dict's entries do), ``"dealt"`` (any member has an
    item, or its part of a fold), ``"copies"`` (every member has all), ``"partial"`` (each member made it from
    its own share alone), or empty (it does not live on a cluster, or nothing is known).
    """

    place: PlaceRef = HERE
    element: Type = UNKNOWN
    shape: Shape = Shape.ITEMS
    order: Order = Order.TOTAL
    delivery: Delivery = Delivery.ONCE
    ends: bool = True
    share: str = ""


def weaker(first: Facts, *others: Facts) -> Facts:
    """Return facts that hold of a collection made from all of these; place, share and type are the first's."""
    everyone = (first, *others)
    return Facts(
        place=next((facts.place for facts in everyone if facts.place != ANYWHERE), ANYWHERE),
        element=first.element,
        shape=first.shape,
        order=min(facts.order for facts in everyone),
        delivery=min(facts.delivery for facts in everyone),
        ends=all(facts.ends for facts in everyone),
        share=first.share,
    )
