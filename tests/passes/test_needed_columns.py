"""Which fields of records are found to be read, and where an item is needed whole."""

from __future__ import annotations

import pytest

from flowcc.compiler import compile_flow
from flowcc.environment import Environment
from flowcc.frontend.parse import parse_function
from flowcc.ir import Flow, Move, Source

PRELUDE = """
from collections import Counter
from typing import NamedTuple
from flowcc import Bag, Batch, Cluster, Process, broadcast, flow, gather, group, merge, scan, scatter, send, unordered

class Front(Process): ...
class Workers(Cluster): ...

class Flight(NamedTuple):
    tail: str
    delay: int
    miles: int

    @property
    def slow(self): return self.delay > 10

class Plane(NamedTuple):
    tail: str
    maker: str
    seats: int

def delay_of(f): return f.delay
"""
WHOLE = None
HERE = {
    "[f.delay for f in fs]": ("delay",),
    "[f.delay + f.miles for f in fs if f.tail]": ("delay", "miles", "tail"),
    "[g.tail for g in [f for f in fs if f.delay > 1]]": ("delay", "tail"),
    "[f for f in fs if f.delay > 1]": WHOLE,
    "len(fs)": (),
    "sum(1 for f in fs)": (),
    "len([f for f in fs if f.miles])": ("miles",),
    "[delay_of(f) for f in fs]": WHOLE,
    "[f.tail.lower() for f in fs]": ("tail",),
    "[f.slow for f in fs]": ("slow",),  # which no record has as a field: whole when it runs
    "[f._replace(delay=0) for f in fs]": WHOLE,
    "[f.count('a') for f in fs]": WHOLE,
    "[f[0] for f in fs]": WHOLE,
    "[tail for tail, delay, miles in fs]": WHOLE,
    "[(f.tail, f) for f in fs]": WHOLE,
    "[str(f) for f in fs]": WHOLE,
    "[f'{f}' for f in fs]": WHOLE,
    "[f'{f.tail}' for f in fs]": ("tail",),
    "[f.tail for f in fs if f == fs[0]]": WHOLE,
    "[f.tail for f in fs if f in {1}]": WHOLE,
    "[f.tail for f in sorted(fs, key=lambda f: f.miles)]": ("miles", "tail"),
    "[f.tail for f in sorted(fs)]": WHOLE,
    "[f.tail for f in sorted(fs, key=delay_of)]": WHOLE,
    "[f.tail for f in fs[1:3]]": ("tail",),
    "[f.tail for f in reversed(fs)]": ("tail",),
    "max(fs, key=lambda f: f.delay)": WHOLE,
    "max(f.delay for f in fs)": ("delay",),
    "set(fs)": WHOLE,
    "Counter(f.tail for f in fs)": ("tail",),
    "[f.tail for f in fs for f in [f.delay]]": WHOLE,
    "[(lambda f: f.tail)(f) for f in fs]": WHOLE,
    "[(lambda: f.tail)() for f in fs]": ("tail",),
    "[g.tail for f in fs for g in [f]]": WHOLE,
    "{t: len(held) for t, held in group(fs, by=lambda f: f.tail).items()}": ("tail",),
    "{t: sum(f.delay for f in held) for t, held in group(fs, by=lambda f: f.tail).items()}": ("delay", "tail"),
    "group(fs, by=lambda f: f.tail)": WHOLE,
    "[f.tail for f in fs] + [f.miles for f in fs]": ("miles", "tail"),
    "([f.tail for f in fs], fs)": WHOLE,
    "[f.tail for n, f in enumerate(fs)]": ("tail",),
    "[n for n, f in enumerate(fs)]": (),
    "[pair for pair in enumerate(fs)]": WHOLE,
    "[pair[1].tail for pair in enumerate(fs)]": WHOLE,
    "[(f.miles, f) for f in fs]": WHOLE,
    "{t: [f.miles for f in held if held[0].delay] for t, held in group(fs, by=lambda f: f.tail).items()}": WHOLE,
}
JOINS = {
    "[(f.delay, p.maker) for f in fs for p in ps if f.tail == p.tail]": [("delay", "tail"), ("maker", "tail")],
    "[f.delay for f in fs for p in ps if f.tail == p.tail]": [("delay", "tail"), ("tail",)],
    "[p for f in fs for p in ps if f.tail == p.tail]": [("tail",), WHOLE],
    "[f.delay for f in fs if f.tail in [p.tail for p in ps]]": [("delay", "tail"), ("tail",)],
    "[f.delay for f in fs if len(ps) > 1]": [("delay",), WHOLE],
    "[f.tail for f in fs if (f.tail, f.delay, f.miles) in ps]": [("delay", "miles", "tail"), WHOLE],
    "[x.tail for x in merge(fs, ps)]": [("tail",), ("tail",)],
    "[(f, p.maker) for f, p in zip(fs, ps)]": [WHOLE, WHOLE],
}


