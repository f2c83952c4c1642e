"""Windows and sessions of event time: entries as they close, or the items that came too late."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flowcc.operators import OpenSessions, OpenWindows
from flowcc.runtime.batches import Batch, rows
from flowcc.runtime.node import Node, Step


class Windows(Step):
    """Gives the entries of windows as they close; with ``late``, the items whose windows had closed before."""

    __slots__ = ("_node", "by", "late", "open", "time")
    has_columns = True

    def __init__(
        self,
        node: Node,
        opened: OpenWindows | OpenSessions,
        time: Callable[[Any], Any],
        by: Callable[[Any], Any] | None,
        late: bool,
    ) -> None:
        self._node = node
        self.open = opened
        self.time = time
        self.by = by
        self.late = late

    def take(self, batch: Batch) -> Batch:
        """Return what closes with these items, or which of them are late."""
        given: list[Any] = []
        add, time, by, late = self.open.add, self.time, self.by, self.late
        for item in rows(batch):
            try:
                in_time, closed = add(item, time(item), None if by is None else by(item))
            except Exception as error:  # element code may raise anything
                self._node.fail(error, item)
                continue
            if not late:
                given += closed
            elif not in_time:
                given.append(item)
        return given

    def close(self) -> Batch | None:
        """Return everything open."""
        return None if self.late else self.open.close()


def make_window(node: Node, function: str, arguments: dict[str, Any]) -> Step:
    """Return the step for ``windows``, ``sessions``, or the late items of either."""
    kind, _, output = function.partition(".")
    late = arguments.get("late", 0)
    opened: OpenWindows | OpenSessions
    if kind == "windows":
        opened = OpenWindows(arguments["length"], arguments.get("every"), late)
    else:
        opened = OpenSessions(arguments["gap"], late)
    return Windows(node, opened, arguments["time"], arguments.get("by"), output == "late")
