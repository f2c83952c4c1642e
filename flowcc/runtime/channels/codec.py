"""Batches of Python objects as bytes, and back: equal values of equal types in equal order.

A batch is written as a *column*: ``[code, ...]``, where a code says how the items were taken apart and what is
inside is columns again, until only scalars are left, which msgpack holds as they are. One call of msgspec writes
the whole tree. Identity is not kept (an object that occurs twice arrives as two), and nothing that arrives can name
code: only the classes registered in `Codec` are ever built. Pickle is nowhere in it.
"""

from __future__ import annotations

import gc
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import chain, islice
from operator import attrgetter, itemgetter
from typing import Any, TypeAlias

import msgspec

from flowcc.operators import Closings, Session, Window
from flowcc.runtime.channels.faults import cannot_travel, foreign_frame
from flowcc.runtime.channels.values import Record, record_of, reduction_named, reduction_of
from flowcc.runtime.narrow import narrowed_class, narrowed_from

Column: TypeAlias = list[Any]
PLAIN, MIXED, TUPLES, SEQUENCES, MAPPINGS, REDUCED, RECORDS, BIG_INTS, WIDE_STRINGS, DICTS = range(10)
SCALARS = frozenset({str, int, float, bool, bytes, type(None)})
_SEQUENCES: dict[type, str] = {list: "list", tuple: "tuple", set: "set", frozenset: "frozenset", deque: "deque"}
_SEQUENCE_TYPES = {name: kind for kind, name in _SEQUENCES.items()}
_MAPPINGS: dict[type, str] = {
    dict: "dict", Counter: "Counter", OrderedDict: "OrderedDict", defaultdict: "defaultdict", Closings: "Closings",
}  # fmt: skip
_OWN_RECORDS: dict[str, type] = {"flowcc.Window": Window, "flowcc.Session": Session}
_MAPPING_TYPES = {name: kind for kind, name in _MAPPINGS.items()}
_FACTORIES: dict[str, Any] = {kind.__name__: kind for kind in (list, int, set, dict, str, float, tuple, bool, Counter)}


UNREADABLE = (
    msgspec.DecodeError, ValueError, TypeError, LookupError, ArithmeticError, AttributeError, RecursionError,
    StopIteration,
)  # fmt: skip