def rewritten(text: str, on_error: str = "raise", *, in_process: bool = False) -> Flow:
    text = PRELUDE + text
    names: dict[str, object] = {"__name__": "flights"}
    exec(compile(text, "flights.py", "exec"), names)
    environment = Environment("flights.py", text, names)
    compiled = compile_flow(parse_function(text, "flights.py", "f"), environment, on_error=on_error)
    return compiled.in_process if in_process else compiled.rewritten


def sources(flow: Flow) -> list[tuple[str, ...] | None]:
    return [op.only for op in flow.ops if isinstance(op, Source)]


def moves(flow: Flow) -> list[tuple[str, ...] | None]:
    return [op.only for op in flow.ops if isinstance(op, Move)]


@pytest.mark.parametrize("expression", HERE)
def test_what_is_read_of_a_source(expression: str) -> None:
    text = f"@flow\ndef f(fs: Batch[Flight]):\n    return {expression}\n"
    assert sources(rewritten(text, in_process=True)) == [HERE[expression]]


@pytest.mark.parametrize("expression", JOINS)
def test_what_is_read_of_two_sources(expression: str) -> None:
    text = f"@flow\ndef f(fs: Batch[Flight], ps: Batch[Plane]):\n    return {expression}\n"
    assert sources(rewritten(text, in_process=True)) == JOINS[expression]


MOVED = """
@flow
def f(fs: Batch[Flight, Front]):
    mine = scatter(fs, Workers, by=lambda f: f.tail)
    back = gather([f for f in mine if {}], Front)
    return [f.miles for f in back]
"""


def test_what_crosses_moves_is_what_is_read_behind_them() -> None:
    flow = rewritten(MOVED.format("f.delay % 2"))
    assert sources(flow) == [("delay", "miles", "tail")]
    assert moves(flow) == [("delay", "miles"), ("miles",)]


def test_what_a_filter_reads_that_goes_before_the_move_does_not_cross_it() -> None:
    flow = rewritten(MOVED.format("f.delay > 1"))
    assert sources(flow) == [("delay", "miles", "tail")]
    assert moves(flow) == [("miles",), ("miles",)]


def test_what_travels_with_a_number_to_keep_its_order_is_narrowed_too() -> None:
    flow = rewritten("""
@flow
def f(fs: Batch[Flight, Front]):
    mine = [f for f in scatter(fs, Workers, by=lambda f: f.tail) if f.delay % 2]
    return [f.miles for f in gather(mine, Front, ordered=True)]
""")
    assert sources(flow) == [("delay", "miles", "tail")]
    assert moves(flow) == [("[1]", "delay", "miles"), ("[1]", "miles")]


def test_what_goes_to_the_caller_is_whole() -> None:
    flow = rewritten("@flow\ndef f(fs: Batch[Flight, Front]):\n    return [f for f in fs if f.delay > 1]\n")
    assert sources(flow) == [WHOLE]
    assert moves(flow) == []  # the one to the caller is made where stages are


def test_items_that_cannot_be_records_are_left_alone() -> None:
    flow = rewritten("""
@flow
def f(xs: Batch[int, Front], zs: Batch[tuple[int, int], Front], ys):
    return gather([x.real for x in scatter(xs, Workers)], Front), [z.count for z in zs], [1 for y in ys]
""")
    assert sources(flow) == [WHOLE, WHOLE, WHOLE]
    assert moves(flow) == [WHOLE, WHOLE]


def test_items_that_fail_and_are_kept_are_whole() -> None:
    text = "@flow\ndef f(fs: Batch[Flight]):\n    return [f.delay for f in fs]\n"
    assert sources(rewritten(text)) == [("delay",)]
    assert sources(rewritten(text, on_error="skip")) == [WHOLE]


def test_a_helper_that_reads_the_collection_reads_it_whole() -> None:
    flow = rewritten("""
@flow
def f(fs: Batch[Flight]):
    def first(): return fs[0]
    return [f.tail for f in fs if first()]
""")
    assert sources(flow) == [WHOLE]
