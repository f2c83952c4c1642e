"""What the names in a flow's element code stand for.

A flow that was decorated has live objects (its module's globals and the values its function closes over); a flow read
from text alone (`compiler.check_source`) has none, and its names are known by the statements of its file only.
"""

from __future__ import annotations

import builtins
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import FunctionType


@dataclass(frozen=True, slots=True)
class Environment:
    """The file a flow stands in, and its live names where it was imported.

    ``file_names`` are the module's globals, ``closed_over`` the values of enclosing functions, ``settings`` the flow's
    own parameters that are known when it is compiled. ``live`` is False for a flow read from text alone.
    """

    filename: str
    text: str
    file_names: Mapping[str, object] = field(default_factory=dict)
    closed_over: Mapping[str, object] = field(default_factory=dict)
    settings: Mapping[str, object] = field(default_factory=dict)
    live: bool = True

    def __contains__(self, name: str) -> bool:
        return any(name in names for names in (self.settings, self.closed_over, self.file_names)) or hasattr(
            builtins, name
        )

    def __getitem__(self, name: str) -> object:
        for names in (self.settings, self.closed_over, self.file_names):
            if name in names:
                return names[name]
        return getattr(builtins, name)

    def get(self, name: str) -> object:
        """Return what a name stands for, None for one that nothing defines."""
        if name not in self:
            return None
        return self[name]

    def namespace(self) -> dict[str, object]:
        """Return all names as one dict that code can be evaluated in."""
        return {"__builtins__": builtins, **self.file_names, **self.closed_over, **self.settings}


def environment_of(function: FunctionType, filename: str, text: str) -> Environment:
    """Return the environment of a decorated function, with the values of its closure as they are now."""
    cells = zip(function.__code__.co_freevars, function.__closure__ or (), strict=True)
    closed_over = {name: cell.cell_contents for name, cell in cells if _is_filled(cell)}
    return Environment(filename, text, function.__globals__, closed_over)


def _is_filled(cell: object) -> bool:
    try:
        cell.cell_contents  # type: ignore[attr-defined]  # noqa: B018 - a cell yet unfilled raises
    except ValueError:
        return False
    return True
