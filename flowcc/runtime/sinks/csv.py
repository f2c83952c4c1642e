"""CSV: a header with the names of the columns, then a record an item, read back by the csv source as it was.

None is an empty field, a bool ``true`` or ``false``, a float its ``repr``. Fields are quoted only where they must be.
"""

from __future__ import annotations

import datetime
import decimal
import enum
import re
import uuid
from typing import Any, BinaryIO

from flowcc.runtime.batches import rows
from flowcc.runtime.sinks.results import Written
from flowcc.runtime.sinks.tabular import columns_of_items, columns_of_type, is_like
from flowcc.runtime.sources import faults
from flowcc.runtime.sources.faults import NO_SURROGATES

NEEDS_QUOTES = re.compile(r'[,"\r\n\ufeff]').search
AS_STR = (int, str, datetime.date, datetime.time, decimal.Decimal, uuid.UUID)


def write_csv(result: Written, file: BinaryIO, path: str, row: object = None) -> int:
    """Write a header and one record an item; return how many items there were.

    Items are all of one type; ``row`` names the columns where there are no items.
    """
    count, first, names, values = 0, None, columns_of_type(row), columns_of_items((), False)[1]
    for batch in result.batches:
        items = rows(batch)
        if not items:
            continue
        if not count:
            first = items[0]
            names, values = columns_of_items(first, result.entries)
            file.write(_record(names, path))
        for item in items:
            if not is_like(item, first, len(names)):
                why = f"the items before it are {type(first).__name__}s with the columns {', '.join(names)}"
                raise faults.unwritable_value(path, "this CSV file", item, why, "write jsonl, which holds any items")
        file.write(b"".join([_record(values(item), path) for item in items]))
        count += len(items)
    if not count and names:
        file.write(_record(names, path))
    return count


def _record(values: tuple[Any, ...], path: str) -> bytes:
    fields = [_field(value, path) for value in values]
    line = '""' if fields == [""] else ",".join(fields)
    try:
        return f"{line}\n".encode()
    except UnicodeEncodeError:
        raise faults.unwritable_value(path, "UTF-8", values, "it has a lone surrogate", NO_SURROGATES) from None


def _field(value: Any, path: str) -> str:
    if value is None:
        return ""
    if isinstance(value, enum.Enum):
        value = value.value
    if type(value).__module__ == "numpy" and hasattr(value, "item"):
        value = value.item()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, AS_STR):
        text = str(value)
        return '"' + text.replace('"', '""') + '"' if NEEDS_QUOTES(text) else text
    raise faults.unwritable_value(
        path, "a CSV field", value, f"it is a {type(value).__name__}", "write jsonl or parquet"
    )
