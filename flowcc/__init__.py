"""Distributed programs as ordinary Python functions. The public names, and nothing else."""

from flowcc.deploy.targets import processes, threads
from flowcc.diagnostics import Diagnostic, FlowError
from flowcc.flow import Flow, flow
from flowcc.laws import associative, commutative, idempotent, impure, monotone
from flowcc.operators import (
    Session,
    Window,
    fixpoint,
    group,
    merge,
    scan,
    sessions,
    trust,
    unordered,
    windows,
)  # fmt: skip
from flowcc.places import Cluster, External, Here, Place, Process
from flowcc.sources import csv, errors_to, jsonl, parquet, text
from flowcc.streams import Bag, Batch, Live, Stream
from flowcc.unavailable import feedback, listen, sample, tick, ticker
from flowcc.verbs import broadcast, gather, member, route, scatter, send, size
from flowcc.version import VERSION as __version__

__all__ = [
    "Bag", "Batch", "Cluster", "Diagnostic", "External", "Flow", "FlowError", "Here", "Live", "Place",
    "Process", "Session", "Stream", "Window", "__version__", "associative", "broadcast", "commutative", "csv",
    "errors_to", "feedback", "fixpoint", "flow", "gather", "group", "idempotent", "impure", "jsonl", "listen",
    "member", "merge", "monotone", "parquet", "processes", "route", "sample", "scan", "scatter", "send",
    "sessions", "size", "text", "threads", "tick", "ticker", "trust", "unordered", "windows",
]  # fmt: skip
