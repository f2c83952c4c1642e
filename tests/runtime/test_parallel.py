"""Kernels of several batches at once: results, failures and threads are those of one batch after the other."""

import threading

import numpy as np
import pytest

from flowcc import Batch, Cluster, Process, Stream, flow, gather, scatter, threads
from flowcc.runtime import parallel
from flowcc.runtime.batches import COLUMNS

ITEMS = 40 * COLUMNS // 8


@flow(jit="always")
def halved(xs: Batch[int]) -> Batch[int]:
    return [x // 2 for x in xs if x % 3 != 0]


@flow(jit="always")
def divided(xs: Batch[int]) -> Batch[int]:
    return [1_000_000 // x for x in xs]


@flow(jit="always", on_error="skip")
def lenient(xs: Batch[int]) -> Batch[int]:
    return [1_000_000 // x for x in xs]


@flow(jit="always")
def squared(xs: Batch[int]) -> list[int]:
    return [x * x for x in xs]


@flow(jit="always")
def two_readers(xs: Batch[int]) -> tuple[int, int, Batch[int]]:
    doubled = [x * 2 for x in xs]
    return sum(doubled), len(doubled), doubled[:5]


class Home(Process):
    """Where the numbers are."""


class Workers(Cluster):
    """Double them."""


@flow(jit="always")
def scattered(xs: Stream[int, Home]) -> int:
    mine = scatter([x + 1 for x in xs], Workers)
    return sum(gather([x * 2 for x in mine], Home))


@pytest.fixture(autouse=True)
def _in_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every batch of columns is worth a thread, and there are three."""
    monkeypatch.setattr(parallel, "MANY", 1)
    monkeypatch.setattr(parallel, "LONG", 0.0)
    monkeypatch.setattr(parallel, "width", lambda: 3)


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of threads that worked."""
    seen: list[str] = []
    submit = parallel.Parallel.submit

    def spied(self: parallel.Parallel, work: parallel.Work) -> object:
        def told() -> object:
            seen.append(threading.current_thread().name)
            return work()

        return submit(self, told)  # type: ignore[arg-type]

    monkeypatch.setattr(parallel.Parallel, "submit", spied)
    return seen


def test_results_come_in_the_order_of_the_batches(begun: list[str]) -> None:
    xs = np.random.default_rng(5).integers(0, 10**9, ITEMS)
    given = halved(xs)
    assert len(begun) > 10
    assert all(name.startswith("flowcc-work") for name in begun)
    assert np.array_equal(given, xs[xs % 3 != 0] // 2)


def test_threads_end_with_the_run(begun: list[str]) -> None:
    halved(np.arange(ITEMS))
    assert begun
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("flowcc-work")]


def test_the_first_failing_item_is_told_though_later_batches_fail_too(begun: list[str]) -> None:
    xs = np.arange(1, ITEMS)
    xs[[ITEMS // 2, ITEMS - 5]] = 0
    with pytest.raises(ZeroDivisionError) as caught:
        divided(xs)
    assert begun
    assert "item 0 at" in caught.value.__notes__[0]
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("flowcc-work")]


def test_items_that_fail_are_left_out_in_their_turn(begun: list[str]) -> None:
    xs = np.arange(1, ITEMS)
    xs[[100, ITEMS // 2, ITEMS - 5]] = 0
    assert np.array_equal(lenient(xs), 1_000_000 // xs[xs != 0])
    assert begun


def test_batches_that_kernels_leave_to_python_keep_their_place(begun: list[str]) -> None:
    xs = np.arange(ITEMS)
    xs[ITEMS // 2] = 2**40  # its square is no 64-bit integer
    assert squared(xs) == [x * x for x in xs.tolist()]
    assert begun


def test_several_readers_get_the_same(begun: list[str]) -> None:
    total, length, first = two_readers(np.arange(ITEMS))
    assert (total, length, list(first)) == (ITEMS * (ITEMS - 1), ITEMS, [0, 2, 4, 6, 8])
    assert begun


def test_stages_hold_nothing_back(begun: list[str]) -> None:
    xs = np.arange(ITEMS)
    assert scattered.run(xs, on=threads(), members={Workers: 2}) == int(((xs + 1) * 2).sum())
    assert begun
