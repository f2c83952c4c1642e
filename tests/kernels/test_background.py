"""What is compiled in the background: one thing after another, in one thread; what fails does not stop the rest."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from flowcc.backend.kernels import background as the_module
from flowcc.backend.kernels.background import Background
from flowcc.backend.kernels.hot import DOUBTFUL, OWN, TRIALS, Spent, Trials

ENDING = """
import threading, time
from flowcc.backend.kernels.background import Background
begun = threading.Event()
background = Background()
def first():
    begun.set()
    threading.main_thread().join()
background.put(first)
background.put(lambda: print("second"))
begun.wait()
"""


def test_one_after_another() -> None:
    background, gate, done = Background(), threading.Event(), list[int]()
    threads = set[int]()

    def work(number: int) -> None:
        gate.wait()
        done.append(number)
        threads.add(threading.get_ident())

    tasks = [background.put(lambda n=n: work(n)) for n in range(5)]  # type: ignore[misc]
    assert all(task.busy for task in tasks)
    gate.set()
    for task in tasks:
        task.wait()
    assert done == list(range(5))
    assert len(threads) == 1
    assert Background().busy is False
    background.put(lambda: work(5)).wait()
    assert done[-1] == 5


def test_what_fails_is_told_and_the_next_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    background, gate, told, done = Background(), threading.Event(), threading.Event(), list[int]()
    monkeypatch.setattr(threading, "excepthook", lambda _: told.set())
    background.put(gate.wait)
    failing, next_one = background.put(lambda: 1 // 0), background.put(lambda: done.append(1))
    gate.set()
    next_one.wait()
    assert told.wait(30)
    assert done == [1]
    assert not failing.busy


def test_what_has_not_begun_when_the_program_ends_is_dropped() -> None:
    here = Path(__file__).parents[2]
    ended = subprocess.run([sys.executable, "-c", ENDING], cwd=here, capture_output=True, text=True, timeout=30)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")


def test_small_functions_share_what_their_flow_has_taken() -> None:
    spent = Spent()
    assert spent.worth(0.5) == 0.5
    spent.python = 0.3
    assert spent.worth(OWN) == 0.3
    assert spent.worth(OWN / 2) == pytest.approx(0.03)
    spent.runs = 5.0
    assert spent.worth(0.0) == 0.5


def test_columns_are_tried_longer_where_it_is_close() -> None:
    trials = Trials()
    trials.note_python(1.0)
    for rate in (3.0, 1.2, 1.2, 1.2, 1.2, 1.2):
        trials.note_columns(rate)
    assert trials.undecided
    assert trials.pay
    trials.note_columns(0.9)
    assert not trials.undecided
    assert trials.pay


def test_python_goes_on_where_columns_are_slower() -> None:
    trials = Trials()
    trials.note_python(1.0)
    for _ in range(TRIALS):
        assert trials.pay
        trials.note_columns(2.0)
    assert not trials.pay
    for _ in range(DOUBTFUL):
        trials.note_columns(1.1)
    assert not trials.undecided
    assert not trials.pay


def test_python_goes_on_until_it_has_worked_long_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(the_module, "PATIENCE", 0.05)
    held = threading.Event()
    task = Background().put(held.wait)
    assert task.pending
    threading.Timer(0.2, held.set).start()
    began = time.thread_time()
    while task.pending:  # which waits for the timer once this thread has worked for so long
        assert time.thread_time() < began + 5
    assert time.thread_time() > began + 0.04
    assert held.is_set()


def test_who_did_not_ask_never_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(the_module, "PATIENCE", -1.0)
    held = threading.Event()
    task = Background().put(held.wait)
    seen: list[bool] = []
    other = threading.Thread(target=lambda: seen.append(task.pending))
    other.start()
    other.join(30)
    assert seen == [True]
    held.set()
    assert not task.pending


def test_more_patience_with_what_is_far_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(the_module, "PATIENCE", 1000.0)
    held, begun, line = threading.Event(), threading.Event(), Background()
    line.put(lambda: (begun.set(), held.wait()))
    begun.wait()  # so that it stands in the line no more
    tasks = [line.put(lambda: None) for _ in range(3)]
    assert [round((task._until - tasks[0]._until) / 1000) for task in tasks] == [0, 1, 2]
    held.set()
    for task in tasks:
        task.wait()
