"""Items that were skipped because element code raised, kept as JSON lines for whoever wants to look at them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flowcc.runtime.failures import Skipped


@dataclass(frozen=True, slots=True)
class ErrorsTo:
    """A file to which each skipped item is appended; handed to ``@flow(on_error=…)``, called by every stage.

    A line is ``{"item": …, "error": "ValueError: …", "line": 23, "operator": "each", "place": …, "member": 0}``;
    an item that JSON cannot hold is its ``repr``. Lines of several processes do not mix: each is appended in one write.
    """

    path: str

    def to_plan(self) -> dict[str, str]:
        """Return plain data that names this file to a stage."""
        return {"errors_to": self.path}

    def __call__(self, skipped: Skipped) -> None:
        """Append one item; raises FlowError (F518) when the file cannot be written."""
        self._append(skipped._asdict())

    def write(self, item: object, error: BaseException, line: int, operator: str) -> None:
        """Append one item without the place it failed at; raises FlowError (F518) when the file cannot be written."""
        text = f"{type(error).__name__}: {error}"
        self._append({"item": item, "error": text, "line": line, "operator": operator})

    def _append(self, entry: dict[str, Any]) -> None:
        from flowcc.runtime.sinks.jsonl import json_text
        from flowcc.runtime.sources import faults

        line = (
            b"{" + b",".join(b'"%s":%s' % (name.encode(), json_text(value)) for name, value in entry.items()) + b"}\n"
        )
        try:
            number = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o666)
            try:
                os.write(number, line)
            finally:
                os.close(number)
        except OSError as error:
            raise faults.unwritable(self.path, error) from None
