"""A line that counts on a terminal while a run goes on; nothing for short runs, and nothing when piped."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress

Counts = Callable[[Mapping[str, int]], None]
PATIENCE = 1.0  # seconds before anything is drawn


@contextmanager
def progress_bar(name: str) -> Iterator[Counts | None]:
    """Give what draws the items seen at each place on standard error; None where that is no terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    line = _Line(name)
    try:
        yield line.show
    finally:
        line.close()


class _Line:
    """One row a place, begun once the run has taken `PATIENCE` seconds."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._started = time.monotonic()
        self._progress: Progress | None = None
        self._rows: dict[str, int] = {}

    def show(self, counts: Mapping[str, int]) -> None:
        """Draw the counts so far."""
        if time.monotonic() - self._started < PATIENCE:
            return
        if self._progress is None:
            self._progress = _begin()
        for place, count in counts.items():
            if place not in self._rows:
                self._rows[place] = int(self._progress.add_task(f"{self._name} at {place}", total=None))
            self._progress.update(self._rows[place], completed=count)  # type: ignore[arg-type]

    def close(self) -> None:
        """Leave the terminal as it was."""
        if self._progress is not None:
            self._progress.stop()


def _begin() -> Progress:
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    progress = Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        TextColumn("{task.completed:,} items"),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    progress.start()
    return progress
