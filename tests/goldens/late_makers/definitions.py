"""What the stages of `late_makers` need, copied by flowcc from flights.py."""

from typing import NamedTuple


class Flight(NamedTuple):
    """One departure."""

    tailnum: str
    dep_delay: float | None  # minutes; None when cancelled
    distance: int  # miles


class Plane(NamedTuple):
    """One airframe."""

    tailnum: str
    manufacturer: str
