"""JSON Lines: each item as one JSON value; the entry of a dict as the array ``[key, value]``.

NamedTuples and dataclasses become objects (a NamedTuple inside another value an array). JSON has no ``nan`` and no
``inf``: they become null.
"""

from __future__ import annotations

from collections import deque
from typing import Any, BinaryIO

import msgspec

from flowcc.runtime.batches import rows
from flowcc.runtime.sinks.results import Written
from flowcc.runtime.sources import faults


def write_jsonl(result: Written, file: BinaryIO, path: str) -> int:
    """Write one line an item and return how many there were."""
    encoder = msgspec.json.Encoder(enc_hook=_plain)
    count = 0
    for batch in result.batches:
        items = rows(batch)
        values = items if result.entries else [_value(item) for item in items]
        try:
            file.write(encoder.encode_lines(values))
        except (TypeError, ValueError, RecursionError, OverflowError):
            _find_fault(encoder, values, path)
            raise
        count += len(items)
    return count


def json_text(value: object) -> bytes:
    """Return a value as JSON, or its ``repr`` as a JSON string where it has none."""
    try:
        return msgspec.json.encode(_value(value), enc_hook=_plain)
    except (TypeError, ValueError, RecursionError, OverflowError):
        return msgspec.json.encode(ascii(value))


def _value(item: Any) -> Any:
    if isinstance(item, tuple) and hasattr(item, "_fields"):
        return dict(zip(item._fields, item, strict=True))
    return item


def _plain(value: Any) -> Any:
    """Return NumPy scalars and queues as what they hold; msgspec knows the rest."""
    if type(value).__module__ == "numpy" and hasattr(value, "item"):
        return value.item()
    if isinstance(value, deque):
        return list(value)
    raise TypeError(f"a {type(value).__name__} is no JSON value")


def _find_fault(encoder: msgspec.json.Encoder, values: list[Any], path: str) -> None:
    for value in values:
        try:
            encoder.encode(value)
        except (TypeError, ValueError, RecursionError, OverflowError) as error:
            help = "return str, int, float, bool, None, lists, dicts with such keys, dataclasses or NamedTuples"
            raise faults.unwritable_value(path, "JSON", value, str(error), help) from None
