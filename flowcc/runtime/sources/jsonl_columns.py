"""Lines of JSON taken apart together and made columns of records: several times faster than one line after the other.

It is done where each line begins with ``{`` and ends with ``}``. Then no value goes on in the next line (after ``}``
there a comma or a bracket would have to come first), and as many values as lines are one a line. All else, and every
fault, is left to whoever reads line by line.
"""

from __future__ import annotations

from operator import attrgetter
from typing import Any

import msgspec
import numpy as np

from flowcc.runtime.columns import Buffer, Columns, columns_of
from flowcc.runtime.schema import Struct

OPEN, CLOSE, END = b"{}\n"


class ObjectLines:
    """Reads blocks of lines by a class with all fields of a row, of which ``kept`` may have fewer."""

    def __init__(self, twin: type[msgspec.Struct], kept: Struct) -> None:
        self._decode = msgspec.json.Decoder(twin).decode_lines
        self._schema = kept

    def read(self, data: bytes) -> Columns | None:
        """Return the records of a block, or None where lines are read one by one."""
        lines = _objects(data)
        if not lines:
            return None
        try:
            values = self._decode(data)
        except (msgspec.DecodeError, UnicodeError, RecursionError, ValueError):
            return None
        return self._columns(values) if len(values) == lines else None

    def _columns(self, values: list[Any]) -> Columns | None:
        buffers: list[Buffer] = []
        for name, schema in zip(self._schema.names, self._schema.items, strict=True):
            part = columns_of(list(map(attrgetter(name), values)), schema)
            if part is None:
                return None
            buffers.extend(part.buffers)
        return Columns(self._schema, tuple(buffers), len(values))


def _objects(data: bytes) -> int:
    """Return the number of lines where each is ``{…}`` and nothing else, else 0."""
    values = np.frombuffer(data, np.uint8)
    ends = np.flatnonzero(values == END)
    if data.endswith(b"\n"):
        begins = np.append(0, ends[:-1] + 1)
    else:
        begins, ends = np.append(0, ends + 1), np.append(ends, len(values))
    whole = (values[begins] == OPEN).all() and (values[ends - 1] == CLOSE).all()
    return len(begins) if whole else 0
