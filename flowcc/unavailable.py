"""Names of the language that need a live run: importable, so that a flow using them is refused at its line (F109)."""

from __future__ import annotations

from typing import Any, NoReturn

from flowcc.diagnostics import Diagnostic, FlowError


def _refuse(name: str) -> NoReturn:
    raise FlowError(
        [Diagnostic(code="F109", title=f"`{name}` needs a live run, which this version of flowcc does not have",
                    subject=name, help="a bounded run over collections, files or windows")]
    )  # fmt: skip


def tick(step: Any, *streams: Any, init: Any, because: str) -> Any:
    """A step on whatever has arrived; not in this version."""
    _refuse("tick")


def sample(value: Any, *, on: Any = None, every: float | None = None, because: str) -> Any:
    """A live value as it stands at times; not in this version."""
    _refuse("sample")


def feedback(kind: Any) -> Any:
    """A stream that is filled later in the flow; not in this version."""
    _refuse("feedback")


def ticker(seconds: float) -> Any:
    """A source that gives the time at intervals; not in this version."""
    _refuse("ticker")


def listen(endpoint: str, row: Any) -> Any:
    """A source that takes items from outside; not in this version."""
    _refuse("listen")