class Codec:
    """Writes and reads batches; ``records`` are the user's classes that may travel, by the name they travel under."""

    def __init__(self, records: Mapping[str, type] | None = None) -> None:
        self._kinds: dict[str, type] = {}
        self._records: dict[type, Record] = {}
        self.register({**_OWN_RECORDS, **(records or {})})

    def register(self, records: Mapping[str, type]) -> None:
        """Let more classes travel."""
        self._kinds.update(records)
        for name, kind in records.items():
            record = record_of(name, kind)
            if record is not None:
                self._records[kind] = record

    def name_of(self, kind: type) -> str | None:
        """Return the name a registered class travels under; a narrowed one names its fields behind a colon."""
        record = self.record(kind)
        return None if record is None else record.name

    def record(self, kind: type) -> Record | None:
        """Return how values of a registered class travel, None where it is not."""
        record = self._records.get(kind)
        whole = narrowed_from(kind) if record is None else None
        if whole in self._records:
            name = f"{self._records[whole].name}:{','.join(kind._fields)}"  # type: ignore[attr-defined]  # it has them
            self.register({name: kind})
            return self._records[kind]
        return record

    def class_named(self, name: str) -> type:
        """Return the class registered as ``name``; raises KeyError where there is none."""
        if name not in self._kinds:
            whole, _, fields = name.partition(":")
            narrowed = narrowed_class(self._kinds[whole], tuple(fields.split(",")))
            if narrowed is None:
                raise KeyError(name)
            self.register({name: narrowed})
        return self._kinds[name]

    def encode(self, items: Sequence[object]) -> bytes:
        """Write a batch; raises `FlowError` (F534) naming the first type that cannot travel."""
        if SCALARS.issuperset(map(type, items)):
            try:
                return msgspec.msgpack.encode([PLAIN, items])
            except (OverflowError, UnicodeEncodeError):
                pass
        try:
            with uncollected():
                return self._encode_tree(items)
        except RecursionError:
            raise cannot_travel(type(items[0]).__name__, "it is nested too deeply or contains itself") from None

    def _encode_tree(self, items: Sequence[object]) -> bytes:
        try:
            return msgspec.msgpack.encode(_Writer(self.record, careful=False).column(items))
        except (OverflowError, UnicodeEncodeError):
            return msgspec.msgpack.encode(_Writer(self.record, careful=True).column(items))

    def decode(self, data: bytes | memoryview) -> list[object]:
        """Read a batch; raises `FlowError` (F535) when ``data`` was not written by `encode`."""
        try:
            column = msgspec.msgpack.decode(data)
            if column[0] == PLAIN:
                return _checked(column[1])
            with uncollected():
                return list(self._items(column))
        except UNREADABLE as error:
            raise foreign_frame(f"its items cannot be read ({error})") from None

    def _items(self, column: Column) -> Iterable[Any]:
        code = column[0]
        return _READERS[code](self, column)

    def _read_plain(self, column: Column) -> Iterable[Any]:
        return column[1]  # type: ignore[no-any-return]

    def _read_mixed(self, column: Column) -> Iterable[Any]:
        parts = [iter(self._items(part)) for part in column[2]]
        return [next(parts[which]) for which in column[1]]

    def _read_tuples(self, column: Column) -> Iterable[Any]:
        return list(zip(*map(self._items, column[1]), strict=True))

    def _read_sequences(self, column: Column) -> Iterable[Any]:
        _, name, lengths, bounds, inner = column
        kind, items = _SEQUENCE_TYPES[name], iter(self._items(inner))
        if kind is deque:
            return [deque(islice(items, length), bound) for length, bound in zip(lengths, bounds, strict=True)]
        return [kind(islice(items, length)) for length in lengths]

    def _read_mappings(self, column: Column) -> Iterable[Any]:
        _, name, lengths, factories, keys, values = column
        kind, entries = _MAPPING_TYPES[name], zip(self._items(keys), self._items(values), strict=True)
        parts = (islice(entries, length) for length in lengths)
        if kind is defaultdict:
            return [defaultdict(_FACTORIES.get(f), part) for f, part in zip(factories, parts, strict=True)]
        if kind is Counter:
            return [Counter(dict(part)) for part in parts]  # which counts anything else
        return [kind(part) for part in parts]

    def _read_reduced(self, column: Column) -> Iterable[Any]:
        return map(reduction_named(column[1]).build, self._items(column[2]))

    def _read_records(self, column: Column) -> Iterable[Any]:
        _, name, parts = column
        record = self._records[self.class_named(name)]
        if record.fields:
            return list(map(record.build, *map(self._items, parts)))
        return [record.build() for _ in self._items(parts[0])]

    def _read_big_ints(self, column: Column) -> Iterable[Any]:
        return [int.from_bytes(raw, "little", signed=True) for raw in column[1]]

    def _read_wide_strings(self, column: Column) -> Iterable[Any]:
        return [raw.decode("utf-8", "surrogatepass") for raw in column[1]]


_READERS: dict[int, Callable[[Codec, Column], Iterable[Any]]] = {
    PLAIN: Codec._read_plain,
    MIXED: Codec._read_mixed,
    TUPLES: Codec._read_tuples,
    SEQUENCES: Codec._read_sequences,
    MAPPINGS: Codec._read_mappings,
    REDUCED: Codec._read_reduced,
    RECORDS: Codec._read_records,
    BIG_INTS: Codec._read_big_ints,
    WIDE_STRINGS: Codec._read_wide_strings,
    DICTS: Codec._read_plain,
}


