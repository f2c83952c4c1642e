"""Flows that read some fields of records give what plain Python gives, whatever they come as and wherever they run."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from csv import DictWriter
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from flowcc import Batch, Cluster, Process, broadcast, csv, flow, gather, group, jsonl, parquet, scatter, threads
from flowcc.diagnostics import FlowError
from flowcc.runtime.channels.transport import Link


class Front(Process):
    """One."""


class Workers(Cluster):
    """Many."""


class Flight(NamedTuple):
    tail: str
    delay: float | None
    miles: int
    note: str = ""

    @property
    def far(self) -> bool:
        return self.miles > 1000

    def code(self) -> str:
        return self.tail + self.note


@dataclass(frozen=True)
class Plane:
    tail: str
    maker: str
    seats: int


FLIGHTS = [
    Flight("N1", 12.5, 900, "a"),
    Flight("N2", None, 2500, "ä"),
    Flight("N1", -0.0, 2**53 + 1),
    Flight("", 3.0, -5, "x, y"),
    Flight("N3", 1e300, 0, '"'),
]
PLANES = [Plane("N1", "A", 3), Plane("N2", "B", 0), Plane("N1", "C", 7)]


@flow
def here(flights: Batch[Flight], planes: Batch[Plane]):
    known = [f for f in flights if f.delay is not None]
    return [(f.delay, p.maker) for f in known for p in planes if f.tail == p.tail]


@flow
def moved(flights: Batch[Flight, Front], planes: Batch[Plane, Front]):
    mine = scatter(flights, Workers, by=lambda f: f.tail)
    all_planes = broadcast(planes, Workers)
    makers = [(p.maker, f.miles * 2) for f in mine for p in all_planes if f.tail == p.tail and f.miles % 2 == 0]
    return gather(makers, Front)


@flow
def whole(flights: Batch[Flight, Front], planes: Batch[Plane, Front]):
    return [f for f in gather(scatter(flights, Workers), Front) if f.miles > 1], len(planes)


@flow
def properties(flights: Batch[Flight, Front], planes: Batch[Plane, Front]):
    seats = gather([p.seats for p in scatter(planes, Workers)], Front)
    return gather([(f.far, f.tail) for f in scatter(flights, Workers)], Front), max(seats)


@flow
def methods(flights: Batch[Flight, Front], planes: Batch[Plane, Front]):
    makers = scatter([p.maker for p in planes], Workers)
    return gather([f.code() for f in scatter(flights, Workers)], Front), gather(makers, Front)


@flow
def grouped(flights: Batch[Flight, Front], planes: Batch[Plane, Front]):
    mine = scatter(flights, Workers, by=lambda f: f.tail)
    counts = gather({tail: len(held) for tail, held in group(mine, by=lambda f: f.tail).items()}, Front)
    return counts, Counter(p.seats > 1 for p in planes)


@flow
def sorted_twice(flights: Batch[Flight, Front], planes: Batch[Plane, Front]):
    back = gather([f for f in scatter(flights, Workers) if f.miles % 5 == 0], Front)
    return [f.tail for f in sorted(back, key=lambda f: (f.miles, f.tail))], [p.seats for p in planes[:2]]


@flow
def fails(flights: Batch[Flight, Front], planes: Batch[Plane, Front]):
    return gather([1 // (p.seats % 8) for p in scatter(planes, Workers)], Front), len(flights)


@flow
def other_fields(flights: Batch[Flight, Front], planes: Batch[Plane, Front], more: Batch[Flight, Front]):
    mine = scatter(more, Workers, by=lambda f: f.note)
    return gather([f.note for f in mine], Front), [f.miles for f in flights], [p.maker for p in planes]


FLOWS = {made.__name__: made for made in (here, moved, whole, properties, methods, grouped, sorted_twice, fails)}
WAYS_IN = ("list", "iterator", "csv", "parquet", "jsonl")


def given_as(way: str, folder: Path, rows: list[Any]) -> Any:
    """The rows as an argument of a flow."""
    kind = type(rows[0])
    path = folder / f"{kind.__name__}.{way}"
    match way:
        case "list":
            return rows
        case "iterator":
            return iter(rows)
        case "parquet":
            pq.write_table(pa.Table.from_pylist(dicts(rows)), path, row_group_size=max(2, len(rows) // 3))
            return parquet(path, kind)
        case "jsonl":
            path.write_text("".join(json.dumps(row) + "\n" for row in dicts(rows)), encoding="utf-8")
            return jsonl(path, kind)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = DictWriter(file, dicts(rows)[0])
        writer.writeheader()
        writer.writerows(dicts(rows))
    return csv(path, kind)


def dicts(rows: list[Any]) -> list[dict[str, Any]]:
    names = getattr(rows[0], "_fields", None) or [field.name for field in fields(rows[0])]
    return [{name: getattr(row, name) for name in names} for row in rows]


def outcome(call: Callable[[], Any]) -> str:
    """What a call gives, type for type and lists in any order; or what it raises."""
    try:
        return shown(call())
    except (ArithmeticError, FlowError) as error:
        return f"{type(error).__name__}: {error}"


def shown(value: Any) -> str:
    """What a value is; lists and dicts of a cluster have no order."""
    if isinstance(value, list):
        return str(sorted(map(shown, value)))
    if isinstance(value, dict):
        return f"{type(value).__name__} {shown(list(value.items()))}"
    return f"({', '.join(map(shown, value))})" if type(value) is tuple else f"{type(value).__name__} {value!r}"


@pytest.mark.parametrize("way", WAYS_IN)
@pytest.mark.parametrize("name", FLOWS)
def test_every_way_in_gives_what_plain_python_gives(name: str, way: str, tmp_path: Path) -> None:
    made = FLOWS[name]

    def arguments() -> list[Any]:
        return [given_as(way, tmp_path, rows) for rows in (FLIGHTS, PLANES)]

    expected = outcome(lambda: made.plain(FLIGHTS, PLANES))
    assert outcome(lambda: made(*arguments())) == expected
    sizes = {} if name == "here" else {Workers: 2}
    assert outcome(lambda: made.run(*arguments(), on=threads(), members=sizes)) == expected


def test_two_collections_of_one_class_keep_what_is_read_of_each() -> None:
    expected = outcome(lambda: other_fields.plain(FLIGHTS, PLANES, FLIGHTS))
    assert outcome(lambda: other_fields.run(FLIGHTS, PLANES, FLIGHTS, on=threads(), members={Workers: 2})) == expected


@flow
def in_order(flights: Batch[Flight, Front]):
    mine = [f for f in scatter(flights, Workers, by=lambda f: f.tail) if f.miles % 2 == 0]
    return [f.miles for f in gather(mine, Front, ordered=True)]


@pytest.mark.parametrize("way", WAYS_IN)
def test_order_is_kept_of_what_travels_with_its_number(way: str, tmp_path: Path, sent: list[int]) -> None:
    many = [Flight(f"N{number % 7}", None, number, "a long note that nobody reads" * 4) for number in range(2000)]
    assert in_order.run(given_as(way, tmp_path, many), on=threads(), members={Workers: 3}) == in_order.plain(many)
    assert sum(sent) < sum(len(flight.note) for flight in many) / 2


def test_tables_lose_what_is_not_read() -> None:
    flights, planes = (pa.Table.from_pylist(dicts(rows)) for rows in (FLIGHTS, PLANES))
    found = here(flights, planes)
    assert found == here.plain(FLIGHTS, PLANES)


def test_an_exception_names_what_there_was_of_the_item(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError) as raised:
        fails.run(FLIGHTS, [*PLANES, Plane("N9", "D", 8)], on=threads())
    assert "Plane(seats=0, …)" in "".join(raised.value.__notes__)


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The bytes of every frame that is sent."""
    found: list[int] = []
    send = Link.send

    def counted(link: Link, frame: Any) -> Any:
        found.append(sum(memoryview(buffer).nbytes for buffer in frame.buffers))
        return send(link, frame)

    monkeypatch.setattr(Link, "send", counted)
    return found


@pytest.mark.parametrize("way", ["list", "csv"])
def test_what_is_not_read_is_not_sent(way: str, tmp_path: Path, sent: list[int]) -> None:
    many = [Flight(f"N{number % 7}", None, number, "a long note that nobody reads" * 4) for number in range(2000)]
    found = moved.run(given_as(way, tmp_path, many), PLANES, on=threads(), members={Workers: 2})
    assert outcome(lambda: found) == outcome(lambda: moved.plain(many, PLANES))
    assert sum(sent) < sum(len(flight.note) for flight in many) / 2


def test_explain_says_what_is_read() -> None:
    rows = {row["wire"]: row for row in here.explain().operators()}
    assert rows["flights"]["why"] == "of records only delay, tail are read"
    assert rows["planes"]["why"] == "of records only maker, tail are read"
