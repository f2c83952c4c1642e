"""Parquet: columns typed by the row type, or by the first batch, compressed with zstd."""

from __future__ import annotations

from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet

from flowcc.runtime.arrow import to_arrow
from flowcc.runtime.batches import rows
from flowcc.runtime.columns import Columns
from flowcc.runtime.schema import Scalar, Struct, schema_of_annotation
from flowcc.runtime.sinks.results import Written
from flowcc.runtime.sinks.tabular import columns_of_items, columns_of_type, is_like, taken_apart
from flowcc.runtime.sources import faults

KINDS = {"int64": pa.int64(), "float64": pa.float64(), "bool": pa.bool_(), "utf8": pa.string()}
OTHERWISE = "write jsonl, which holds any items"
ROW_GROUP = 1 << 17  # rows


def write_parquet(result: Written, file: BinaryIO, path: str, row: object = None) -> int:
    """Write a row an item and return how many there were. Items are all of one type."""
    tables = [table for batch in result.batches if (table := _table(batch, result.entries, path, row)) is not None]
    declared = _declared(row)
    try:
        if tables:
            whole = pa.concat_tables(tables, promote_options="permissive")
        else:
            names = columns_of_type(row)
            whole = (declared or pa.schema([(name, pa.null()) for name in names])).empty_table()
        pa.parquet.write_table(whole, file, compression="zstd", row_group_size=ROW_GROUP)
    except pa.ArrowException as error:
        raise faults.unwritable_value(path, "Parquet", row or "this result", str(error), OTHERWISE) from None
    return int(whole.num_rows)


def _table(batch: Any, entries: bool, path: str, row: object) -> Any:
    if isinstance(batch, Columns):
        array = to_arrow(batch)
        return array if isinstance(array, pa.Table) else pa.table({"value": array})
    items = rows(batch)
    if not items:
        return None
    names, values = columns_of_items(items[0], entries)
    for item in items:
        if not is_like(item, items[0], len(names)):
            why = f"the first item is a {type(items[0]).__name__} with the columns {', '.join(names)}"
            raise faults.unwritable_value(path, "this Parquet file", item, why, OTHERWISE)
    columns = list(zip(*taken_apart(items, values), strict=True))
    declared = _declared(row)
    types = declared if declared is not None and tuple(declared.names) == names else None
    arrays = [_array(column, name, path, types) for column, name in zip(columns, names, strict=True)]
    return pa.table(dict(zip(names, arrays, strict=True)))


def _array(column: tuple[Any, ...], name: str, path: str, types: Any) -> Any:
    """Return a column as Arrow holds it; values of several types, or past 64 bits, are a fault."""
    try:
        return pa.array(column, None if types is None else types.field(name).type)
    except (pa.ArrowException, OverflowError, UnicodeEncodeError) as error:
        what = f"a column `{name}` of these values"
        raise faults.unwritable_value(path, what, column[:5], str(error), OTHERWISE) from None


def _declared(row: object) -> Any:
    """Return the Arrow schema of a row type of plain fields, else None."""
    schema = schema_of_annotation(row)
    if not isinstance(schema, Struct) or not schema.names:
        return None
    if not all(isinstance(item, Scalar) for item in schema.items):
        return None
    fields = [
        (name, KINDS[item.kind])
        for name, item in zip(schema.names, schema.items, strict=True)
        if isinstance(item, Scalar)
    ]
    return pa.schema(fields)