class _Writer:
    """Takes a batch apart; ``careful`` also where integers exceed 64 bits or strings hold lone surrogates."""

    def __init__(self, record_of: Callable[[type], Record | None], *, careful: bool) -> None:
        self._record_of = record_of
        self._careful = careful

    def column(self, items: Sequence[Any]) -> Column:
        """Return ``items`` as a column."""
        kinds = set(map(type, items))
        if kinds <= SCALARS:
            return self._scalars(items, kinds)
        if len(kinds) > 1:
            return self._mixed(items)
        (kind,) = kinds
        if kind is tuple and items[0] and len(set(map(len, items))) == 1:
            return [TUPLES, [self.column(list(map(itemgetter(at), items))) for at in range(len(items[0]))]]
        if kind in _SEQUENCES:
            return self._sequences(items, kind)
        if kind in _MAPPINGS:
            return self._mappings(items, kind)
        record = self._record_of(kind)
        if record is not None:
            return self._record(items, record)
        reduction = reduction_of(kind)
        if reduction is None:
            raise cannot_travel(f"{kind.__module__}.{kind.__qualname__}".removeprefix("builtins."))
        return [REDUCED, reduction.name, self.column(list(map(reduction.reduce, items)))]

    def _scalars(self, items: Sequence[Any], kinds: set[type]) -> Column:
        if not self._careful or kinds.isdisjoint((int, str)):
            return [PLAIN, items]
        if len(kinds) > 1:
            return self._mixed(items)
        if kinds == {int}:
            if min(items) >= -(2**63) and max(items) < 2**64:
                return [PLAIN, items]
            return [BIG_INTS, [item.to_bytes(item.bit_length() // 8 + 1, "little", signed=True) for item in items]]
        try:
            "".join(items).encode()
        except UnicodeEncodeError:
            return [WIDE_STRINGS, [item.encode("utf-8", "surrogatepass") for item in items]]
        return [PLAIN, items]

    def _mixed(self, items: Sequence[Any]) -> Column:
        parts: dict[type, list[Any]] = {}
        for item in items:
            parts.setdefault(type(item), []).append(item)
        which = {kind: number for number, kind in enumerate(parts)}
        return [MIXED, [which[type(item)] for item in items], list(map(self.column, parts.values()))]

    def _sequences(self, items: Sequence[Any], kind: type) -> Column:
        bounds = [item.maxlen for item in items] if kind is deque else None
        return [SEQUENCES, _SEQUENCES[kind], list(map(len, items)), bounds, self.column([*chain.from_iterable(items)])]

    def _mappings(self, items: Sequence[Any], kind: type) -> Column:
        keys = [*chain.from_iterable(items)]
        values = [*chain.from_iterable(item.values() for item in items)]
        if kind is dict and not self._careful and SCALARS.issuperset(map(type, chain(keys, values))):
            return [DICTS, items]  # which msgpack holds as they are
        factories = [_factory_name(item) for item in items] if kind is defaultdict else None
        columns = [self.column(keys), self.column(values)]
        return [MAPPINGS, _MAPPINGS[kind], list(map(len, items)), factories, *columns]

    def _record(self, items: Sequence[Any], record: Record) -> Column:
        parts = [self.column(list(map(attrgetter(name), items))) for name in record.fields]
        return [RECORDS, record.name, parts or [[PLAIN, [None] * len(items)]]]


@contextmanager
def uncollected() -> Iterator[None]:
    """Keep the collector of cycles from running: it would look at many new objects, again and again, for nothing."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _checked(items: Any) -> list[Any]:
    if type(items) is not list:
        raise TypeError("it holds no list")
    return items


def _factory_name(mapping: defaultdict[Any, Any]) -> str | None:
    factory = mapping.default_factory
    if factory is None:
        return None
    name = getattr(factory, "__name__", "")
    if _FACTORIES.get(name) is not factory:
        raise cannot_travel("defaultdict", f"its default factory is {factory!r}")
    return str(name)
