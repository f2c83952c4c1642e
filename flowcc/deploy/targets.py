"""Where stages run: values that say so, light to import. `launch` gives them their meaning."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Threads:
    """Every stage in a thread of this process."""

    def prepare(self) -> None:
        """Do nothing: a thread is soon started."""


@dataclass(frozen=True, slots=True)
class Processes:
    """Every stage in a process of its own on this machine, over ``ipc`` or loopback ``tcp``."""

    transport: str = "ipc"

    def __post_init__(self) -> None:
        if self.transport not in ("ipc", "tcp"):
            raise ValueError(f"stages on one machine speak over 'ipc' or 'tcp', not {self.transport!r}")

    def prepare(self) -> None:
        """Start what stages are forked from; by itself, while others do other things."""
        from flowcc.deploy.nurseries import prepare  # imports what runs processes

        prepare()


Target = Threads | Processes


def threads() -> Threads:
    """Run every stage in a thread of this process: no start-up cost, one interpreter."""
    return Threads()


def processes(*, transport: str = "ipc") -> Processes:
    """Run every stage in a process of its own, which has this interpreter and nothing of this process's memory.

    They are forked from a process that has only imported what stages need. It is started at the first run, kept for
    the next ones, and ends with this one.
    """
    return Processes(transport)
