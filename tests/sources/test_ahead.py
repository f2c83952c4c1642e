from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from functools import partial

import pytest

from flowcc.diagnostics import Diagnostic, FlowError
from flowcc.runtime.sources.ahead import AT_ONCE, ahead


def readers() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name.startswith("flowcc-read")]


@pytest.mark.parametrize("count", [0, 1, AT_ONCE, AT_ONCE + 1, 50])
def test_results_come_in_order_and_no_thread_stays(count: int):
    assert list(ahead(iter([partial(pow, n, 2) for n in range(count)]))) == [n * n for n in range(count)]
    assert readers() == []


def test_a_few_pieces_start_no_thread():
    running = [len(readers()) for _ in ahead(iter([lambda: None] * AT_ONCE))]
    assert running == [0] * AT_ONCE


@pytest.mark.parametrize("at", [0, 3, 9])
def test_a_failure_comes_in_its_turn(at: int):
    given: list[object] = []
    with pytest.raises(ZeroDivisionError):
        given.extend(ahead(iter([partial(divmod, 1, n != at) for n in range(20)])))
    assert len(given) == at
    assert readers() == []


@pytest.mark.parametrize("at", [0, 1, 2, 3, 9])
def test_a_fault_of_what_gives_the_pieces_comes_in_its_turn(at: int):
    def pieces() -> Iterator[Callable[[], int]]:
        yield from [partial(int, n) for n in range(at)]
        raise FlowError([Diagnostic(code="F512", title="damaged")])

    given: list[object] = []
    with pytest.raises(FlowError):
        given.extend(ahead(pieces()))
    assert given == list(range(at))


def test_a_reader_that_stops_leaves_no_thread():
    results = ahead(iter([partial(int, n) for n in range(1000)]))
    assert [next(results) for _ in range(10)] == list(range(10))
    results.close()  # type: ignore[attr-defined]  # a generator has it
    assert readers() == []
