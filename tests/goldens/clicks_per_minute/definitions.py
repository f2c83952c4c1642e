"""What the stages of `clicks_per_minute` need, copied by flowcc from sessions.py."""

from typing import NamedTuple


class Click(NamedTuple):
    """One page view."""

    time: float  # seconds since the epoch
    visitor: int
    page: str
