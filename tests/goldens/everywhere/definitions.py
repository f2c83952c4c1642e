"""What the stages of `everywhere` need, copied by flowcc from sides.py."""

from flowcc import Cluster


class Clerks(Cluster):
    """Answer."""
