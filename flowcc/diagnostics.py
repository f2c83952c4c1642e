"""What is wrong with a program or its input: one form for every fault.

Catalogues (`frontend/faults.py`, `passes/faults.py`, `runtime/faults.py`, …) hold one function a fault;
`render.py` draws them. Nothing here knows any particular fault.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flowcc.source import Span


@dataclass(frozen=True, slots=True)
class Label:
    """A place in the source and a short text drawn beneath it (may be empty)."""

    span: Span
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnostic:
    """One fault: stable code, one sentence, where, what led there, what to write instead.

    ``primary`` is None for faults outside source text (a missing file, a wrong argument);
    ``subject`` then names the argument, option or file.
    """

    code: str
    title: str
    primary: Label | None = None
    secondary: tuple[Label, ...] = ()
    notes: tuple[str, ...] = ()
    help: str = ""
    subject: str = ""

    def __str__(self) -> str:
        where = self.subject if self.primary is None else str(self.primary.span)
        return f"error[{self.code}]: {self.title}" + (f" ({where})" if where else "")


class FlowError(Exception):
    """All faults of one phase; ``str()`` draws them with their source lines.

    ``sources`` maps a file name to its text where the file need not exist on disk (a notebook cell).
    """

    def __init__(self, diagnostics: Sequence[Diagnostic], sources: dict[str, str] | None = None) -> None:
        self.diagnostics = tuple(diagnostics)
        self.sources = dict(sources or {})
        super().__init__(self.diagnostics)

    @property
    def code(self) -> str:
        """The code of the first fault, for callers that handle one kind."""
        return self.diagnostics[0].code

    def __str__(self) -> str:
        from flowcc.render import render_faults  # drawn only when shown

        return "\n" + render_faults(self.diagnostics, self.sources)
