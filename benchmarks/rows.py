"""The rows of the table, in its order: each is one script of this folder."""

from functools import cache
from importlib import import_module

from benchmarks.question import Row

SCRIPTS = (
    "arrays",
    "lists",
    "calls",
    "words",
    "groups",
    "joins",
    "running",
    "flights",
    "pagerank",
    "reachability",
    "throughput",
    "latency",
    "staged_words",
    "dfir",
    "startup",
    "sizes",
)


@cache
def find(name: str) -> Row:
    """Return a row by the name of its script."""
    row = import_module(f"benchmarks.{name}").ROW
    assert isinstance(row, Row)
    return row
