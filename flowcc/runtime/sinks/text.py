"""Text: each item as ``str(item)`` on a line; the entry of a dict as its key, a tab and its value."""

from __future__ import annotations

from typing import BinaryIO

from flowcc.runtime.batches import rows
from flowcc.runtime.sinks.results import Written
from flowcc.runtime.sources import faults
from flowcc.runtime.sources.faults import NO_SURROGATES


def write_text(result: Written, file: BinaryIO, path: str) -> int:
    """Write one line an item and return how many there were."""
    count = 0
    for batch in result.batches:
        items = rows(batch)
        lines = [f"{key}\t{value}\n" for key, value in items] if result.entries else [f"{item}\n" for item in items]
        try:
            file.write("".join(lines).encode())
        except UnicodeEncodeError:
            item = next(item for item, line in zip(items, lines, strict=True) if not _is_text(line))
            raise faults.unwritable_value(path, "UTF-8", item, "it has a lone surrogate", NO_SURROGATES) from None
        count += len(items)
    return count


def _is_text(line: str) -> bool:
    try:
        line.encode()
    except UnicodeEncodeError:
        return False
    return True
